"""Which of two checkpoints is better, metric by metric, on the same photos."""

from dataclasses import dataclass

from colorize_core.errors import ConfigError
from colorize_core.evaluation.evaluate import Results
from colorize_core.metrics.accumulator import Accumulator
from colorize_core.metrics.bootstrap import Resampled
from colorize_core.metrics.table import METRICS, Metric

BETTER, WORSE, OPEN = "new is better", "new is worse", "cannot be told"


@dataclass(frozen=True)
class Comparison:
    """One metric of two checkpoints on the same photos."""

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
    """Compare the results of one method each, made from the same photos.

    A metric without a direction (colourfulness, chroma) is better the nearer its mean comes to
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
    truth = old.rows["truth"][""]
    return [
        comparison
        for variant in common
        for comparison in _compare_rows(variant, rows_old[variant], rows_new[variant], truth)
    ]


def _own_rows(results: Results) -> dict[str, Accumulator]:
    (rows,) = (rows for method, rows in results.rows.items() if method not in ("grey", "truth"))
    return rows


def _compare_rows(
    variant: str, old: Accumulator, new: Accumulator, truth: Accumulator
) -> list[Comparison]:
    before, after, goals = old.resampled(), new.resampled(), truth.resampled()
    found = []
    for name, a in before.items():
        metric, b = METRICS[name], after[name]
        verdict = _verdict(_gain(metric, a, b, goals[name]))
        found.append(Comparison(variant, metric, a.value, b.value, *(b - a).interval(), verdict))
    return found


def _gain(metric: Metric, old: Resampled, new: Resampled, goal: Resampled) -> Resampled:
    """By how much the new one is better."""
    if metric.higher_is_better is None:
        return abs(old - goal) - abs(new - goal)
    return new - old if metric.higher_is_better else old - new


def _verdict(gain: Resampled) -> str:
    low, high = gain.interval()
    return BETTER if low > 0 else WORSE if high < 0 else OPEN
