"""Which of two checkpoints is better, measure by measure, on the same photos."""

from dataclasses import dataclass

import numpy as np

from colorize_core.errors import ConfigError
from colorize_core.evaluation.evaluate import Results
from colorize_core.metrics.bootstrap import Resampled, resample
from colorize_core.metrics.rows import Row
from colorize_core.metrics.table import METRICS, Metric

BETTER, WORSE, OPEN = "new is better", "new is worse", "cannot be told"


@dataclass(frozen=True)
class Comparison:
    """One measure of two checkpoints on the same photos."""

    variant: str
    """As in metrics.json: "", "T=0.38"…"""
    metric: Metric
    old: float
    new: float
    low: float
    """Of new - old, 95 % interval; both were measured on the same draws of pictures."""
    high: float
    verdict: str


def compare(old: Results, new: Results) -> list[Comparison]:
    """Compare two tables of one method each, made from the same photos.

    A measure without a direction (colourfulness, chroma) is better the nearer its mean comes to
    the originals'. A verdict is given where the 95 % interval of the difference leaves out 0.

    Raises:
        ConfigError: the two have no row in common, such as T = 0.38.
    """
    rows_old, rows_new = _own_rows(old), _own_rows(new)
    common = [variant for variant in rows_old if variant in rows_new]
    if not common:
        raise ConfigError(
            "the two checkpoints have no row in common: one has a temperature and the other has "
            "none; compare two of a kind"
        )
    truth = old["truth"][""]
    return [
        comparison
        for variant in common
        for comparison in _compare_rows(variant, rows_old[variant], rows_new[variant], truth)
    ]


def _own_rows(table: Results) -> dict[str, Row]:
    (rows,) = (rows for method, rows in table.items() if method not in ("grey", "truth"))
    return rows


def _compare_rows(variant: str, old: Row, new: Row, truth: Row) -> list[Comparison]:
    sums_old, sums_new, sums_truth = old.sums(), new.sums(), truth.sums()
    found = []
    for name in sums_old:
        a, b, goal = (resample(*sums[name]) for sums in (sums_old, sums_new, sums_truth))
        low, high = np.percentile(b.draws - a.draws, (2.5, 97.5))
        verdict = _verdict(_gain(METRICS[name], a, b, goal))
        found.append(
            Comparison(variant, METRICS[name], a.value, b.value, float(low), float(high), verdict)
        )
    return found


def _gain(metric: Metric, old: Resampled, new: Resampled, goal: Resampled) -> np.ndarray:
    """By how much the new one is better in every draw, (BOOTSTRAP,)."""
    if metric.higher_is_better is None:
        return np.abs(old.draws - goal.draws) - np.abs(new.draws - goal.draws)
    return (new.draws - old.draws) * (1 if metric.higher_is_better else -1)


def _verdict(gain: np.ndarray) -> str:
    low, high = np.percentile(gain, (2.5, 97.5))
    return BETTER if low > 0 else WORSE if high < 0 else OPEN
