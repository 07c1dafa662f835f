"""How evaluation classifiers are trained."""

import json
from pathlib import Path

import pytest
from support.hue import paint_folder

from colorize_core.data.folders import list_photos
from colorize_core.errors import ConfigError
from colorize_core.evaluation.classifiers import CLASSIFIERS, build_classifier, load_classifier
from colorize_core.models.classifiers import SqueezeClassifier
from colorize_core.runs import CONFIG, HISTORY, WEIGHTS
from colorize_core.runs import METRICS as METRICS_FILE
from colorize_core.training import classifier as training
from colorize_core.training.classifier import ClassifierOptions, ClassifierRun, train_classifier
from colorize_core.training.classifier_data import read_labelled, split_labelled
from colorize_core.training.classifier_measure import measure_classifier
from colorize_core.training.classifier_recipes import RECIPES
from colorize_core.training.devices import build_accelerator


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
