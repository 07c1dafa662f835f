"""How sure a mean over pictures is."""

from functools import lru_cache

import numpy as np

BOOTSTRAP = 1000
"""Draws of the pictures, with replacement."""
_CHUNK = 50


@lru_cache(maxsize=2)
def _draws(count: int) -> np.ndarray:
    """How often every picture is drawn, the same at every call: (BOOTSTRAP, count) uint8."""
    draws = np.random.default_rng(0).integers(0, count, (BOOTSTRAP, count))
    return np.stack([np.bincount(draw, minlength=count) for draw in draws]).astype(np.uint8)


def _draw_sums(values: np.ndarray) -> np.ndarray:
    """The sum of every draw: (N,) -> (BOOTSTRAP,)."""
    draws = _draws(len(values))
    parts = [draws[i : i + _CHUNK].astype(float) @ values for i in range(0, BOOTSTRAP, _CHUNK)]
    return np.concatenate(parts)


def interval(numerator: np.ndarray, denominator: np.ndarray | None = None) -> dict[str, float]:
    """A ratio of sums with its 95 % bootstrap interval over pictures (Efron 1979).

    Args:
        numerator: one number for each picture, (N,).
        denominator: the same; None gives the mean of the numerators.

    Returns:
        "value", "low" and "high", rounded to four places.
    """
    if denominator is None:
        denominator = np.ones(len(numerator))
    ratios = _draw_sums(numerator) / _draw_sums(denominator)
    low, high = np.percentile(ratios, (2.5, 97.5))
    value = numerator.sum() / denominator.sum()
    measured = {"value": value, "low": low, "high": high}
    return {name: round(float(number), 4) for name, number in measured.items()}
