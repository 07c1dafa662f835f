"""How sure a number is that was measured on some pictures: what others would have given."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.stats import norm

BOOTSTRAP = 1000
"""Draws of the pictures, with replacement."""
_CHUNK = 100


@dataclass(frozen=True)
class Resampled:
    """A number taken over pictures, and what it would have been for other pictures."""

    value: float
    left_out: np.ndarray
    """Without each of the pictures, (N,)."""
    draws: np.ndarray | None
    """(BOOTSTRAP,), the same draws of pictures for every number over so many pictures; None for a
    number that depends on how many different pictures there are."""

    def __sub__(self, other: "Resampled") -> "Resampled":
        """The difference of two numbers over the same pictures."""
        draws = None if self.draws is None else self.draws - other.draws
        return Resampled(self.value - other.value, self.left_out - other.left_out, draws)

    def __abs__(self) -> "Resampled":
        draws = None if self.draws is None else np.abs(self.draws)
        return Resampled(abs(self.value), np.abs(self.left_out), draws)

    def interval(self) -> tuple[float, float]:
        """The 95 % interval: from the draws where there are any, else by leaving pictures out."""
        moved = self.left_out.mean() - self.left_out
        return self._jackknife(moved) if self.draws is None else self._bootstrap(moved)

    def _jackknife(self, moved: np.ndarray) -> tuple[float, float]:
        """Two standard errors to either side (Tukey 1958)."""
        error = np.sqrt(np.square(moved).sum() * (len(moved) - 1) / len(moved))
        low, high = self.value + error * norm.ppf((0.025, 0.975))
        return float(low), float(high)

    def _bootstrap(self, moved: np.ndarray) -> tuple[float, float]:
        """Percentiles of the draws, corrected for bias and skew (BCa; Efron 1987)."""
        below = (np.mean(self.draws < self.value) + np.mean(self.draws <= self.value)) / 2
        if not 0 < below < 1:
            low, high = np.percentile(self.draws, (2.5, 97.5))
            return float(min(low, self.value)), float(max(high, self.value))
        square = np.square(moved).sum()
        skew = (moved**3).sum() / (6 * square**1.5) if square else 0.0
        bias, quantiles = norm.ppf(below), norm.ppf((0.025, 0.975))
        shares = norm.cdf(bias + (bias + quantiles) / (1 - skew * (bias + quantiles)))
        low, high = np.quantile(self.draws, shares)
        return float(low), float(high)

    def summary(self) -> dict[str, float]:
        """ "value", "low" and "high", rounded to four places."""
        low, high = self.interval()
        numbers = {"value": self.value, "low": low, "high": high}
        return {name: round(float(number), 4) for name, number in numbers.items()}


def resample_mean(values: np.ndarray) -> Resampled:
    """The mean over pictures.

    Args:
        values: one number for each picture, (N,).
    """
    values = np.asarray(values, dtype=float)
    count, total = len(values), values.sum()
    left_out = (total - values) / max(count - 1, 1)
    return Resampled(total / count, left_out, _draw_means(values))


def resample_class_mean(numerators: np.ndarray, weights: np.ndarray) -> Resampled:
    """The mean over classes of each class's own mean; classes that are not there do not count.

    Which classes are there depends on the pictures. In a draw with replacement a third of the
    pictures is missing with its rare classes, so that it tells of fewer pictures, whose number is
    another one. The interval comes from leaving out one picture at a time, for which the classes
    are counted anew. Tried with plain grey and with made-up colours on many samples of 325 and of
    1,600 out of 7,000 photos, intervals meant to hold 95 % hold 89 to 94 %; those with the class
    weights kept fixed 91 to 99 %, being up to twice as wide as they should; percentiles of the
    bootstrap 43 to 86 %, and BCa 5 %, as it takes the shift for a bias.

    Args:
        numerators: by picture and class, sums over the class's pixels, (N, Q).
        weights: the same shape, numbers of pixels.
    """
    numerators, weights = (np.asarray(part, dtype=float) for part in (numerators, weights))
    total, count = numerators.sum(0), weights.sum(0)
    left_out = _class_mean(total - numerators, count - weights)
    return Resampled(float(_class_mean(total, count)), left_out, None)


def _class_mean(numerators: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(…, Q), (…, Q) -> (…); weights are whole numbers."""
    there = weights > 0.5
    means = np.divide(numerators, weights, out=np.zeros_like(numerators), where=there)
    return means.sum(-1) / there.sum(-1).clip(min=1)


def _draw_means(values: np.ndarray) -> np.ndarray:
    """The mean of every draw: (N,) -> (BOOTSTRAP,)."""
    draws = _draws(len(values))
    parts = [draws[i : i + _CHUNK].astype(float) @ values for i in range(0, BOOTSTRAP, _CHUNK)]
    return np.concatenate(parts) / len(values)


@lru_cache(maxsize=2)
def _draws(count: int) -> np.ndarray:
    """How often every picture is drawn, the same at every call: (BOOTSTRAP, count) uint8."""
    draws = np.random.default_rng(0).integers(0, count, (BOOTSTRAP, count))
    return np.stack([np.bincount(draw, minlength=count) for draw in draws]).astype(np.uint8)
