"""Evaluation classifiers: the registry, the way to a verdict, the evaluation test, training, what is shipped."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data as bundled
from torch import nn
from torchvision.models import VGG16_Weights

from colorize_core.data.folders import PhotoFile, list_photos
from colorize_core.errors import CheckpointError, ClassifierError, ConfigError, DataError
from colorize_core.evaluation import classifiers, panels
from colorize_core.evaluation.classifiers import (
    CLASSIFIERS,
    EvaluationClassifier,
    LoadedClassifier,
    build_classifier,
    load_classifier,
)
from colorize_core.evaluation.evaluate import evaluate, evaluate_by_data, merge, method_report
from colorize_core.evaluation.opinions import opinions
from colorize_core.evaluation.panels import Jury, choose_jury
from colorize_core.evaluation.temperature_sweep import sweep
from colorize_core.image.read import load_image
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.metrics.scores import to_tensor
from colorize_core.metrics.table import CLASSIFIER_METRICS
from colorize_core.models.classifiers import CompactClassifier, SqueezeClassifier
from colorize_core.runs import CONFIG, HISTORY, WEIGHTS
from colorize_core.runs import METRICS as METRICS_FILE
from colorize_core.training import classifier as training
from colorize_core.training.classifier import ClassifierOptions, ClassifierRun, train_classifier
from colorize_core.training.classifier_data import read_labelled, split_labelled
from colorize_core.training.classifier_measure import measure_classifier
from colorize_core.training.classifier_recipes import RECIPES
from colorize_core.training.devices import build_accelerator

SHIPPED = [name for name, classifier in CLASSIFIERS.items() if classifier.shipped]
BARS = {"cifar10": 88, "imagenette": 90}
"""Least accuracy on true test pictures, per cent."""
SIZES = {"cifar10": 1.6e6, "imagenette": 1.6e6}
"""Most that the weights may take, bytes."""


class Hue(nn.Module):
    """Names a picture red, green or blue by its mean colour."""

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        return 50 * rgb.mean((2, 3))


COLORS = ("red", "green", "blue")
HUE = EvaluationClassifier(
    "hue", "Hue", "", 16, 16, COLORS, {n: i for i, n in enumerate(COLORS)}, Hue
)


@pytest.fixture
def hue() -> LoadedClassifier:
    return LoadedClassifier(HUE, Hue(), torch.device("cpu"))


def paint(color: int, seed: int, size: int = 32) -> Image.Image:
    """A noisy picture in which one channel stands out."""
    rgb = np.random.default_rng(seed).integers(40, 90, (size, size, 3))
    rgb[..., color] += 120
    return Image.fromarray(rgb.astype(np.uint8))


def paint_folder(root: Path, labels: tuple[str, ...], count: int, size: int = 32) -> Path:
    for color, label in enumerate(labels):
        (root / label).mkdir(parents=True)
        for i in range(count):
            paint(color % 3, 100 * color + i, size).save(root / label / f"{i}.png")
    return root


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
def test_classifiers_see_the_centre_at_their_size(size, hue):
    rgb = torch.rand(3, 3, *size)
    assert classifiers.classifier_input(rgb, HUE).shape == (3, 3, 16, 16)
    probabilities = hue.probabilities(rgb)
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


# The jury


@pytest.fixture
def loads(monkeypatch):
    """Evaluation classifiers without weights: loading gives an untrained network, but VGG-16 is not here."""

    def load(name, weights=None, device="cpu"):
        if not CLASSIFIERS[name].shipped:
            raise ClassifierError(f"evaluation classifier {name!r} has no weights")
        return LoadedClassifier(CLASSIFIERS[name], Hue(), torch.device(device))

    monkeypatch.setattr(panels, "load_classifier", load)


def photos(*groups: str) -> list[PhotoFile]:
    return [PhotoFile(Path(group) / "a.png", group) for group in groups]


@pytest.mark.usefixtures("loads")
def test_each_label_finds_its_classifier():
    files = photos("cifar10/cat", "photos/faces", "imagenette/n01440764", "photos")
    jury = choose_jury(files)
    assert {label: loaded.classifier.name for label, loaded in jury.by_label.items()} == {
        "cat": "cifar10",
        "n01440764": "imagenette",
    }
    panels = jury.panels(["faces", "n01440764", None, "cat", "n01440764"])
    found = {p.loaded.classifier.name: (p.index.tolist(), p.target.tolist()) for p in panels}
    assert found == {"imagenette": ([1, 4], [0, 0]), "cifar10": ([3], [3])}


@pytest.mark.usefixtures("loads")
def test_a_classifier_keeps_out_of_a_set_that_shares_a_few_names_with_its_own():
    files = photos("paintings/dog", "paintings/horse", "paintings/guitar", "paintings/person")
    assert set(choose_jury(files).by_label) == {"dog", "horse"}
    files += photos("paintings/house")
    assert choose_jury(files).by_label == {}
    assert set(choose_jury(files, "cifar10").by_label) == {"dog", "horse"}


@pytest.mark.usefixtures("loads")
def test_a_classifier_can_be_forced_left_out_or_unfit():
    files = photos("imagenette/n01440764", "photos/faces")
    assert choose_jury(files, "none").panels(["n01440764"]) == []
    assert set(choose_jury(files, "imagenette").by_label) == {"n01440764"}
    with pytest.raises(DataError, match=r"'cifar10' knows none .*imagenette/n01440764.* airplane"):
        choose_jury(files, "cifar10")
    with pytest.raises(ClassifierError, match="choose from"):
        choose_jury(files, "eye")


@pytest.mark.usefixtures("loads")
def test_a_classifier_without_weights_is_left_out_with_the_reason():
    lines = []
    jury = choose_jury(photos("imagenette/n01440764"), "vgg16", report=lines.append)
    assert jury.by_label == {}
    assert lines == ["left out: evaluation classifier 'vgg16' has no weights"]


# The evaluation test


@pytest.fixture(scope="module")
def painted(tmp_path_factory) -> list[PhotoFile]:
    """Three red, three green and three blue photos, and two without a label."""
    root = paint_folder(tmp_path_factory.mktemp("painted"), COLORS, 3, 24)
    for i in range(2):
        paint(i, 50 + i, 24).save(root / f"{i}.png")
    return list_photos(root)


def test_rows_say_how_many_pictures_a_classifier_still_names(painted, hue, tiny_checkpoints):
    colorizer = load_colorizer("regression", tiny_checkpoints / "regression")
    jury = Jury(dict.fromkeys(COLORS, hue))
    parts = evaluate_by_data([colorizer], painted, jury=jury)
    table = merge(parts.values())
    truth, grey = (table[name][""].summary() for name in ("truth", "grey"))
    assert truth["classifier_accuracy"]["value"] == 100
    assert truth["classifier_confidence"]["value"] > 0.99
    assert grey["classifier_confidence"]["value"] == pytest.approx(1 / 3, abs=0.02)
    assert truth["classifier_accuracy"]["n"] == truth["classifier_confidence"]["n"] == 9
    assert "n" not in truth["psnr"]
    report = method_report(colorizer, parts, painted)
    assert report["classifier"] == {"hue": 9}
    assert report["n"] == 11
    assert set(CLASSIFIER_METRICS) <= report["rows"][""].keys()
    json.dumps(report, allow_nan=False)


def test_photos_without_labels_are_measured_without_a_classifier(painted, hue, tiny_checkpoints):
    colorizer = load_colorizer("regression", tiny_checkpoints / "regression")
    unlabelled = [file for file in painted if classifiers.label_of(file) is None]
    table = evaluate([colorizer], unlabelled, jury=Jury(dict.fromkeys(COLORS, hue)))
    assert not table["truth"][""].summary().keys() & set(CLASSIFIER_METRICS)


def test_sweeps_hold_the_classifier_where_there_are_labels(painted, hue, tiny_checkpoints):
    colorizer = load_colorizer("classification", tiny_checkpoints / "classification")
    jury = Jury(dict.fromkeys(COLORS, hue))
    report = sweep(colorizer, painted[1:4], temperatures=(0.0, 1.0), jury=jury)
    assert len(report["measures"]["classifier_accuracy"]["value"]) == 2
    assert report["truth"]["classifier_accuracy"]["value"] == 100
    assert report["classifier"] == {"hue": 2}
    assert not sweep(colorizer, painted[:1], temperatures=(1.0,))["measures"].keys() & set(
        CLASSIFIER_METRICS
    )


def test_opinions_cover_the_original_every_variant_and_grey(hue, tiny_checkpoints):
    colorizer = load_colorizer("classification", tiny_checkpoints / "classification")
    found = opinions(paint(2, 0), [colorizer], hue, "blue")
    assert [opinion.picture for opinion in found] == [
        "original",
        *(f"classification T={t}" for t in ("1", "0.38", "0.09", "0")),
        "grey",
    ]
    assert found[0].name == "blue"
    assert found[0].probability == found[0].true_probability > 0.99
    assert opinions(paint(2, 0), [], hue)[0].true_probability is None


# Training


@pytest.fixture(scope="module")
def lessons(tmp_path_factory) -> Path:
    """Two of CIFAR-10's classes as plain colours, with a test split; one folder is none of them."""
    root = tmp_path_factory.mktemp("lessons")
    paint_folder(root / "train", ("airplane", "frog", "teapot"), 24)
    paint_folder(root / "test", ("airplane", "frog"), 3)
    (root / "train" / "frog" / "broken.png").write_bytes(b"broken")
    return root


@pytest.fixture
def quick(monkeypatch):
    """Small batches, so that a few pictures make an epoch."""
    recipe = RECIPES["cifar10"]
    small = {"batch_size": 8, "lr": 0.05}
    monkeypatch.setitem(RECIPES, "cifar10", type(recipe)(**{**vars(recipe), **small}))


@pytest.mark.usefixtures("quick")
def test_training_learns_to_name_and_writes_a_classifier(lessons, tmp_path):
    options = ClassifierOptions(data=lessons, out=tmp_path, epochs=3, device="cpu")
    assert train_classifier(CLASSIFIERS["cifar10"], options) == tmp_path
    history = [json.loads(line) for line in (tmp_path / HISTORY).read_text().splitlines()]
    assert [line["epoch"] for line in history] == [1, 2, 3]
    assert history[-1]["train_loss"] < history[0]["train_loss"]
    metrics = json.loads((tmp_path / METRICS_FILE).read_text())
    assert (metrics["split"], metrics["n"]) == ("test", 6)
    assert metrics["true"]["accuracy"]["value"] > 80
    assert metrics["true"]["confidence"]["value"] > metrics["grey"]["confidence"]["value"]
    config = json.loads((tmp_path / CONFIG).read_text())
    assert config["training"]["training_photos"] + config["training"]["validation_photos"] == 48
    assert str(lessons.parent) not in json.dumps([config, metrics]), "no paths of this machine"
    assert (
        measure_classifier(load_classifier("cifar10", tmp_path), list_photos(lessons, "test"))["n"]
        == 6
    )


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


@pytest.mark.usefixtures("quick")
def test_a_stopped_run_goes_on_as_if_nothing_had_happened(lessons, tmp_path):
    options = [
        ClassifierOptions(data=lessons, out=tmp_path / name, epochs=2, device="cpu", limit=16)
        for name in ("whole", "parts")
    ]
    train_classifier(CLASSIFIERS["cifar10"], options[0])
    parts = split_labelled(CLASSIFIERS["cifar10"], lessons, 16)
    pictures = [read_labelled(CLASSIFIERS["cifar10"], parts[name]) for name in ("train", "val")]
    accelerator = build_accelerator("cpu")
    run = ClassifierRun(CLASSIFIERS["cifar10"], options[1], accelerator, *pictures)
    options[1].out.mkdir()
    terms = run.train_epoch()
    run.position.epoch += 1
    run._write({**terms, **run.evaluate()})
    with pytest.raises(ConfigError, match="--resume"):
        train_classifier(CLASSIFIERS["cifar10"], options[1])
    again = {**vars(options[1]), "resume": True}
    with pytest.raises(ConfigError, match="seed"):
        train_classifier(CLASSIFIERS["cifar10"], ClassifierOptions(**{**again, "seed": 3}))
    train_classifier(CLASSIFIERS["cifar10"], ClassifierOptions(**again))
    whole, resumed = ((tmp_path / n / WEIGHTS).read_bytes() for n in ("whole", "parts"))
    assert whole == resumed


def test_a_trunk_classifier_trains_from_local_weights(tmp_path):
    from safetensors.torch import save_file

    state = {n: t.half() for n, t in SqueezeClassifier(2).features.state_dict().items()}
    save_file(state, tmp_path / "trunk.safetensors")
    labels = tuple(CLASSIFIERS["imagenette"].labels)[:2]
    data = paint_folder(tmp_path / "data", labels, 3, 40)
    options = ClassifierOptions(
        data=data, out=tmp_path / "out", epochs=1, device="cpu",
        encoder_weights=str(tmp_path / "trunk.safetensors"),
    )  # fmt: skip
    train_classifier(CLASSIFIERS["imagenette"], options)
    metrics = json.loads((tmp_path / "out" / METRICS_FILE).read_text())
    assert metrics["split"] == "val", "there is no test folder"


def test_validation_falls_back_to_every_20th_picture(tmp_path):
    data = paint_folder(tmp_path / "flat", ("cat", "dog"), 20)
    parts = split_labelled(CLASSIFIERS["cifar10"], data)
    assert {name: len(files) for name, files in parts.items()} == {"train": 38, "val": 2, "test": 0}


def test_the_rate_rises_and_falls_in_lines():
    rates = [training.rate_factor(p) for p in (0, 0.1, 0.2, 0.6, 1)]
    assert rates == pytest.approx([1e-3, 0.5, 1, 0.5, 1e-3])


# The commands


def test_train_classifier_explains_what_cannot_be(colorize, lessons, photo_folder, tmp_path):
    for words, sentence in (
        (("eye", "--data", lessons), "no evaluation classifier 'eye'"),
        (("vgg16", "--data", lessons), "is not trained here"),
        (("cifar10", "--data", photo_folder), "lie in folders named after its classes"),
        (("cifar10", "--data", tmp_path), "no image files"),
        (("cifar10", "--data", lessons, "--minutes", "-1"), "minutes must be above 0"),
        (("cifar10", "--data", lessons, "--resume"), "nothing to resume"),
    ):
        code, text = colorize(
            "train-classifier", *words, "--out", tmp_path / "o", "--device", "cpu"
        )
        assert (code, sentence in text) == (1, True), text


def test_classifier_prints_a_line_for_every_picture(
    colorize, tiny_checkpoints, tmp_path, hue, monkeypatch
):
    monkeypatch.setattr("colorize_core.evaluation.classifiers.load_classifier", lambda *_: hue)
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


# What is shipped


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_classifier_is_small_and_passes_its_bar(name):
    folder = classifiers.CLASSIFIER_FOLDER / name
    assert (folder / WEIGHTS).stat().st_size <= SIZES[name]
    metrics = json.loads((folder / METRICS_FILE).read_text())
    assert metrics["classifier"] == name
    assert metrics["split"] == "test"
    assert metrics["true"]["accuracy"]["value"] >= BARS[name]
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
