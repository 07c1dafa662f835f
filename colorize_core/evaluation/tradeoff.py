"""Vividness against exactness, for one photo: what temperature does, what mere saturation does."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from PIL import Image

from colorize_core.color.conversions import chroma, rgb_to_lab
from colorize_core.color.difference import delta_e2000
from colorize_core.inference.colorizer import Colorizer, Prediction
from colorize_core.metrics.colorfulness import colorfulness
from colorize_core.metrics.roughness import roughness
from colorize_core.metrics.scores import to_tensor

TEMPERATURES = (0.0, 0.05, 0.09, 0.15, 0.2, 0.3, 0.38, 0.5, 0.75, 1.0)
"""Where the curve of a photo is measured."""
FILM = (1.0, 0.75, 0.5, 0.38, 0.2, 0.09, 0.0)
"""Seven of them, from calm to vivid."""
GAINS = tuple(i / 2 for i in range(9))
"""Factors of the saturation that `render` takes: 0, 0.5, …, 4."""


@dataclass(frozen=True)
class Measured:
    """What is measured of one picture."""

    colorfulness: float
    """Hasler, Süsstrunk 2003."""
    chroma: float
    """Mean C*ab."""
    roughness: float
    """ab units per pixel, metrics/roughness.py."""
    delta_e2000: float | None
    """Mean difference from the true colours; None where they are not known."""

    def rounded(self) -> dict[str, Any]:
        """For people: two places."""
        return {k: v if v is None else round(v, 2) for k, v in asdict(self).items()}


def measure(picture: Image.Image, truth: Image.Image | None = None) -> Measured:
    """Measure a picture, against the truth if there is one.

    Raises:
        ValueError: sizes differ.
    """
    if truth is not None and truth.size != picture.size:
        raise ValueError(f"sizes differ: {picture.size} and {truth.size}")
    rgb = to_tensor(picture)
    lab = rgb_to_lab(rgb)
    difference = None
    if truth is not None:
        difference = float(delta_e2000(lab, rgb_to_lab(to_tensor(truth))).mean())
    ab = lab[:, 1:]
    return Measured(
        float(colorfulness(rgb)), float(chroma(ab).mean()), float(roughness(ab)), difference
    )


def gain_curve(
    colorizer: Colorizer, photo: Image.Image, prediction: Prediction
) -> tuple[float, ...]:
    """Colourfulness of a prediction at every saturation in `GAINS`; it does not fall.

    Beyond some gain most colours have reached the border of sRGB: the curve is flat there.
    """
    values = [
        float(colorfulness(to_tensor(colorizer.render(photo, prediction, saturation=gain))))
        for gain in GAINS
    ]
    return tuple(np.maximum.accumulate(values).tolist())


def gain_for(wanted: float, curve: tuple[float, ...]) -> float | None:
    """The saturation at which a picture has the wanted colourfulness.

    Args:
        wanted: at least 0.
        curve: from `gain_curve`.

    Returns:
        A factor within `GAINS`; None where no factor is enough.
    """
    if wanted > curve[-1]:
        return None
    return float(np.interp(wanted, curve, GAINS))
