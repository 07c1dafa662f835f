"""The evaluation classifiers: the registry, networks, one verdict, weights, what is shipped."""

import json
from functools import partial

import pytest
import torch
from PIL import Image
from skimage import data as bundled
from support.hue import HUE, LOADED, Hue
from torchvision.models import VGG16_Weights

from colorize_core.data.folders import PhotoFile
from colorize_core.errors import CheckpointError, ClassifierError
from colorize_core.evaluation import classifiers
from colorize_core.evaluation.classifiers import (
    CLASSIFIERS,
    EvaluationClassifier,
    LoadedClassifier,
    build_classifier,
    load_classifier,
)
from colorize_core.image.read import load_image
from colorize_core.metrics.scores import to_tensor
from colorize_core.models.classifiers import CompactClassifier, SqueezeClassifier
from colorize_core.runs import CONFIG, HISTORY, METRICS_FILE, WEIGHTS

SHIPPED = [name for name, classifier in CLASSIFIERS.items() if classifier.shipped]
SIZES = {"cifar10": 1.6e6, "imagenette": 1.6e6}
"""Most that the weights may take, bytes."""


# The registry


@pytest.mark.parametrize("classifier", CLASSIFIERS.values(), ids=CLASSIFIERS.keys())
def test_every_classifier_says_what_its_outputs_mean(classifier):
    assert len(set(classifier.labels.values())) == len(classifier.labels)
    assert set(classifier.labels.values()) <= set(range(len(classifier.names)))
    assert classifier.short_side >= classifier.side
    assert classifier.source


def test_vgg_and_imagenette_mean_the_same_by_a_folder():
    vgg, imagenette = CLASSIFIERS["vgg16"], CLASSIFIERS["imagenette"]
    assert len(vgg.names) == 1000
    for folder, place in imagenette.labels.items():
        assert vgg.names[vgg.labels[folder]] == imagenette.names[place]


def test_names_are_given_once_and_unknown_ones_refused():
    with pytest.raises(ValueError, match="registered twice"):
        classifiers.register(CLASSIFIERS["cifar10"])
    with pytest.raises(
        ClassifierError, match=r"no evaluation classifier 'eye'; choose from: cifar10"
    ):
        classifiers.get_classifier("eye")


def test_a_label_is_the_folder_of_the_photo(tmp_path):
    assert classifiers.label_of(PhotoFile(tmp_path / "a.png", "cifar10/cat")) == "cat"
    assert classifiers.label_of(PhotoFile(tmp_path / "a.png", "cifar10")) is None


# Networks


@pytest.mark.parametrize(
    ("network", "side", "most"),
    [
        (partial(CompactClassifier, widths=(32, 96, 160)), 32, 0.65e6),
        (SqueezeClassifier, 48, 0.8e6),
    ],
)
def test_networks_score_every_class(network, side, most):
    model = network(7)
    scores = model(torch.rand(2, 3, side, side))
    assert scores.shape == (2, 7)
    scores.square().sum().backward()
    frozen = {"whiten.weight"}
    for name, parameter in model.named_parameters():
        assert name in frozen or torch.isfinite(parameter.grad).all(), name
    assert sum(p.numel() for p in model.parameters()) <= most


def test_whitening_makes_patches_uncorrelated():
    generator = torch.Generator().manual_seed(0)
    rgb = (
        torch.rand(40, 1, 20, 20, generator=generator) * torch.tensor([1, 0.8, 0.5])[:, None, None]
    )
    rgb = (rgb + 0.2 * torch.rand(40, 3, 20, 20, generator=generator)).clamp(0, 1)
    model = CompactClassifier(3, (8, 8, 8))
    model.fit_whitening(rgb)
    answers = model.whiten(model.normalise(rgb))[:, :12].transpose(0, 1).flatten(1)
    second = answers @ answers.T / answers.shape[1]
    assert (second - torch.eye(12)).abs().max() < 0.05


def test_vgg_takes_no_memory_before_its_weights_come():
    model = CLASSIFIERS["vgg16"].build()
    assert all(p.is_meta for p in model.parameters())
    assert sum(p.numel() for p in model.parameters()) == 138_357_544
    scores = model.to("meta")(torch.empty(2, 3, 224, 224, device="meta"))
    assert scores.shape == (2, 1000)


# One verdict


@pytest.mark.parametrize("size", [(8, 8), (16, 16), (40, 23), (23, 100)])
def test_classifiers_see_the_centre_at_their_size(size):
    rgb = torch.rand(3, 3, *size)
    assert classifiers.classifier_input(rgb, HUE).shape == (3, 3, 16, 16)
    probabilities = LOADED.probabilities(rgb)
    assert probabilities.shape == (3, 3)
    assert probabilities.sum(1).tolist() == pytest.approx([1, 1, 1])


def test_a_margin_is_cut_off():
    classifier = EvaluationClassifier("m", "", "", 8, 16, ("a",), {"a": 0}, Hue)
    rgb = torch.zeros(1, 3, 16, 16)
    rgb[..., 4:12, 4:12] = 1
    assert classifiers.classifier_input(rgb, classifier).min() == 1


def test_a_mirrored_picture_gets_the_same_verdict():
    torch.manual_seed(0)
    loaded = LoadedClassifier(
        CLASSIFIERS["cifar10"], build_classifier(CLASSIFIERS["cifar10"]).eval(), torch.device("cpu")
    )
    rgb = torch.rand(2, 3, 32, 32)
    torch.testing.assert_close(loaded.probabilities(rgb), loaded.probabilities(rgb.flip(-1)))


# Weights


def test_missing_weights_are_said_with_the_remedy(tmp_path, monkeypatch):
    with pytest.raises(
        ClassifierError, match=r"'cifar10' has no weights .* train-classifier cifar10"
    ):
        load_classifier("cifar10", tmp_path)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(
        ClassifierError, match=r"'vgg16' has no weights .* put https?://\S+\.pth there"
    ):
        load_classifier("vgg16")


def test_damaged_weights_are_refused(tmp_path, monkeypatch):
    (tmp_path / WEIGHTS).write_bytes(b"damaged")
    for name, path in (("imagenette", tmp_path), ("vgg16", tmp_path / WEIGHTS)):
        with pytest.raises(CheckpointError, match="damaged"):
            load_classifier(name, path)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    (tmp_path / "hub" / "checkpoints" / classifiers.VGG_FILE).write_bytes(b"damaged")
    with pytest.raises(CheckpointError, match=r"vgg16.* is damaged"):
        load_classifier("vgg16")


def test_the_cached_file_is_torchvisions():
    assert VGG16_Weights.IMAGENET1K_V1.url.endswith("/" + classifiers.VGG_FILE)


# What is shipped


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_classifier_is_small_and_measured(name):
    folder = classifiers.CLASSIFIER_FOLDER / name
    assert (folder / WEIGHTS).stat().st_size <= SIZES[name]
    metrics = json.loads((folder / METRICS_FILE).read_text())
    assert metrics["classifier"] == name
    assert metrics["split"] == "test"
    assert metrics["grey"]["accuracy"]["value"] < metrics["true"]["accuracy"]["value"]
    config = json.loads((folder / CONFIG).read_text())
    assert config["config"]["classes"] == list(CLASSIFIERS[name].labels)
    assert config["config"]["side"] == CLASSIFIERS[name].side
    history = [json.loads(line) for line in (folder / HISTORY).read_text().splitlines()]
    last = 100 * history[-1]["val_accuracy"]
    assert last == pytest.approx(metrics["true"]["accuracy"]["value"], abs=4)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_classifier_gives_probabilities(name):
    loaded = load_classifier(name)
    assert all(torch.isfinite(t).all() for t in loaded.module.state_dict().values())
    for picture in ("astronaut", "chelsea", "coffee"):
        rgb = to_tensor(load_image(getattr(bundled, picture)()))
        probabilities = loaded.probabilities(rgb)
        assert probabilities.shape == (1, len(CLASSIFIERS[name].names))
        assert torch.isfinite(probabilities).all()
        assert probabilities.sum().item() == pytest.approx(1, abs=1e-4)


def test_the_cifar_classifier_knows_a_cat():
    loaded = load_classifier("cifar10")
    cat = Image.fromarray(bundled.chelsea()).crop((50, 0, 350, 300))
    top = int(loaded.probabilities(to_tensor(cat)).argmax())
    assert CLASSIFIERS["cifar10"].names[top] == "cat"
