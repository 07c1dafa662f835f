"""Every method and classifier by one command."""

import contextlib
from pathlib import Path

import pytest

from colorize_core.errors import DataError, StorageError, TrainingError
from colorize_core.methods import METHODS
from colorize_core.training.options import TrainingOptions
from colorize_core.training.state import FILE
from colorize_core.training.train_all import train_all

REMEDY = "make room or give another place that can be written to"


@pytest.fixture
def data_root(tmp_path) -> Path:
    for name in ("photos", "imagenette", "birds", "paintings", "cifar10"):
        (tmp_path / "data" / name).mkdir(parents=True)
    return tmp_path / "data"


def test_training_all_runs_every_method_on_its_data_and_survives_a_failure(data_root, tmp_path):
    seen = {}

    def run(method, config, options):
        seen[method.name] = options
        if method.name == "zhang-114":
            raise TrainingError("the loss became nan")
        if method.name == "unet-l2":
            raise StorageError(options.out, OSError(28, "No space left on device"))
        options.out.mkdir(parents=True)
        (options.out / FILE).touch()
        return options.out

    def run_classifier(classifier, options):
        assert options.data == (data_root / classifier.name,)
        folder = options.out.relative_to(tmp_path / "runs").as_posix()
        classifiers.append((folder, options.seed))
        return options.out

    classifiers = []
    given = TrainingOptions((data_root,), tmp_path / "runs", minutes=3)
    done, failed = train_all(given, run, run_classifier)
    assert list(seen) == list(METHODS)
    assert classifiers == [("classifiers/cifar10", 0), ("classifiers/imagenette", 0)]
    assert failed.pop("unet-l2").endswith("unet-l2 (No space left on device); " + REMEDY)
    assert failed == {"zhang-114": "the loss became nan"}
    assert len(done) == len(METHODS) - 2 + len(classifiers)
    assert seen["resnet18-mse"].data == (data_root / "photos",)
    assert seen["gan"].init == tmp_path / "runs" / "regression"
    assert not any(options.resume for options in seen.values())
    assert {options.minutes for options in seen.values()} == {3}
    seen.clear()
    with contextlib.suppress(FileExistsError):
        train_all(given, run, run_classifier)
    assert seen["regression"].resume


def test_training_all_names_what_is_missing(data_root, tmp_path):
    (data_root / "birds").rmdir()
    with pytest.raises(DataError, match=r"lacks the data set birds \(birds for .*birds-gan-skip"):
        train_all(TrainingOptions((data_root,), tmp_path, epochs=1))
    with pytest.raises(DataError, match="needs one --data folder"):
        train_all(TrainingOptions((data_root, data_root), tmp_path, epochs=1))
