"""Train an evaluation classifier and measure it."""

import logging
import platform
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import PartialState

from colorize_core.data.folders import PhotoFile
from colorize_core.errors import DataError, PhotoError
from colorize_core.evaluation.classifiers import (
    EvaluationClassifier,
    LoadedClassifier,
    label_of,
    load_classifier,
)
from colorize_core.files import write_json
from colorize_core.image.read import load_image
from colorize_core.inference.lightness import grey_picture
from colorize_core.metrics.bootstrap import BOOTSTRAP, resample_mean
from colorize_core.metrics.recognition import confidence, named_correctly
from colorize_core.metrics.scores import to_tensor
from colorize_core.runs import METRICS_FILE
from colorize_core.training.engine import run
from colorize_core.training.options import TrainingOptions
from colorize_core.training.recognition import RecognitionTask, split_labelled

log = logging.getLogger(__name__)


def train_classifier(classifier: EvaluationClassifier, options: TrainingOptions) -> Path:
    """Train one evaluation classifier, and measure it on its test photos; returns its folder.

    Args:
        classifier: what is taught.
        options: `data` names one folder of class folders, or of train/, val/ and test/ with class
            folders in each.

    Raises:
        ConfigError: a classifier that is not trained here, a folder with another run, or
            `--resume` with other options.
        DataError: no pictures with labels that the classifier knows.
        TrainingError: the loss stopped being a finite number.
    """
    folder = run(RecognitionTask(classifier, options))
    if PartialState().is_main_process:
        parts = split_labelled(classifier, options.data[0], options.limit)
        split = "test" if parts["test"] else "val"
        report = measure_classifier(load_classifier(classifier.name, folder), parts[split])
        write_json(folder / METRICS_FILE, {"classifier": classifier.name, "split": split, **report})
    return folder


def measure_classifier(loaded: LoadedClassifier, files: list[PhotoFile]) -> dict[str, Any]:
    """Accuracy and confidence on true pictures and on the same in grey, with 95 % intervals.

    Args:
        loaded: the classifier.
        files: photos with labels that it knows; broken ones are reported and left out.

    Returns:
        What its metrics.json holds.

    Raises:
        DataError: no picture could be read.
    """
    found: dict[str, list[tuple[float, float]]] = {"true": [], "grey": []}
    for file in files:
        try:
            photo = load_image(file.path)
        except PhotoError as error:
            log.warning("skipped: %s", error)
            continue
        target = torch.tensor([loaded.classifier.labels[label_of(file)]])
        for kind, picture in (("true", photo), ("grey", grey_picture(photo))):
            probabilities = loaded.probabilities(to_tensor(picture))
            measures = named_correctly(probabilities, target), confidence(probabilities, target)
            found[kind].append(tuple(map(float, measures)))
    if not found["true"]:
        raise DataError(
            f"none of {len(files)} pictures could be read; the first is {files[0].path}"
        )
    return {
        "n": len(found["true"]),
        "data": files[0].group.partition("/")[0],
        **{kind: _summary(np.asarray(values)) for kind, values in found.items()},
        "intervals": f"95 %, bootstrap over pictures, {BOOTSTRAP} draws",
        "torch": torch.__version__.partition("+")[0],
        "python": platform.python_version(),
    }


def _summary(values: np.ndarray) -> dict[str, dict[str, float]]:
    return {
        "accuracy": resample_mean(100 * values[:, 0]).summary(),
        "confidence": resample_mean(values[:, 1]).summary(),
    }
