"""Verdicts are computed: made-up numbers in both directions give both."""

from dataclasses import replace
from typing import Any

import pytest

from colorize_core.evaluation import findings
from colorize_core.evaluation.comparisons import (
    NO,
    OPEN,
    YES,
    Claim,
    Evidence,
    Place,
    alike,
    better,
    more,
)
from colorize_core.evaluation.measured import Estimate, Measurement
from colorize_core.evaluation.targets import all_targets
from colorize_core.evaluation.trained import Trained
from colorize_core.methods import METHODS
from colorize_core.metrics.table import METRICS

GENERATED = findings.GENERATED
DATA = {"photos": 7}


def estimate(value: float, half: float = 1.0) -> Estimate:
    return Estimate(value, value - half, value + half)


def row(value: float = 50.0, **others: float) -> dict[str, Estimate]:
    """A row with one value for every metric (evaluation classifiers included), but those named."""
    names = [*METRICS, "classifier_accuracy", "classifier_confidence"]
    return {name: estimate(v) for name, v in (dict.fromkeys(names, value) | others).items()}


def measurement(name: str, rows: dict[str, dict], data: dict[str, int] = DATA) -> Measurement:
    return Measurement(name, rows, row(0.0), row(100.0), 7, data)


def evidence(**rows: dict[str, Any]) -> Evidence:
    """Rows by method, written with _ for -; a dictionary of estimates is the variant ""."""
    names = {name.replace("_", "-"): variants for name, variants in rows.items()}
    return Evidence({name: measurement(name, variants) for name, variants in names.items()})


def verdicts(finding: findings.Finding) -> list[str]:
    return [claim.verdict for claim in finding.claims]


# --- comparisons ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "verdict"), [(60, 50, YES), (50, 60, NO), (50, 51, OPEN), (51, 50, OPEN)]
)
def test_more_needs_intervals_that_do_not_touch(a, b, verdict):
    found = evidence(gan={"": row(a)}, regression={"": row(b)})
    check = more(found, Place("gan"), Place("regression"), "colorfulness")
    assert check.verdict == verdict
    assert f"{a:.2f} ± 1.00 (`gan`) against {b:.2f}" in check.numbers


def test_better_follows_the_direction_of_the_metric():
    found = evidence(gan={"": row(60)}, regression={"": row(50)})
    pair = (Place("gan"), Place("regression"))
    assert better(found, *pair, "raw_auc").verdict == YES
    assert better(found, *pair, "delta_e2000").verdict == NO
    assert better(found, *pair, "delta_e2000").numbers.startswith("ΔE2000 60.00")


def test_grey_and_truth_come_from_the_other_side():
    found = evidence(gan={"": row(60)})
    assert more(found, Place("truth"), Place("gan"), "chroma").verdict == YES
    assert more(found, Place("gan"), Place("grey"), "chroma").verdict == YES


def test_different_photos_are_not_compared():
    found = Evidence(
        {
            "gan": measurement("gan", {"": row(60)}),
            "regression": measurement("regression", {"": row(50)}, {"photos": 8}),
        }
    )
    for metric in ("psnr", "delta_e2000"):
        check = better(found, Place("gan"), Place("regression"), metric)
        assert check.verdict == OPEN
        assert "on the same photos" in check.missing[0]


@pytest.mark.parametrize(
    ("values", "half", "verdict"),
    [
        ((50, 52, 55), 1, YES),
        ((50, 52, 70), 1, NO),
        ((50, 52, 61), 1, OPEN),
        ((50, 51, 52), 9, OPEN),
    ],
)
def test_alike_needs_certainty_either_way(values, half, verdict):
    names = ("gan", "regression", "classification")
    rows = {
        name: measurement(name, {"": {"psnr": estimate(value, half)}})
        for name, value in zip(names, values, strict=True)
    }
    assert alike(Evidence(rows), tuple(map(Place, names)), "psnr").verdict == verdict


def test_measures_that_contradict_each_other_tell_nothing():
    found = evidence(gan={"": row(60)}, regression={"": row(50)})
    pair = (Place("gan"), Place("regression"))
    checks = tuple(better(found, *pair, metric) for metric in ("raw_auc", "delta_e2000"))
    assert Claim("GAN is more exact.", checks, one_thing=True).verdict == OPEN
    assert Claim("GAN is better in both.", checks).verdict == NO


def test_missing_numbers_are_named():
    check = more(evidence(gan={"": row()}), Place("gan"), Place("regression"), "psnr")
    assert (check.verdict, check.missing) == (OPEN, ("`regression`",))


# --- findings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("skip", "plain", "verdict"), [(90, 40, YES), (40, 90, NO), (50, 51, OPEN)]
)
def test_skips(skip, plain, verdict):
    found = evidence(
        birds_gan={GENERATED: row(plain), "": row(50)},
        birds_gan_skip={GENERATED: row(skip), "": row(50)},
    )
    assert verdicts(findings.skips(found)) == [verdict, OPEN]


def losses_evidence(l1: float, l2: float = 50) -> Evidence:
    values = {"l1": l1, "l2": l2, "huber": l2}
    return evidence(
        **{f"cifar_{s}_{loss}": {"": row(v)} for s in ("rgb", "yuv") for loss, v in values.items()}
    )


def test_losses_alike_and_pale():
    assert verdicts(findings.losses(losses_evidence(l1=53))) == [YES] * 5
    assert verdicts(findings.losses(losses_evidence(l1=80))) == [NO] * 4 + [YES]
    assert verdicts(findings.losses(losses_evidence(l1=120, l2=120)))[-1] == NO


@pytest.mark.parametrize(("yuv", "verdict"), [(80, YES), (20, NO), (50, OPEN)])
def test_color_spaces(yuv, verdict):
    lab = 50 + (yuv - 50) * 1.5  # as far from UV, on the same side, as UV is from RGB
    found = evidence(
        **{f"cifar_rgb_{x}": {"": row(50), GENERATED: row(50)} for x in findings.LOSSES},
        **{
            f"cifar_yuv_{x}": {"": row(yuv, delta_e2000=100 - yuv)} for x in findings.LOSSES
        },
        cifar_lab_l1={"": row(lab, delta_e2000=100 - lab)},
    )  # fmt: skip
    assert verdicts(findings.color_spaces(found, {})) == [verdict] * 5


def gan_evidence(color: float, exact: float) -> Evidence:
    gan = row(exact, colorfulness=color, delta_e2000=100 - exact)
    plain = row(50)
    return evidence(
        cifar_gan={"": gan}, cifar_yuv_l2={"": plain}, unet_gan={"": gan}, unet_l2={"": plain}
    )


def test_adversaries():
    assert verdicts(findings.adversaries(gan_evidence(80, 20))) == [YES] * 5
    assert verdicts(findings.adversaries(gan_evidence(20, 80))) == [NO] * 5
    assert verdicts(findings.adversaries(gan_evidence(80, 80))) == [YES, NO, YES, NO, NO]


def temperatures(vivid: float, recognized: float) -> Evidence:
    return evidence(
        zhang_114={
            "T=1": row(50),
            "T=0.38": row(50),
            "T=0.09": row(50, classifier_accuracy=recognized, classifier_confidence=recognized),
            "T=0": row(
                100 - vivid, colorfulness=vivid, classifier_accuracy=50, classifier_confidence=50
            ),
        }
    )


def test_temperature():
    assert verdicts(findings.temperature(temperatures(80, 70))) == [YES] * 4
    assert verdicts(findings.temperature(temperatures(20, 30))) == [NO] * 4
    table = findings.temperature(temperatures(80, 70)).table.splitlines()
    assert [line.split("|")[1].strip() for line in table[2:]] == [
        f"`zhang-114` T = {t}" for t in ("1", "0.38", "0.09", "0")
    ]


@pytest.mark.parametrize(("weighted", "verdict"), [(80, YES), (20, NO), (50, OPEN)])
def test_rebalancing(weighted, verdict):
    found = evidence(
        zhang_114={"T=0.09": row(weighted)}, zhang_114_unweighted={"T=0.09": row(50)}
    )  # fmt: skip
    assert verdicts(findings.rebalancing(found, {})) == [verdict] * 4


def run(name: str, loss: float, value: float) -> Trained:
    method = METHODS["zhang-114"]
    return Trained(
        name,
        method,
        method.config,
        {"images_seen": 900, "training_photos": 300},
        ({"images": 900, "val_loss": loss},),
        measurement=measurement(name, {"T=0.09": row(value)}),
    )


@pytest.mark.parametrize(("loss", "value", "verdict"), [(9, 80, YES), (1, 20, NO), (4, 50, OPEN)])
def test_early_stop(loss, value, verdict):
    early, last = run(findings.EARLY, 4, 50), run(findings.LAST, loss, value)
    runs = {early.name: early, last.name: last}
    found = Evidence({name: r.measurement for name, r in runs.items()})
    finding = findings.early_stop(found, runs)
    assert verdicts(finding) == [verdict] * 4
    assert finding.remarks[0] == "`zhang-114-few-best`: 900 images seen of 300 photos."


def test_nothing_measured_leaves_everything_open():
    for finding in findings.all_findings({}, {}, {}):
        for claim in finding.claims:
            assert claim.verdict == OPEN
            assert claim.missing


# --- aims -------------------------------------------------------------------------------------


def all_methods(better_by: float) -> dict[str, Measurement]:
    """Every method that aims name, above a grey of 50 by so much."""
    cifar = {"cifar10": 7}
    good = row(50 + better_by, delta_e2000=9.55 - better_by)
    names = ("cifar-yuv-l2", "cifar-gan", "zhang-313", "resnet18-mse")
    found = {
        name: measurement(name, {"": dict(good)}, cifar if "cifar" in name else DATA)
        for name in names
    }
    found["cifar-yuv-l2"].rows[""]["colorfulness"] = estimate(50)
    for name, value in (("birds-gan", 0.5), ("birds-gan-skip", 0.5 + better_by / 10)):
        found[name] = measurement(name, {GENERATED: row(ssim=value)})
    studio = row(
        50 + 2 * better_by,
        colorfulness=54 - 3 * (4 - better_by),
        face_delta_e2000=50 - 4 * better_by,
        green_or_blue_faces=4 - better_by,
    )
    for name, variants in (
        ("regression", [""]), ("gan", [""]), ("classification", ["T=1", "T=0.38"])
    ):  # fmt: skip
        found[name] = measurement(name, dict.fromkeys(variants, studio))
    ends = {"grey": row(50), "truth": row(54)}
    return {name: replace(m, **ends) for name, m in found.items()}


def test_aims_on_photos_look_at_photos_alone():
    """Where other data sets were measured as well, their pictures do not count."""
    found = all_methods(4.0)
    poor = found["zhang-313"]
    mixed = replace(
        poor, rows={"": row(49)}, data={"photos": 6, "others": 2}, parts={"photos": poor}
    )
    targets = all_targets(found | {"zhang-313": mixed})
    assert all(target.met for target in targets)
    alone = replace(mixed, parts={"others": poor})
    missing = [t for t in all_targets(found | {"zhang-313": alone}) if t.met is None]
    assert [target.aim for target in missing] == [
        "`zhang-313`: rebalanced AuC at least 3 above grey"
    ]


def test_aims_are_met_or_not_by_the_numbers():
    assert {target.met for target in all_targets(all_methods(4.0))} == {True}
    assert {target.met for target in all_targets(all_methods(-1.0))} == {False}
    assert {target.met for target in all_targets({})} == {None}
