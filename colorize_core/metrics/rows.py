"""One line of the results table: measures added up picture by picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from colorize_core.color.classes import grid_centres, nearest_class
from colorize_core.metrics.auc import accuracy_area
from colorize_core.metrics.bootstrap import interval
from colorize_core.metrics.recognition import confidence, named_correctly
from colorize_core.metrics.table import CLASSIFIER_METRICS, METRICS, Metric, Pair


class ColorClasses:
    """The colour class of every true pixel, and how often each class occurs in all pictures."""

    def __init__(self) -> None:
        self.centres = grid_centres()
        self.counts: list[Tensor] = []
        """Per picture: pixels of each class, (Q,)."""

    def add(self, lab_true: Tensor) -> Tensor:
        """Count originals: (B, 3, H, W) in Lab units -> class of every pixel, (B, H W)."""
        ab = lab_true[:, 1:].flatten(2).movedim(1, -1)  # (B, H W, 2)
        classes = nearest_class(ab, self.centres)
        self.counts += self.sum_by_class(torch.ones(classes.shape), classes)
        return classes

    def sum_by_class(self, values: Tensor, classes: Tensor) -> Tensor:
        """Sums over the pixels of each class: (B, N), (B, N) -> (B, Q)."""
        sums = values.new_zeros((len(values), len(self.centres)))
        return sums.scatter_add_(1, classes, values)

    def weigh(self, sums: list[Tensor]) -> np.ndarray:
        """Weight sums by class with 1 / frequency of the class: N × (Q,) -> (N,)."""
        counts = torch.stack(self.counts).sum(0, dtype=torch.float64)
        weights = torch.where(counts > 0, counts.sum() / counts, 0.0)
        return (torch.stack(sums).double() @ weights).numpy()


@dataclass
class Row:
    """Measures of one method, picture by picture."""

    color_classes: ColorClasses
    """Of the originals, shared by all rows."""
    metrics: Mapping[str, Metric] = field(default_factory=lambda: METRICS)
    values: dict[str, list[float]] = field(default_factory=dict)
    """By metric; an evaluation classifier's measures, and those of faces, are of the pictures with such a label."""
    areas: list[Tensor] = field(default_factory=list)
    """Per picture: area under the accuracy curve, summed over the pixels of each class, (Q,)."""
    classifiers: dict[str, int] = field(default_factory=dict)
    """How many pictures each evaluation classifier named."""
    sides: list[int] = field(default_factory=list)
    """Long side of every picture, pixels."""

    def __len__(self) -> int:
        return len(self.areas)

    def add(self, pair: Pair, classes: Tensor, labels: Sequence[str | None] = ()) -> None:
        """Measure pictures.

        Args:
            pair: pictures and originals, (B, 3, H, W).
            classes: of the true pixels, (B, H W), from `ColorClasses.add`.
            labels: of the pictures, (B,), for the metrics that ask; none are known if empty.
        """
        known = labels or [None] * len(pair.rgb)
        for name, metric in self.metrics.items():
            index = [i for i, label in enumerate(known) if metric.fits(label)]
            if not index:
                continue
            part = pair if len(index) == len(known) else pair[index]
            self.values.setdefault(name, []).extend(metric.measure(part).tolist())
        area = accuracy_area(pair.lab[:, 1:], pair.lab_true[:, 1:])
        self.sides += [max(pair.rgb.shape[-2:])] * len(pair.rgb)
        self.areas += self.color_classes.sum_by_class(area.flatten(1), classes)

    def add_recognition(self, classifier: str, probabilities: Tensor, target: Tensor) -> None:
        """What an evaluation classifier says of pictures.

        Args:
            evaluation classifier: its name.
            probabilities: of every class, (B, K), in [0, 1].
            target: the true class, (B,) int64.
        """
        self.classifiers[classifier] = self.classifiers.get(classifier, 0) + len(target)
        right = 100 * named_correctly(probabilities, target)
        sure = confidence(probabilities, target)
        for name, numbers in zip(CLASSIFIER_METRICS, (right, sure), strict=True):
            self.values.setdefault(name, []).extend(numbers.tolist())

    def extend(self, other: "Row") -> None:
        """Add the pictures of another row of the same method; its classes must be added first."""
        for name, numbers in other.values.items():
            self.values.setdefault(name, []).extend(numbers)
        for classifier, count in other.classifiers.items():
            self.classifiers[classifier] = self.classifiers.get(classifier, 0) + count
        self.areas += other.areas
        self.sides += other.sides

    def sums(self) -> dict[str, tuple[np.ndarray, np.ndarray | None]]:
        """What each metric is the ratio of, picture by picture: numerators and denominators, (N,).

        No denominators: the metric is the mean of the numerators.
        """
        classes = self.color_classes
        area, weight = classes.weigh(self.areas), classes.weigh(classes.counts)
        found = {name: (np.asarray(values), None) for name, values in self.values.items()}
        found["rebalanced_auc"] = (100 * area, weight)
        return {name: found[name] for name in self.metrics if name in found}

    def summary(self) -> dict[str, dict[str, Any]]:
        """Value and 95 % interval of every metric that there is a number for.

        A metric that was measured on a part of the pictures says on how many: "n".
        """
        table: dict[str, dict[str, Any]] = {}
        for name, (numerator, denominator) in self.sums().items():
            table[name] = interval(numerator, denominator)
            if len(numerator) != len(self):
                table[name]["n"] = len(numerator)
        return table
