"""Vividness against exactness, for one photo: what temperature does, what mere saturation does."""

import numpy as np
from PIL import Image

from colorize_core.color.conversions import chroma, rgb_to_lab
from colorize_core.color.difference import delta_e2000
from colorize_core.metrics.colorfulness import colorfulness
from colorize_core.metrics.roughness import roughness
from colorize_core.metrics.scores import to_tensor
from webpage.session import Column

TEMPERATURES = (0.0, 0.05, 0.09, 0.15, 0.2, 0.3, 0.38, 0.5, 0.75, 1.0)
"""Where the curve of a photo is measured."""
FILM = (1.0, 0.75, 0.5, 0.38, 0.2, 0.09, 0.0)
"""Seven of them, from calm to vivid."""
GAINS = tuple(i / 2 for i in range(9))
"""Factors of the saturation that `render` takes: 0, 0.5, …, 4."""


def measure(picture: Image.Image, truth: Image.Image | None = None) -> dict[str, float | None]:
    """Measure a picture, against the true one of the same size if it is known.

    Returns:
        To two places: "colorfulness" (Hasler, Süsstrunk 2003), "chroma" (mean C*ab), "roughness"
        (ab units per pixel, metrics/roughness.py) and "delta_e2000" (mean; None without a truth).
    """
    rgb = to_tensor(picture)
    lab = rgb_to_lab(rgb)
    values = {
        "colorfulness": colorfulness(rgb),
        "chroma": chroma(lab[:, 1:]).mean(),
        "roughness": roughness(lab[:, 1:]),
    }
    if truth is not None:
        values["delta_e2000"] = delta_e2000(lab, rgb_to_lab(to_tensor(truth))).mean()
    return {"delta_e2000": None} | {name: round(float(v), 2) for name, v in values.items()}


def gain_curve(column: Column, photo: Image.Image) -> list[float]:
    """Colourfulness of a prediction at every saturation in `GAINS`; it does not fall.

    Beyond some gain most colours have reached the border of sRGB: the curve is flat there.
    """
    values = [float(colorfulness(to_tensor(column.draw(photo, 1.0, gain)))) for gain in GAINS]
    return np.maximum.accumulate(values).tolist()
