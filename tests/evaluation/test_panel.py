"""Which classifier names which photos, and what comes of it in tables and commands."""

import json
from pathlib import Path

import pytest
import torch
from support.hue import COLORS, LOADED, Hue, paint, paint_folder

from colorize_core.data.folders import PhotoFile, list_photos
from colorize_core.errors import ClassifierError, DataError
from colorize_core.evaluation import classifiers, panel
from colorize_core.evaluation.classifiers import CLASSIFIERS, LoadedClassifier
from colorize_core.evaluation.confidences import confidences
from colorize_core.evaluation.evaluate import evaluate, method_metrics
from colorize_core.evaluation.panel import assign, choose_panel
from colorize_core.evaluation.temperature_sweep import sweep
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.metrics.table import CLASSIFIER_METRICS
from colorize_core.runs import METRICS_FILE

HUES = dict.fromkeys(COLORS, LOADED)


@pytest.fixture
def loads(monkeypatch):
    """Classifiers without weights: a network of some kind, but of VGG-16 nothing is here."""

    def load(name, weights=None, device="cpu"):
        if not CLASSIFIERS[name].shipped:
            raise ClassifierError(f"evaluation classifier {name!r} has no weights")
        return LoadedClassifier(CLASSIFIERS[name], Hue(), torch.device(device))

    monkeypatch.setattr(panel, "load_classifier", load)


def photos(*groups: str) -> list[PhotoFile]:
    return [PhotoFile(Path(group) / "a.png", group) for group in groups]


@pytest.mark.usefixtures("loads")
def test_each_label_finds_its_classifier():
    files = photos("cifar10/cat", "photos/faces", "imagenette/n01440764", "photos")
    chosen = choose_panel(files)
    assert {label: loaded.classifier.name for label, loaded in chosen.items()} == {
        "cat": "cifar10",
        "n01440764": "imagenette",
    }
    parts = assign(chosen, ["faces", "n01440764", None, "cat", "n01440764"])
    found = {loaded.classifier.name: (index, target.tolist()) for loaded, index, target in parts}
    assert found == {"imagenette": ([1, 4], [0, 0]), "cifar10": ([3], [3])}


@pytest.mark.usefixtures("loads")
def test_a_classifier_keeps_out_of_a_set_that_shares_a_few_names_with_its_own():
    files = photos("paintings/dog", "paintings/horse", "paintings/guitar", "paintings/person")
    assert set(choose_panel(files)) == {"dog", "horse"}
    files += photos("paintings/house")
    assert choose_panel(files) == {}
    assert {"dog", "horse"} <= set(choose_panel(files, "cifar10"))


@pytest.mark.usefixtures("loads")
def test_a_classifier_can_be_forced_left_out_or_unfit():
    files = photos("imagenette/n01440764", "photos/faces")
    assert choose_panel(files, "none") == {}
    assert "n01440764" in choose_panel(files, "imagenette")
    with pytest.raises(DataError, match=r"'cifar10' knows none .*imagenette/n01440764.* airplane"):
        choose_panel(files, "cifar10")
    with pytest.raises(ClassifierError, match="choose from"):
        choose_panel(files, "eye")


@pytest.mark.usefixtures("loads")
def test_a_classifier_without_weights_is_left_out_with_the_reason(monkeypatch):
    monkeypatch.setattr(panel, "CLASSIFIERS", {"vgg16": CLASSIFIERS["vgg16"]})
    lines = []
    assert choose_panel(photos("imagenette/n01440764"), warn=lines.append) == {}
    assert lines == ["left out: evaluation classifier 'vgg16' has no weights"]
    with pytest.raises(ClassifierError, match="has no weights"):
        choose_panel(photos("imagenette/n01440764"), "vgg16")


# The evaluation test


@pytest.fixture(scope="module")
def painted(tmp_path_factory) -> list[PhotoFile]:
    """Three red, three green and three blue photos, and two without a label."""
    root = paint_folder(tmp_path_factory.mktemp("painted"), COLORS, 3, 24)
    for i in range(2):
        paint(i, 50 + i, 24).save(root / f"{i}.png")
    return list_photos(root)


def test_rows_say_how_many_pictures_a_classifier_still_names(painted, tiny_checkpoints):
    colorizer = load_colorizer("regression", tiny_checkpoints / "regression")
    results = evaluate([colorizer], painted, panel=HUES)
    truth, grey = (results.rows[name][""].summary() for name in ("truth", "grey"))
    assert truth["classifier_accuracy"]["value"] == 100
    assert truth["classifier_confidence"]["value"] > 0.99
    assert grey["classifier_confidence"]["value"] == pytest.approx(1 / 3, abs=0.02)
    assert truth["classifier_accuracy"]["n"] == truth["classifier_confidence"]["n"] == 9
    assert "n" not in truth["psnr"]
    report = method_metrics(colorizer, "test", results)
    assert report["classifier"] == {"hue": 9}
    assert report["n"] == 11
    assert set(CLASSIFIER_METRICS) <= report["rows"][""].keys()
    json.dumps(report, allow_nan=False)


def test_photos_without_labels_are_measured_without_a_classifier(painted, tiny_checkpoints):
    colorizer = load_colorizer("regression", tiny_checkpoints / "regression")
    unlabelled = [file for file in painted if classifiers.label_of(file) is None]
    table = evaluate([colorizer], unlabelled, panel=HUES).rows
    assert not table["truth"][""].summary().keys() & set(CLASSIFIER_METRICS)


def test_sweeps_hold_the_classifier_where_there_are_labels(painted, tiny_checkpoints):
    colorizer = load_colorizer("classification", tiny_checkpoints / "classification")
    report = sweep(colorizer, painted[1:4], "test", temperatures=(0.0, 1.0), panel=HUES)
    assert len(report["measures"]["classifier_accuracy"]["value"]) == 2
    assert report["truth"]["classifier_accuracy"]["value"] == 100
    assert report["classifier"] == {"hue": 2}
    without = sweep(colorizer, painted[:1], "test", temperatures=(1.0,))
    assert not without["measures"].keys() & set(CLASSIFIER_METRICS)


def test_confidences_cover_the_original_every_variant_and_grey(tiny_checkpoints):
    colorizer = load_colorizer("classification", tiny_checkpoints / "classification")
    found = confidences(paint(2, 0), [colorizer], LOADED, "blue")
    assert [one.picture for one in found] == [
        "original",
        *(f"classification T={t}" for t in ("1", "0.38", "0.09", "0")),
        "grey",
    ]
    assert found[0].top == "blue"
    assert found[0].of_top == found[0].of_true > 0.99
    assert confidences(paint(2, 0), [], LOADED)[0].of_true is None


# The commands


def test_classifier_prints_a_line_for_every_picture(
    colorize, tiny_checkpoints, tmp_path, monkeypatch
):
    monkeypatch.setattr("colorize_core.evaluation.classifiers.load_classifier", lambda *_: LOADED)
    (tmp_path / "green").mkdir()
    paint(1, 0).save(tmp_path / "green" / "leaf.png")
    code, text = colorize("classify", tmp_path / "green" / "leaf.png", "--method", "classification",
                          "--method", "gan", "--checkpoints", tiny_checkpoints)  # fmt: skip
    assert code == 0, text
    for words in ("leaf.png", "original", "classification T=0.38", "gan", "grey", "green"):
        assert words in text


def test_classifier_without_weights_is_an_error(colorize, tiny_checkpoints, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    paint(1, 0).save(tmp_path / "leaf.png")
    words = (tmp_path / "leaf.png", "--checkpoints", tiny_checkpoints)
    code, text = colorize("classify", *words, "--classifier", "vgg16")
    assert (code, "has no weights" in text) == (1, True)
    code, text = colorize("classify", *words, "--classifier", "eye")
    assert (code, "no evaluation classifier 'eye'" in text) == (1, True)


def test_evaluate_refuses_a_classifier_that_knows_no_label(
    colorize, photo_folder, tiny_checkpoints, tmp_path, monkeypatch
):
    words = ("evaluate", "gan", "--data", photo_folder, "--checkpoints", tiny_checkpoints,
             "--out", tmp_path, "--limit", 1)  # fmt: skip
    code, text = colorize(*words, "--classifier", "cifar10")
    assert code == 1
    assert "hills" in text
    assert "airplane, automobile" in text
    code, text = colorize(*words, "--classifier", "none")
    assert code == 0
    assert "classifier_accuracy" not in (tmp_path / "gan" / METRICS_FILE).read_text()
