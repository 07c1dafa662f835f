"""The state of the page in its address."""

import pytest

from webpage.link import Link, read_link

KNOWN = ["regression", "gan", "classification", "zhang-114"]
DEFAULT = Link(0.38, 1.0, ("regression", "gan", "classification"), "chelsea", "compare")


def test_link_is_read_whole():
    query = {
        "T": "0.09",
        "s": "1.5",
        "methods": "gan,gan,zhang-114",
        "example": "coffee",
        "tab": "lab",
    }
    expected = Link(0.09, 1.5, ("gan", "gan", "zhang-114"), "coffee", "lab")
    assert read_link(query, DEFAULT, KNOWN) == expected


def test_empty_address_gives_the_default():
    assert read_link({}, DEFAULT, KNOWN) == DEFAULT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("T", value) for value in ("", "warm", "-0.1", "1.1", "nan", "inf", "1e999")],
        *[("s", value) for value in ("-1", "2.1", "x")],
        *[("methods", value) for value in ("gan", "gan,gan,gan,gan", "gan,gan,/etc/passwd", ",,")],
        *[("example", value) for value in ("", "../secret", "moon")],
        *[("tab", value) for value in ("", "admin")],
    ],
)
def test_what_is_wrong_is_left_out(name, value):
    assert read_link({name: value, "unknown": "1"}, DEFAULT, KNOWN) == DEFAULT


def test_temperature_has_the_sliders_steps():
    assert read_link({"T": "0.123"}, DEFAULT, KNOWN).temperature == 0.12
