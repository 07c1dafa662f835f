import numpy as np
import pytest
from PIL import Image, ImageEnhance

from colorize_core.data.folders import list_photos
from colorize_core.errors import ConfigError
from colorize_core.evaluation import evaluate, paired_comparison
from colorize_core.evaluation.evaluate import Batch, PhotoSet, Results
from colorize_core.metrics.accumulator import Accumulator

UNCHANGED = ("bleeding", "blotches", "a_cast", "b_cast")
"""More of the same colours changes them elsewhere no more; casts of few photos go either way."""


@pytest.fixture(scope="module")
def results(photo_folder):
    """`results(saturation)`: what a method would get that answers with paler or bolder truths."""
    photos = list(evaluate.read_photos(list_photos(photo_folder), print))

    def build(*saturations: float, name: str = "regression", variant: str = ""):
        known = PhotoSet()
        truth, row = Accumulator(known.classes), Accumulator(known.classes)
        for i, photo in enumerate(photos):
            batch = Batch([photo], known, {})
            batch.measure([photo.picture], truth)
            change = ImageEnhance.Color(photo.picture).enhance
            batch.measure([change(saturations[i % len(saturations)])], row)
        return Results(known, {"truth": {"": truth}, name: {variant: row}})

    return build


def verdicts(old, new) -> dict[str, str]:
    return {found.metric.name: found.verdict for found in paired_comparison.compare(old, new)}


def test_nearer_to_the_originals_is_better_in_every_measure(results):
    found = verdicts(results(0.2), results(0.7, name="gan"))
    for name in UNCHANGED:
        found.pop(name)
    assert found == dict.fromkeys(found, paired_comparison.BETTER)
    assert {"raw_auc", "rebalanced_auc", "delta_e2000", "colorfulness"} <= found.keys()
    back = verdicts(results(0.7), results(0.2))
    for name in UNCHANGED:
        back.pop(name)
    assert back == dict.fromkeys(back, paired_comparison.WORSE)


def test_too_colorful_is_no_better_than_too_pale(results):
    assert verdicts(results(0.9), results(1.8))["colorfulness"] == paired_comparison.WORSE


def test_the_same_twice_or_now_better_now_worse_cannot_be_told(results):
    same = paired_comparison.compare(results(0.5), results(0.5))
    assert {(c.new - c.old, c.low, c.high, c.verdict) for c in same} == {
        (0, 0, 0, paired_comparison.OPEN)
    }
    mixed = verdicts(results(0.5), results(0.45, 0.55))
    assert mixed["delta_e2000"] == paired_comparison.OPEN


def test_the_interval_is_that_of_paired_differences(results):
    old, new = results(0.2), results(0.3)
    found = {c.metric.name: c for c in paired_comparison.compare(old, new)}["delta_e2000"]
    values = [np.asarray(r.rows["regression"][""].values["delta_e2000"]) for r in (old, new)]
    assert found.new - found.old == pytest.approx((values[1] - values[0]).mean())
    assert found.low < found.new - found.old < found.high
    assert found.high - found.low < 4 * (values[1] - values[0]).std()


def test_without_a_row_in_common_there_is_nothing_to_compare(results):
    with pytest.raises(ConfigError, match="no row in common"):
        paired_comparison.compare(results(0.5), results(0.5, name="classification", variant="T=1"))


def test_the_command_prints_both_and_writes_nothing(colorize, tiny_checkpoints, tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.effect_mandelbrot((40, 40), (-2, -1, 1, 1), 20).convert("RGB").save(photos / "a.png")
    before = sorted(tiny_checkpoints.rglob("*"))
    folders = [tiny_checkpoints / name for name in ("zhang-313", "zhang-114")]
    code, text = colorize("evaluate", "--data", photos, "--compare", *folders)
    assert code == 0, text
    assert "ΔE2000" in text
    assert "T=0.38" in text
    assert text.count("Raw AuC") == len(evaluate.TEMPERATURES)
    assert sorted(tiny_checkpoints.rglob("*")) == before
    for words, reason in (
        (("regression", "--compare", *folders), "leave method names"),
        (("--compare", folders[0], tmp_path / "none"), "no checkpoint at"),
        (("--compare", folders[0], tiny_checkpoints / "regression"), "no row in common"),
    ):
        code, text = colorize("evaluate", *words, "--data", photos)
        assert (code, reason in text) == (1, True), text
