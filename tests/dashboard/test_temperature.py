"""The page about temperature."""

import json

import numpy as np
import pytest
from support.dashboard import (
    CLASSIFIER,
    SWEPT,
    captions_of,
    figure,
    trace,
    warnings_of,
)

from colorize_core import runs
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.metrics.colorfulness import colorfulness
from colorize_core.metrics.scores import to_tensor
from dashboard import pictures, results

SECOND = "zhang-114"


def test_temperature_moves_histogram_and_pictures(open_page, filled):
    stored = json.loads((filled / CLASSIFIER / runs.SWEEP).read_text())
    at = open_page("temperature", filled)
    for temperature in (0.38, 0.09, 0.97):
        at.slider(key="temperature_T").set_value(temperature).run()
        index = int(np.abs(np.array(SWEPT) - temperature).argmin())
        drawn = figure(at, "temperature_histogram")["data"][0]["y"]
        assert drawn == pytest.approx(100 * np.array(stored["chroma_histogram"]["results"][index]))
        chart = figure(at, "temperature_raw_auc")
        assert temperature in [shape["x0"] for shape in chart["layout"]["shapes"]]
        assert list(trace(chart, CLASSIFIER)["y"]) == stored["measures"]["raw_auc"]["value"]
    photo = pictures.open_photo(pictures.bundled_photos()[0])
    picture = load_colorizer(CLASSIFIER, filled / CLASSIFIER)(photo, temperature=0.97)
    value = float(colorfulness(to_tensor(picture)))
    shown = [c.value for c in at.caption if c.value.startswith("**T = 0.97 ← slider**")]
    assert len(shown) == 1
    assert shown[0].endswith(f"colourfulness {value:.0f}")


def test_methods_measured_on_the_same_photos_share_a_chart(open_page, copied):
    at = open_page("temperature", copied)
    at.multiselect(key="temperature_runs").set_value([CLASSIFIER, SECOND]).run()
    drawn = {t.get("name") for t in figure(at, "temperature_raw_auc")["data"]}
    assert {CLASSIFIER, SECOND} <= drawn
    assert len([c for c in at.caption if c.value.startswith("**original")]) == 2
    path = copied / SECOND / runs.SWEEP
    path.write_text(json.dumps(json.loads(path.read_text()) | {"data": {"cifar10": 3}}))
    at.run()
    assert f"**{SECOND}**: measured on other photos, 3 test photos (cifar10)" in warnings_of(at)
    assert SECOND not in {t.get("name") for t in figure(at, "temperature_raw_auc")["data"]}


def test_a_classifiers_verdict_is_drawn_where_there_is_one(open_page, copied):
    at = open_page("temperature", copied)
    assert f"No evaluation classifier's accuracy for {CLASSIFIER}" in captions_of(at)
    path = copied / CLASSIFIER / runs.SWEEP
    content = json.loads(path.read_text())
    content["measures"]["classifier_accuracy"] = content["measures"]["raw_auc"]
    content["truth"]["classifier_accuracy"] = {"value": 80.0, "low": 70.0, "high": 90.0}
    content["classifier"] = {"cifar10": 2}
    path.write_text(json.dumps(content))
    at.multiselect(key="temperature_runs").set_value([CLASSIFIER, SECOND]).run()
    chart = figure(at, "temperature_classifier_accuracy")
    assert list(trace(chart, "originals")["y"]) == [80, 80]
    assert SECOND not in {t.get("name") for t in chart["data"]}
    assert f"No evaluation classifier's accuracy for {SECOND}" in captions_of(at)
    assert "An evaluation classifier named the 2 that have a label" in captions_of(at)


def test_without_a_sweep_the_page_says_how_to_measure(open_page, tiny_checkpoints):
    at = open_page("temperature", tiny_checkpoints)
    assert f"colorize evaluate {CLASSIFIER} --sweep" in warnings_of(at)
    assert len([c for c in at.caption if c.value.startswith("**T =")]) == 7


@pytest.mark.parametrize(
    "change",
    [
        {"temperatures": [1.0, 0.38, 0.09, 0.0]},
        {"temperatures": []},
        {"measures": {}},
        {"n": None},
        {"chroma_histogram": {"edges": [0, 1], "truth": [1.0], "results": [[1.0]]}},
    ],
)
def test_a_sweep_of_the_wrong_shape_gives_a_sentence(filled, tmp_path, change):
    content = json.loads((filled / CLASSIFIER / runs.SWEEP).read_text())
    (tmp_path / runs.SWEEP).write_text(json.dumps(content | change))
    sweep, problem = results.load_sweep(tmp_path)
    assert sweep is None
    assert problem.startswith("sweep.json is damaged")


def test_a_damaged_sweep_leaves_the_pictures(open_page, copied):
    (copied / CLASSIFIER / runs.SWEEP).write_text("{")
    at = open_page("temperature", copied)
    assert f"**{CLASSIFIER}**: sweep.json is damaged" in warnings_of(at)
    assert not at.get("plotly_chart")
    assert "**original**" in captions_of(at)
