"""What was aimed for before anything was measured, and what came out."""

from collections.abc import Callable
from dataclasses import dataclass

from colorize_core.evaluation.comparisons import (
    REFERENCES,
    Evidence,
    Place,
    describe,
    percent,
    regained,
)
from colorize_core.evaluation.findings import GENERATED
from colorize_core.evaluation.measured import Measurement, on_data
from colorize_core.evaluation.tables import decimals
from colorize_core.methods import METHODS

CIFAR, PHOTOS = "cifar10", "photos"
REFERENCE_TITLES = {"grey": "grey", "truth": "the originals"}


@dataclass(frozen=True)
class Target:
    """One aim with its outcome."""

    aim: str
    outcome: str
    met: bool | None
    """None: not measured."""


def all_targets(measured: dict[str, Measurement]) -> list[Target]:
    """Every aim, in the order of the page."""
    evidence = Evidence(measured)
    cifar = [
        Place(name, variant)
        for name, found in measured.items()
        if set(found.data) == {CIFAR}
        for variant in found.rows
        if variant != GENERATED
    ]
    regressions = [place for place in cifar if METHODS[place.method].family == "regression"]
    # What both learnt from, and what they are held to.
    photos = Evidence(on_data(measured, PHOTOS))
    zhang = [Place("zhang-313", v) for v in _variants(measured, "zhang-313")]
    return [
        _best("CIFAR-10, best regression: ΔE2000 at most 9.6", evidence, regressions, "delta_e2000",
              lambda value, _: value <= 9.6),
        _best("CIFAR-10, best regression: raw AuC at least 1.2 above grey", evidence, regressions,
              "raw_auc", lambda value, grey: value >= grey + 1.2),
        _classifierd(evidence, cifar, 0.5, "CIFAR-10, best method"),
        _apart("CIFAR-10: `cifar-gan` more colourful than `cifar-yuv-l2`", evidence,
               (Place("cifar-gan"), Place("cifar-yuv-l2")), "colorfulness", 0.0),
        _apart("Birds, as generated: SSIM of `birds-gan-skip` at least 0.2 above `birds-gan`",
               evidence, (Place("birds-gan-skip", GENERATED), Place("birds-gan", GENERATED)),
               "ssim", 0.2),
        _best("`zhang-313`: rebalanced AuC at least 3 above grey", photos, zhang,
              "rebalanced_auc", lambda value, grey: value >= grey + 3),
        _best("`resnet18-mse`: raw AuC at least 0.8 above grey", photos, [Place("resnet18-mse")],
              "raw_auc", lambda value, grey: value >= grey + 0.8),
        *_studio_targets(evidence),
    ]  # fmt: skip


def _studio_targets(evidence: Evidence) -> list[Target]:
    regression, gan = Place("regression"), Place("gan")
    vivid, calm = Place("classification", "T=0.38"), Place("classification", "T=1")
    trio = [regression, gan, calm, vivid]
    return [
        _held("`regression`: raw AuC at least 1.8 above grey", evidence, regression, "raw_auc",
              lambda value, grey: value >= grey + 1.8),
        _held("`classification`, T = 1: rebalanced AuC at least 8 above grey", evidence, calm,
              "rebalanced_auc", lambda value, grey: value >= grey + 8),
        _held("`classification`, T = 0.38: colourfulness within 15 % of the originals'", evidence,
              vivid, "colorfulness", lambda value, truth: abs(value / truth - 1) <= 0.15,
              "truth"),
        _held("`classification`, T = 0.38: raw AuC at most 1 below grey", evidence, vivid,
              "raw_auc", lambda value, grey: value >= grey - 1),
        _held("`gan`: colourfulness at least 80 % of the originals'", evidence, gan,
              "colorfulness", lambda value, truth: value >= 0.8 * truth, "truth"),
        _held("`gan`: raw AuC not below grey", evidence, gan, "raw_auc",
              lambda value, grey: value >= grey),
        _classifierd(evidence, trio, 0.4, "Photos, best of the studio's three"),
        *(
            _held(f"{place}: ΔE2000 in faces at least 25 % below grey's", evidence, place,
                  "face_delta_e2000", lambda value, grey: value <= 0.75 * grey)
            for place in (regression, gan, vivid)
        ),
        _held("`classification`, T = 0.38: no green or blue faces", evidence, vivid,
              "green_or_blue_faces", lambda value, _: value == 0),
    ]  # fmt: skip


def _variants(measured: dict[str, Measurement], name: str) -> list[str]:
    return list(measured[name].rows) if name in measured else []


def _best(
    aim: str,
    evidence: Evidence,
    places: list[Place],
    metric: str,
    enough: Callable[[float, float], bool],
) -> Target:
    """The best of some rows against grey on the same photos."""
    found = [(place, evidence.get(place, metric)) for place in places]
    found = [(place, estimate) for place, estimate in found if estimate]
    if not found:
        return Target(aim, "not measured", None)
    sign = -1 if describe(metric).higher_is_better is False else 1
    place, _ = max(found, key=lambda pair: sign * pair[1].value)
    return _held(aim, evidence, place, metric, enough)


def _held(
    aim: str,
    evidence: Evidence,
    place: Place,
    metric: str,
    enough: Callable[[float, float], bool],
    against: str = "grey",
) -> Target:
    """One row against grey or the truth on the same photos."""
    own, other = (evidence.get(*of) for of in ((place, metric), (Place(against), metric, place)))
    if own is None or other is None:
        return Target(aim, "not measured", None)
    digits = decimals(metric)
    on = " and ".join(evidence.measured[place.method].data)
    title = REFERENCE_TITLES[against]
    outcome = f"{own.value:.{digits}f} ({place}); {title} {other.value:.{digits}f}; on {on}"
    return Target(aim, outcome, enough(own.value, other.value))


def _apart(
    aim: str, evidence: Evidence, pair: tuple[Place, Place], metric: str, least: float
) -> Target:
    """One row above another by at least so much."""
    high, low = (evidence.get(place, metric) for place in pair)
    if high is None or low is None or not evidence.same_photos(*pair):
        return Target(aim, "not measured", None)
    apart, digits = high.value - low.value, decimals(metric)
    outcome = f"{high.value:.{digits}f} against {low.value:.{digits}f}"
    return Target(aim, outcome, apart >= least and apart > 0)


def _classifierd(evidence: Evidence, places: list[Place], least: float, who: str) -> Target:
    """The best share of the evaluation classifier's accuracy that a method wins back."""
    aim = f"{who}: at least {percent(least)} of the evaluation classifier's lost accuracy regained"
    shares = {place: regained_at(evidence, place) for place in places}
    known = {place: share for place, share in shares.items() if share is not None}
    if not known:
        return Target(aim, "not measured", None)
    best = max(known, key=known.get)
    return Target(aim, f"{percent(known[best])} ({best})", known[best] >= least)


def regained_at(evidence: Evidence, place: Place) -> float | None:
    """(method - grey) / (truth - grey) of the evaluation classifier's accuracy; None if it is not known."""
    ends = [evidence.get(Place(kind), "classifier_accuracy", place) for kind in REFERENCES]
    own = evidence.get(place, "classifier_accuracy")
    return None if own is None or None in ends else regained(own, *ends)
