"""Which package may import which: each only those before it, and nobody a front end."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import colorize_core

ROOT = Path(colorize_core.__file__).parents[1]
# Lowest first. The two modules of colorize_core itself come last: whoever imported them would
# import everything.
LAYERS = (
    *(
        "errors",
        "files",
        "memory",
        "runs",
        "color",
        "image",
        "models",
        "methods",
        "inference",
        "export",
        "data",
    ),
    *("metrics", "evaluation", "training", "cli", "__init__", "__main__"),
)
FRONT_ENDS = {"app", "webpage", "dashboard"}
CORE = {path.relative_to(ROOT): path for path in ROOT.glob("colorize_core/**/*.py")}
FRONT = {
    path.relative_to(ROOT): path
    for pattern in ("app.py", "webpage/**/*.py", "dashboard/**/*.py")
    for path in ROOT.glob(pattern)
}
HEAVY = ["torch", "torchvision", "timm", "skimage", "gradio", "streamlit", "plotly", "pandas"]


def each(modules: dict[Path, Path]):
    return pytest.mark.parametrize("path", modules.values(), ids=map(str, modules))


def imports(path: Path) -> set[str]:
    """Full names of everything that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer(name: str) -> int:
    """The place in `LAYERS` of a dotted name of core, or a failed test."""
    package = (*name.split("."), "__init__")[1]
    package = package if package in LAYERS else "__init__"
    return LAYERS.index(package)


def test_every_package_has_its_place():
    parts = {path.parts[1].removesuffix(".py") for path in CORE}
    assert parts == set(LAYERS)


@each(CORE)
def test_a_module_imports_only_what_stands_before_it(path):
    mine = LAYERS.index(path.relative_to(ROOT).parts[1].removesuffix(".py"))
    for name in imports(path):
        if name.partition(".")[0] == "colorize_core":
            assert layer(name) <= mine, f"{path.name} imports {name}"


@each(CORE)
def test_core_imports_no_front_end(path):
    roots = {name.partition(".")[0] for name in imports(path)}
    assert not roots & {*FRONT_ENDS, "gradio", "streamlit", "plotly", "spaces"}


@each(FRONT)
def test_front_ends_leave_each_other_and_the_command_line_alone(path):
    own = {"app", "webpage"} if path.name == "app.py" else {path.relative_to(ROOT).parts[0]}
    found = imports(path)
    assert not {name.partition(".")[0] for name in found} & (FRONT_ENDS - own)
    assert not [name for name in found if name.startswith("colorize_core.cli")]


@each(CORE | FRONT)
def test_nothing_pickles_or_touches_the_search_path(path):
    names = imports(path)
    assert not {name.partition(".")[0] for name in names} & {
        "pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"
    }  # fmt: skip
    assert not names & {"torch.load", "torch.save", "numpy.load"}
    calls = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert not calls & {"torch.load", "torch.save", "np.load", "np.save", "sys.path"}


@pytest.mark.parametrize(
    "name", ["methods", "methods.config", "runs", "training.options", "image.read", "cli.main"]
)
def test_menus_and_photos_do_not_wait_for_torch(name):
    code = f"import sys, colorize_core.{name}; print(*({HEAVY} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.stdout.strip(), done.stderr) == ("", "")
