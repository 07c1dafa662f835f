"""Metrics of one method, added up picture by picture."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from colorize_core.color import classes
from colorize_core.metrics.auc import accuracy_area
from colorize_core.metrics.bootstrap import Resampled, resample_class_mean, resample_mean
from colorize_core.metrics.pair import FUNCTIONS, Pair
from colorize_core.metrics.recognition import confidence, named_correctly
from colorize_core.metrics.table import CLASSIFIER_METRICS, METRICS


class ColorClasses:
    """The colour class of every true pixel, and how often each class occurs in every picture."""

    def __init__(self) -> None:
        self.centres = classes.grid_centres()
        self.counts: list[Tensor] = []
        """Per picture: pixels of each class, (Q,)."""

    def add(self, lab_true: Tensor) -> Tensor:
        """Count originals: (B, 3, H, W) in Lab units -> class of every pixel, (B, H W)."""
        ab = lab_true[:, 1:].flatten(2).movedim(1, -1)  # (B, H W, 2)
        nearest = classes.nearest_class(ab, self.centres)
        self.counts += self.sum_by_class(torch.ones(nearest.shape), nearest)
        return nearest

    def sum_by_class(self, values: Tensor, nearest: Tensor) -> Tensor:
        """Sums over the pixels of each class: (B, N), (B, N) -> (B, Q)."""
        sums = values.new_zeros((len(values), len(self.centres)))
        return sums.scatter_add_(1, nearest, values)


@dataclass
class Accumulator:
    """Metrics of one method, picture by picture."""

    color_classes: ColorClasses
    """Of the originals, shared by all methods."""
    metrics: Iterable[str] = tuple(FUNCTIONS)
    """Those that pixels alone tell, and are asked for."""
    values: dict[str, list[float]] = field(default_factory=dict)
    """By metric; a classifier's, and those of faces, are of the pictures with such a label."""
    areas: list[Tensor] = field(default_factory=list)
    """Per picture: area under the accuracy curve, summed over the pixels of each class, (Q,)."""

    def __len__(self) -> int:
        return len(self.areas)

    def add(self, pair: Pair, nearest: Tensor, labels: Sequence[str | None] = ()) -> None:
        """Measure pictures.

        Args:
            pair: pictures and originals, (B, 3, H, W).
            nearest: classes of the true pixels, (B, H W), from `ColorClasses.add`.
            labels: of the pictures, (B,), for the metrics that ask; none are known if empty.
        """
        for name in self.metrics:
            label, part = METRICS[name].label, pair
            if label is not None:
                part = pair[[i for i, known in enumerate(labels) if known == label]]
            if len(part.rgb):
                self.values.setdefault(name, []).extend(FUNCTIONS[name](part).tolist())
        area = accuracy_area(pair.lab[:, 1:], pair.lab_true[:, 1:])
        self.areas += self.color_classes.sum_by_class(area.flatten(1), nearest)

    def add_recognition(self, probabilities: Tensor, target: Tensor) -> None:
        """What an evaluation classifier says of pictures.

        Args:
            probabilities: of every class, (B, K), in [0, 1].
            target: the true class, (B,) int64.
        """
        found = (100 * named_correctly(probabilities, target), confidence(probabilities, target))
        for name, numbers in zip(CLASSIFIER_METRICS, found, strict=True):
            self.values.setdefault(name, []).extend(numbers.tolist())

    def resampled(self) -> dict[str, Resampled]:
        """Every metric that there is a number for, and what it would be for other pictures."""
        found = {name: resample_mean(values) for name, values in self.values.items()}
        areas, counts = (torch.stack(p).numpy() for p in (self.areas, self.color_classes.counts))
        found["rebalanced_auc"] = resample_class_mean(100 * areas, counts)
        return {name: found[name] for name in METRICS if name in found}

    def summary(self) -> dict[str, dict[str, Any]]:
        """Value and 95 % interval of every metric that there is a number for.

        A metric that was measured on a part of the pictures says on how many: "n".
        """
        table: dict[str, dict[str, Any]] = {}
        for name, found in self.resampled().items():
            table[name] = found.summary()
            if len(found.left_out) != len(self):
                table[name]["n"] = len(found.left_out)
        return table
