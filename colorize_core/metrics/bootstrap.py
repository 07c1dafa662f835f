"""How sure a mean over pictures is."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Resampled:
    """A ratio of sums over pictures, and what it would have been for other pictures."""

    value: float
    draws: np.ndarray
    """(BOOTSTRAP,); the same draws of pictures for every measure of so many pictures."""

    def limits(self) -> tuple[float, float]:
        """The 95 % interval (percentiles; Efron 1979)."""
        low, high = np.percentile(self.draws, (2.5, 97.5))
        return float(low), float(high)


def resample(numerator: np.ndarray, denominator: np.ndarray | None = None) -> Resampled:
    """Draw pictures with replacement.

    Args:
        numerator: one number for each picture, (N,).
        denominator: the same; None gives the mean of the numerators.
    """
    if denominator is None:
        denominator = np.ones(len(numerator))
    draws = _draw_sums(numerator) / _draw_sums(denominator)
    return Resampled(float(numerator.sum() / denominator.sum()), draws)


def interval(numerator: np.ndarray, denominator: np.ndarray | None = None) -> dict[str, float]:
    """A ratio of sums with its 95 % bootstrap interval over pictures (Efron 1979).

    Args:
        numerator: one number for each picture, (N,).
        denominator: the same; None gives the mean of the numerators.

    Returns:
        "value", "low" and "high", rounded to four places.
    """
    found = resample(numerator, denominator)
    low, high = found.limits()
    measured = {"value": found.value, "low": low, "high": high}
    return {name: round(float(number), 4) for name, number in measured.items()}
