"""The state of the page in its address: read when a link is opened, with what is wrong left out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from webpage.networks import EXAMPLES

TABS = ("compare", "lab", "quiz", "lesson")


@dataclass(frozen=True)
class Link:
    """What an address asks for."""

    temperature: float
    """In [0, 1], to two places, as the slider has them."""
    saturation: float
    """In [0, 2]."""
    methods: tuple[str, ...]
    """One for each column."""
    example: str
    """A bundled photo; an uploaded one cannot be in an address."""
    tab: str


def read_link(query: Mapping[str, str], default: Link, known: list[str]) -> Link:
    """What can be used of an address; `default` stands for the rest.

    Args:
        query: by the names T, s, methods (with commas), example and tab.
        default: what the page opens with.
        known: methods with weights.
    """
    methods = tuple(query.get("methods", "").split(","))
    fits = len(methods) == len(default.methods) and set(methods) <= set(known)
    example, tab = query.get("example"), query.get("tab")
    return Link(
        _number(query.get("T"), 0, 1, default.temperature),
        _number(query.get("s"), 0, 2, default.saturation),
        methods if fits else default.methods,
        example if example in EXAMPLES else default.example,
        tab if tab in TABS else default.tab,
    )


def _number(text: str | None, low: float, high: float, default: float) -> float:
    """A number in a range; whatever else stands there gives the default."""
    try:
        value = float(text or "")
    except ValueError:
        return default
    return round(value, 2) if math.isfinite(value) and low <= value <= high else default
