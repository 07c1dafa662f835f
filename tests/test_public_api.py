import ast
import subprocess
import sys
from pathlib import Path

import pytest

import colorize_core
from colorize_core import errors

PACKAGE = Path(colorize_core.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
PUBLIC = ["METHODS", "ColorizeError", "Colorizer", "Method", "load_colorizer", "load_image"]
# From house-style.md: a module imports only modules listed before it.
LAYERS = [
    *("errors", "configs", "photo", "color", "color8", "bins", "upsampling", "models", "losses"),
    *("methods", "checkpoint", "inference", "data", "metrics", "training", "evaluate"),
]

every_module = pytest.mark.parametrize(
    "path", MODULES, ids=[str(path.relative_to(PACKAGE)) for path in MODULES]
)


def imports(path: Path) -> set[str]:
    """Full names of everything that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer(name: str) -> int | None:
    parts = name.split(".")
    known = parts[0] == "colorize_core" and len(parts) > 1 and parts[1] in LAYERS
    return LAYERS.index(parts[1]) if known else None


def test_the_public_names_are_declared_and_there():
    assert sorted(colorize_core.__all__) == sorted(PUBLIC)
    for name in PUBLIC:
        assert getattr(colorize_core, name) is not None
    assert set(PUBLIC) <= set(dir(colorize_core))


def test_a_star_import_brings_the_public_names():
    scope: dict = {}
    exec("from colorize_core import *", scope)  # only way to see what a star import brings
    assert scope.keys() - {"__builtins__"} == set(PUBLIC)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="color_in"):
        colorize_core.color_in  # noqa: B018


def test_every_expected_error_is_of_one_family():
    kinds = [
        e for e in vars(errors).values() if isinstance(e, type) and e.__module__ == errors.__name__
    ]
    assert len(kinds) >= 7
    assert all(issubclass(kind, errors.ColorizeError) for kind in kinds)


def test_configs_and_photos_do_not_wait_for_torch():
    code = (
        "import sys, colorize_core.methods.config, colorize_core.image.read, colorize_core.training.options\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent).returncode == 0


@every_module
def test_core_imports_no_front_end(path):
    roots = {name.partition(".")[0] for name in imports(path)}
    assert not roots & {"gradio", "streamlit", "plotly", "app", "dashboard", "spaces"}


@every_module
def test_core_neither_pickles_nor_loads_pickles(path):
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


@every_module
def test_a_module_imports_only_what_stands_before_it(path):
    mine = layer(".".join(("colorize_core", *path.relative_to(PACKAGE).with_suffix("").parts)))
    if mine is None:
        pytest.skip("not in the list of house-style.md")
    for name in imports(path):
        theirs = layer(name)
        assert theirs is None or theirs <= mine, f"{path.name} imports {name}"
