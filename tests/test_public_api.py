import pytest

import colorize_core
from colorize_core import errors

PUBLIC = ["METHODS", "ColorizeError", "Colorizer", "Hint", "Method", "load_colorizer", "load_image"]


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
