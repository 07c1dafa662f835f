"""Labelled pictures for an evaluation classifier: class folders -> tensors."""

import logging
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from colorize_core.data.folders import PhotoFile, is_split, list_photos, split_photos, spread
from colorize_core.errors import DataError, PhotoError
from colorize_core.evaluation.classifiers import (
    EvaluationClassifier,
    check_labels,
    classifier_input,
    label_of,
)
from colorize_core.image.read import load_image
from colorize_core.metrics.scores import to_tensor

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pictures:
    """Labelled pictures in memory, at the size that the evaluation classifier sees."""

    pixels: Tensor
    """(N, 3, side, side) uint8."""
    targets: Tensor
    """(N,) int64: outputs of the evaluation classifier."""

    def __len__(self) -> int:
        return len(self.pixels)

    def to(self, device: torch.device) -> "Pictures":
        """The same on another device."""
        return Pictures(self.pixels.to(device), self.targets.to(device))


def split_labelled(
    classifier: EvaluationClassifier, folder: Path, limit: int | None = None
) -> dict[str, list[PhotoFile]]:
    """Training, validation and test pictures with labels that the evaluation classifier knows.

    Training and validation as `data.folders.split_photos`; "test" is empty without any split.

    Raises:
        DataError: no such folder, no picture, no known label, or too few pictures.
    """
    train, val = split_photos([folder])
    test = list_photos(folder, "test") if is_split(folder) else []
    check_labels(classifier, train)
    files = {
        name: [file for file in part if label_of(file) in classifier.labels]
        for name, part in (("train", train), ("val", val), ("test", test))
    }
    if not files["val"]:
        raise DataError(
            f"{folder} holds too few labelled pictures to train an evaluation classifier on"
        )
    if limit is not None:
        files = {name: spread(part, limit) for name, part in files.items()}
    return files


def read_labelled(classifier: EvaluationClassifier, files: list[PhotoFile]) -> Pictures:
    """Decode pictures to the evaluation classifier's size; a broken file is reported and left out.

    Raises:
        DataError: no picture could be read.
    """
    pixels = torch.empty((len(files), 3, classifier.side, classifier.side), dtype=torch.uint8)
    targets: list[int] = []
    for file in files:
        try:
            rgb = to_tensor(load_image(file.path))
        except PhotoError as error:
            log.warning("skipped: %s", error)
            continue
        pixels[len(targets)] = (classifier_input(rgb, classifier)[0] * 255).round().byte()
        targets.append(classifier.labels[label_of(file)])
    if not targets:
        raise unreadable(files)
    return Pictures(pixels[: len(targets)], torch.tensor(targets))


def unreadable(files: list[PhotoFile]) -> DataError:
    return DataError(f"none of {len(files)} pictures could be read; the first is {files[0].path}")
