"""What the project imports is what it declares."""

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
OWN = {"app", "colorize_core", "dashboard", "webpage"}
HOSTS = {"spaces"}
"""Imported only where the host of a Space has installed it."""
DECODER = ROOT / "colorize_core" / "image" / "decoder.py"
"""Nobody imports it: it runs in a process of its own."""
DISTRIBUTIONS = packages_distributions()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(path: Path) -> set[str]:
    """Dotted names of everything that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def distributions(paths) -> set[str]:
    """The packages of a registry that the files import from."""
    roots = {name.partition(".")[0] for path in paths for name in names(path)}
    foreign = roots - OWN - HOSTS - set(sys.stdlib_module_names)
    return {canonicalize_name(DISTRIBUTIONS[root][0]) for root in foreign}


def files_of(package: str) -> list[Path]:
    alone = ROOT / f"{package}.py"
    return [alone] if alone.is_file() else sorted(ROOT.glob(f"{package}/**/*.py"))


def reached(start: list[Path]) -> set[Path]:
    """Files of ours that some files import, and what those import, and so on."""
    found, waiting = set(), list(start)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in names(path):
            parts = name.split(".")
            homes = [ROOT.joinpath(*parts[:n]) for n in range(1, len(parts) + 1)]
            waiting += [
                file
                for home in homes
                if home.relative_to(ROOT).parts[0] in OWN
                for file in (home.with_suffix(".py"), home / "__init__.py")
                if file.is_file()
            ]
    return found


def pinned() -> set[str]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(Requirement(line).name) for line in wanted}


def test_the_package_declares_what_it_imports_and_nothing_else():
    wanted = {canonicalize_name(Requirement(r).name) for r in PROJECT["project"]["dependencies"]}
    assert distributions(path for package in OWN for path in files_of(package)) == wanted


@pytest.mark.parametrize("line", PROJECT["project"]["dependencies"])
def test_a_dependency_ends_before_a_version_nobody_has_tried(line):
    assert "<" in str(Requirement(line).specifier)


def test_a_space_installs_what_the_page_imports():
    """Gradio is there already, in the version of README.md."""
    page = reached([*files_of("app"), DECODER])
    assert distributions(page) - {"gradio"} == pinned()


def test_the_page_is_installed_with_its_scripts_and_styles():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["webpage"]
    folder = ROOT / "webpage"
    packed = {path for pattern in patterns for path in folder.glob(pattern)}
    there = {
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in str(path)
    }
    assert {path for path in there if path.suffix != ".py"} == packed
