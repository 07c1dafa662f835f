"""A prediction's colours at many temperatures: what a browser needs to move T by itself.

The annealed mean bends sharply near T = 0, where it jumps from one candidate to the next, and is
smooth from there on. So the table has a level at every step of the slider up to 0.16, and further
apart above. Between two levels the browser interpolates ab linearly.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from colorize_core.inference.colorizer import Colorizer, Prediction

TEMPERATURES = (
    *(i / 100 for i in range(16)),
    *(round(0.16 + 0.04 * i, 2) for i in range(22)),
)
"""Levels of a table, ascending: 0, 0.01, …, 0.16, 0.20, …, 1."""
STEPS = 4095
"""Steps of ab from grey to the strongest colour of a table, in either direction."""
_ROWS = 8
"""Rows of cells decoded at once: their scores stay in the processor's cache."""


@dataclass(frozen=True)
class TemperatureTable:
    """ab of one prediction at several temperatures, as whole numbers."""

    temperatures: tuple[float, ...]
    """Ascending; a single one where the method has no temperature."""
    steps: Tensor
    """ab / scale, rounded: (N, 2, h, w), int16, within ±STEPS."""
    scale: float
    """Lab units of one step."""


@torch.inference_mode()
def build_temperature_table(colorizer: Colorizer, prediction: Prediction) -> TemperatureTable:
    """Decode a prediction at every level; at one, if the method that made it has no temperature."""
    temperatures = TEMPERATURES if colorizer.method.has_temperature else (1.0,)
    output, grey = prediction.output, prediction.grey
    stride = grey.shape[-2] // output.shape[-2]
    parts = []
    for top in range(0, output.shape[-2], _ROWS):
        cells = output[:, :, top : top + _ROWS].to(colorizer.device).float()
        seen = grey[:, :, stride * top : stride * (top + _ROWS)].to(colorizer.device)
        parts.append(torch.cat([colorizer.module.decode(cells, T, seen) for T in temperatures]))
    ab = torch.cat(parts, 2).cpu()  # (N, 2, h, w)
    scale = max(float(ab.abs().max()), 1e-3) / STEPS
    return TemperatureTable(temperatures, (ab / scale).round().short(), scale)
