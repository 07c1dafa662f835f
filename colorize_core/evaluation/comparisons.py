"""Statements about measured numbers, and whether their intervals bear them out."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from colorize_core.evaluation.measured import Estimate, Measurement
from colorize_core.evaluation.published import OTHER_MEASURES
from colorize_core.evaluation.tables import NONE, cell, describe

YES, NO, OPEN = "reproduced", "refuted", "cannot be told"
ALIKE = 0.1
"""Methods are alike that differ by at most this share of the way from grey to the originals."""
REFERENCES = ("grey", "truth")


@dataclass(frozen=True)
class Place:
    """A row of results: a method in one variant; "grey" and "truth" belong to any method."""

    method: str
    variant: str = ""

    def __str__(self) -> str:
        name = {"grey": "plain grey", "truth": "the originals"}.get(self.method)
        return name or f"`{self.method}` {self.variant.replace('T=', 'T = ')}".strip()


@dataclass(frozen=True)
class Check:
    """One comparison of numbers."""

    verdict: str
    """YES, NO or OPEN."""
    numbers: str
    missing: tuple[str, ...] = ()
    """Rows without the number that it needs; then `numbers` is empty."""


@dataclass(frozen=True)
class Claim:
    """A statement with the comparisons that it stands or falls by."""

    statement: str
    checks: tuple[Check, ...]
    one_thing: bool = False
    """Whether the comparisons are measures of one thing: where these contradict each other,
    nothing can be told. Otherwise the statement says all of them, and one can refute it."""

    @property
    def verdict(self) -> str:
        """All comparisons must hold to reproduce it."""
        verdicts = {check.verdict for check in self.checks}
        if NO in verdicts and not (self.one_thing and YES in verdicts):
            return NO
        return YES if verdicts == {YES} else OPEN

    @property
    def missing(self) -> list[str]:
        """What has not been measured, each once."""
        return list(dict.fromkeys(row for check in self.checks for row in check.missing))


class Evidence:
    """Where comparisons look numbers up."""

    def __init__(self, measured: dict[str, Measurement]) -> None:
        self.measured = measured

    def get(self, place: Place, metric: str, beside: Place | None = None) -> Estimate | None:
        """A measured number; None if there is none.

        Args:
            place: which row.
            metric: name in METRICS.
            beside: the method whose photos count, for grey and the truth.
        """
        method = beside.method if place.method in REFERENCES and beside else place.method
        found = self.measured.get(method)
        if found is None:
            return None
        if place.method in REFERENCES:
            return getattr(found, place.method).get(metric)
        return found.rows.get(place.variant, {}).get(metric)

    def same_photos(self, *places: Place) -> bool:
        """Whether all the methods among the places were measured on the same pictures."""
        names = {place.method for place in places} - set(REFERENCES)
        return len({m.key for name, m in self.measured.items() if name in names}) <= 1


def more(evidence: Evidence, high: Place, low: Place, metric: str) -> Check:
    """Whether one row has more of a metric than another: their intervals must not touch.

    Both were measured on the same photos, so that this asks for more than a paired test would.
    """
    title = describe(metric).title
    a, b = evidence.get(high, metric, low), evidence.get(low, metric, high)
    if a is None or b is None:
        return Check(OPEN, "", _gaps(metric, (high, low), (a, b)))
    if not evidence.same_photos(high, low):
        return Check(OPEN, "", (f"{high} and {low} on the same photos",))
    numbers = f"{title} {cell(a, metric)} ({high}) against {cell(b, metric)} ({low})"
    if a.low > b.high:
        return Check(YES, numbers)
    return Check(NO if a.high < b.low else OPEN, numbers)


def better(evidence: Evidence, best: Place, other: Place, metric: str) -> Check:
    """As `more`, in the direction of the metric."""
    if describe(metric).higher_is_better is not False:
        return more(evidence, best, other, metric)
    check = more(evidence, other, best, metric)
    a, b = evidence.get(best, metric, other), evidence.get(other, metric, best)
    if a is None or b is None or check.missing:
        return check
    title = describe(metric).title
    numbers = f"{title} {cell(a, metric)} ({best}) against {cell(b, metric)} ({other})"
    return Check(check.verdict, numbers)


def alike(evidence: Evidence, places: tuple[Place, ...], metric: str) -> Check:
    """Whether rows differ by little: by at most ALIKE of the way from grey to the originals."""
    title = describe(metric).title
    found = [evidence.get(place, metric) for place in places]
    ends = [evidence.get(Place(kind), metric, places[0]) for kind in REFERENCES]
    if None in (*found, *ends):
        return Check(OPEN, "", _gaps(metric, places, found))
    if not evidence.same_photos(*places):
        return Check(OPEN, "", (f"{', '.join(map(str, places))} on the same photos",))
    margin = ALIKE * abs(ends[1].value - ends[0].value)
    pairs = list(combinations(found, 2))
    largest = max(max(a.high - b.low, b.high - a.low) for a, b in pairs)
    surest = max(max(a.low - b.high, b.low - a.high) for a, b in pairs)
    numbers = f"{title} {', '.join(cell(e, metric) for e in found)} (margin {margin:.2f})"
    if largest <= margin:
        return Check(YES, numbers)
    return Check(NO if surest > margin else OPEN, numbers)


def _gaps(
    metric: str, places: Iterable[Place], found: Iterable[Estimate | None]
) -> tuple[str, ...]:
    """Rows whose number is missing: a metric that is missing of a row that is there is named."""
    title = describe(metric).title
    named = title if metric in OTHER_MEASURES else ""
    return tuple(
        f"{named} of {place}".removeprefix(" of ")
        for place, estimate in zip(places, found, strict=True)
        if estimate is None and place.method not in REFERENCES
    ) or (f"{title} of plain grey and the originals",)


def regained(method: Estimate, grey: Estimate, truth: Estimate) -> float | None:
    """The share of what grey loses that a method wins back; None where grey loses nothing.

    Returns:
        (method - grey) / (truth - grey).
    """
    lost = truth.value - grey.value
    return (method.value - grey.value) / lost if lost else None


def percent(share: float | None) -> str:
    """Such as "82 %"."""
    return NONE if share is None else f"{100 * share:.0f} %"
