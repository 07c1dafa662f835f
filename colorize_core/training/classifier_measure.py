"""How well an evaluation classifier names true pictures, and the same in grey."""

import logging
import platform
from typing import Any

import numpy as np
import torch

from colorize_core.data.folders import PhotoFile
from colorize_core.errors import PhotoError
from colorize_core.evaluation.classifiers import LoadedClassifier, label_of
from colorize_core.image.read import load_image
from colorize_core.inference.colorizer import grey_picture
from colorize_core.metrics.bootstrap import BOOTSTRAP, resample_mean
from colorize_core.metrics.recognition import confidence, named_correctly
from colorize_core.metrics.scores import to_tensor
from colorize_core.training.classifier_data import unreadable

log = logging.getLogger(__name__)


def measure_classifier(loaded: LoadedClassifier, files: list[PhotoFile]) -> dict[str, Any]:
    """Accuracy and confidence on true pictures and on the same in grey, with 95 % intervals.

    Args:
        loaded: the evaluation classifier.
        files: photos with labels that it knows; broken ones are reported and left out.

    Returns:
        What metrics.json of an evaluation classifier holds.

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
        raise unreadable(files)
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
