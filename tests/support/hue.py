"""A classifier that names plain colours, and pictures for it."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from colorize_core.evaluation.classifiers import EvaluationClassifier, LoadedClassifier


class Hue(nn.Module):
    """Names a picture red, green or blue by its mean colour."""

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        return 50 * rgb.mean((2, 3))


COLORS = ("red", "green", "blue")
HUE = EvaluationClassifier(
    "hue", "Hue", "", 16, 16, COLORS, {n: i for i, n in enumerate(COLORS)}, Hue
)
LOADED = LoadedClassifier(HUE, Hue(), torch.device("cpu"))


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
