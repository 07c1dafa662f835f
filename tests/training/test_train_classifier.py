"""Evaluation classifiers: what their training writes, and that their recipes reach the step."""

import dataclasses
import json

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from support.training import all_tensors, options

from colorize_core.data.folders import list_photos
from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.evaluation.classifiers import CLASSIFIERS, build_classifier, load_classifier
from colorize_core.methods.checkpoint import read_tensors
from colorize_core.models.classifiers import SqueezeClassifier
from colorize_core.runs import CONFIG, METRICS_FILE, WEIGHTS, read_history
from colorize_core.training import recognition
from colorize_core.training.classifier import measure_classifier, train_classifier
from colorize_core.training.recognition import RECIPES, split_labelled
from colorize_core.training.state import load_state

CIFAR, IMAGENETTE = CLASSIFIERS["cifar10"], CLASSIFIERS["imagenette"]
SMALL = {"batch_size": 8, "limit": 16, "epochs": 1.0}
pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture(scope="module")
def springers(tmp_path_factory):
    """Two classes of Imagenette, three pictures each."""
    data = tmp_path_factory.mktemp("springers")
    for place, label in enumerate(list(IMAGENETTE.labels)[:2]):
        (data / label).mkdir()
        for i in range(3):
            color = (200 - 150 * place, 20 * i, 50 + 150 * place)
            Image.new("RGB", (40, 40), color).save(data / label / f"{i}.png")
    return data


def test_training_learns_to_name_and_writes_a_classifier(lessons, tmp_path):
    run = options(lessons, tmp_path, batch_size=8, epochs=4.0, evaluate_every=48)
    assert train_classifier(CIFAR, run) == tmp_path
    history = read_history(tmp_path)
    assert [line["images"] for line in history] == [0, 48, 96, 144, 184]
    assert history[-1]["train_loss"] < history[1]["train_loss"]
    assert history[-1]["val_accuracy"] > history[0]["val_accuracy"]
    metrics = json.loads((tmp_path / METRICS_FILE).read_text())
    assert (metrics["split"], metrics["n"]) == ("test", 6)
    assert metrics["true"]["accuracy"]["value"] > 80
    assert metrics["true"]["confidence"]["value"] > metrics["grey"]["confidence"]["value"]
    config = json.loads((tmp_path / CONFIG).read_text())
    assert config["training"]["training_photos"] + config["training"]["validation_photos"] == 48
    assert str(lessons.parent) not in json.dumps([config, metrics]), "no paths of this machine"
    loaded = load_classifier("cifar10", tmp_path)
    assert measure_classifier(loaded, list_photos(lessons, "test"))["n"] == 6
    weights = bytearray((tmp_path / WEIGHTS).read_bytes())
    weights[-100] ^= 1
    (tmp_path / WEIGHTS).write_bytes(weights)
    with pytest.raises(CheckpointError, match="are not those that its"):
        load_classifier("cifar10", tmp_path)


def test_a_trunk_classifier_trains_from_local_weights(springers, tmp_path):
    features = {n: t.half() for n, t in SqueezeClassifier(2).features.state_dict().items()}
    save_file(features, tmp_path / "trunk.safetensors")
    run = options(
        springers, tmp_path / "out", crop=None, store_side=None, epochs=1e-9, lr=1e-12,
        encoder_weights=str(tmp_path / "trunk.safetensors"),
    )  # fmt: skip
    found = read_tensors(train_classifier(IMAGENETTE, run) / WEIGHTS)
    for name, tensor in features.items():
        torch.testing.assert_close(found[f"features.{name}"], tensor, atol=1e-3, rtol=0)
    metrics = json.loads((run.out / METRICS_FILE).read_text())
    assert metrics["split"] == "val", "there is no test folder"


def test_only_what_has_a_label_is_used(lessons):
    parts = split_labelled(CIFAR, lessons)
    labels = {file.path.parent.name for files in parts.values() for file in files}
    assert labels == {"airplane", "frog"}
    assert len(parts["test"]) == 6
    assert len(split_labelled(CIFAR, lessons, 10)["train"]) == 10


# Recipes


def not_equal(some: dict, others: dict) -> list[bool]:
    """Of two states, which tensors of the network differ."""
    tensors = zip(all_tensors(some["modules"]), all_tensors(others["modules"]), strict=True)
    return [not torch.equal(*pair) for pair in tensors]


@pytest.mark.parametrize(
    "changes",
    [{"shift": 0}, {"min_share": 0.2}, {"weight_decay": 0.5}, {"schedule": "cosine"}],
    ids=str,
)
def test_what_a_recipe_says_reaches_the_step(changes, lessons, tmp_path, monkeypatch):
    run = options(lessons, tmp_path / "usual", **SMALL)
    usual = load_state(train_classifier(CIFAR, run))
    monkeypatch.setitem(RECIPES, "cifar10", dataclasses.replace(RECIPES["cifar10"], **changes))
    other = load_state(train_classifier(CIFAR, dataclasses.replace(run, out=tmp_path / "other")))
    assert any(not_equal(usual, other))


def test_labels_are_smoothed(lessons, tmp_path, monkeypatch):
    run = options(lessons, tmp_path / "usual", **SMALL)
    usual = load_state(train_classifier(CIFAR, run))
    monkeypatch.setattr(recognition, "LABEL_SMOOTHING", 0.0)
    other = load_state(train_classifier(CIFAR, dataclasses.replace(run, out=tmp_path / "other")))
    assert any(not_equal(usual, other))


def test_scales_and_biases_do_not_decay(lessons, tmp_path):
    state = load_state(train_classifier(CIFAR, options(lessons, tmp_path, **SMALL)))
    decays = [group["weight_decay"] for group in state["optimizers"]["model"]["param_groups"]]
    assert decays == [RECIPES["cifar10"].weight_decay, 0.0]


def test_patches_are_whitened_by_the_training_pictures(lessons, tmp_path):
    """Each axis of 2×2 patches is there with either sign, and stays as it was counted."""
    run = options(lessons, tmp_path / "run", **SMALL)
    weight = load_state(train_classifier(CIFAR, run))["modules"]["model"]["whiten.weight"]
    assert torch.equal(weight[:12], -weight[12:])
    longer = dataclasses.replace(run, resume=True, epochs=2.0)
    again = load_state(train_classifier(CIFAR, longer))["modules"]["model"]["whiten.weight"]
    assert torch.equal(weight, again)


def test_the_trunk_learns_at_its_share_of_the_rate(springers, tmp_path):
    run = options(springers, tmp_path, crop=32, store_side=32, epochs=1.0, trunk_lr=0.25, lr=1e-3)
    groups = load_state(train_classifier(IMAGENETTE, run))["optimizers"]["model"]["param_groups"]
    assert [group["peak_lr"] for group in groups] == pytest.approx([1e-3, 2.5e-4])


# What cannot be


@pytest.mark.parametrize(
    ("name", "widths", "message"),
    [
        ("cifar10", (32, 96), r"'cifar10' takes 3 widths in 8…1024, got \(32, 96\)"),
        ("cifar10", (32, 96, 0), r"'cifar10' takes 3 widths in 8…1024, got \(32, 96, 0\)"),
        ("imagenette", (32, 96, 160), r"'imagenette' takes no widths, got \(32, 96, 160\)"),
    ],
)
def test_impossible_widths_are_refused(name, widths, message):
    with pytest.raises(ConfigError, match=message):
        build_classifier(CLASSIFIERS[name], widths)


def test_what_a_classifier_has_no_use_for_is_refused(lessons, tmp_path):
    run = options(lessons, tmp_path / "run")
    for changes in ({"degradation": 0.5}, {"init": tmp_path}, {"data": (lessons, lessons)}):
        with pytest.raises(ConfigError, match="a classifier learns from one data folder"):
            train_classifier(CIFAR, dataclasses.replace(run, **changes))
    assert not run.out.exists()


def test_train_classifier_explains_what_cannot_be(colorize, lessons, photo_folder, tmp_path):
    (tmp_path / "empty").mkdir()
    for words, sentence in (
        (("eye", "--data", lessons), "no evaluation classifier 'eye'"),
        (("vgg16", "--data", lessons), "is not trained here"),
        (("cifar10", "--data", photo_folder), "lie in folders named after its classes"),
        (("cifar10", "--data", tmp_path / "empty"), "no image files"),
        (("cifar10", "--data", lessons, "--minutes", "-1"), "minutes must be above 0"),
        (("cifar10", "--data", lessons, "--resume"), "nothing to resume"),
    ):
        code, text = colorize(
            "train-classifier", *words, "--out", tmp_path / "o", "--device", "cpu"
        )
        assert (code, sentence in text) == (1, True), text
