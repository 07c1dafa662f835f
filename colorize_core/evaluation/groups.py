"""Measures of single groups of photos, such as landscapes and people: the folders they lie in."""

from typing import Any

from colorize_core.metrics.accumulator import Accumulator
from colorize_core.metrics.bootstrap import resample_mean

LEAST = 20
"""Photos of a group below which its means would say little."""
MEASURES = ("raw_auc", "delta_e2000", "colorfulness", "a_cast", "b_cast")


def by_group(
    variants: dict[str, Accumulator], grey: Accumulator, groups: list[str]
) -> dict[str, Any]:
    """A method's measures in every group of `LEAST` photos or more.

    Args:
        variants: of the method, by name.
        grey: what plain grey has on the same photos.
        groups: of every photo, in the order in which they were measured.

    Returns:
        By group: "n", "rows" (by variant) and "grey", with value, low and high of each measure.
    """
    index: dict[str, list[int]] = {}
    for i, group in enumerate(groups):
        index.setdefault(group, []).append(i)
    return {
        group: {
            "n": len(photos),
            "rows": {name: _means(row, photos) for name, row in variants.items()},
            "grey": _means(grey, photos),
        }
        for group, photos in sorted(index.items())
        if len(photos) >= LEAST
    }


def _means(row: Accumulator, photos: list[int]) -> dict[str, dict[str, float]]:
    return {
        name: resample_mean([row.values[name][i] for i in photos]).summary() for name in MEASURES
    }
