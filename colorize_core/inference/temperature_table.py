"""A prediction's colours at a ladder of temperatures: what a browser needs to move T by itself.

The annealed mean bends sharply near T = 0, where it jumps from one candidate to the next, and is
smooth from there on. So the rungs stand at every step of the slider up to 0.16, and further apart
above. Between two rungs ab is interpolated linearly.
"""

from bisect import bisect_right
from dataclasses import dataclass

import torch
from torch import Tensor

from colorize_core.errors import ConfigError
from colorize_core.inference.colorizer import Colorizer, Prediction

TEMPERATURES = (
    *(i / 100 for i in range(16)),
    *(round(0.16 + 0.04 * i, 2) for i in range(22)),
)
"""Rungs of the ladder, ascending: 0, 0.01, …, 0.16, 0.20, …, 1."""
LEVELS = 4095
"""Steps of ab from grey to the strongest colour of a ladder, in either direction."""
_ROWS = 8
"""Rows of cells decoded at once: their scores stay in the processor's cache."""


@dataclass(frozen=True)
class TemperatureTable:
    """ab of one prediction at several temperatures, as whole numbers."""

    temperatures: tuple[float, ...]
    """Ascending; a single one where the method has no temperature."""
    steps: Tensor
    """ab / scale, rounded: (N, 2, h, w), int16, within ±LEVELS."""
    scale: float
    """Lab units of one step."""

    def ab(self, temperature: float) -> Tensor:
        """ab between the rungs, (1, 2, h, w), in Lab units.

        Raises:
            ConfigError: temperature outside [0, 1].
        """
        if not 0 <= temperature <= 1:
            raise ConfigError(f"temperature must lie in [0, 1], got {temperature}")
        if len(self.temperatures) == 1:
            return self.scale * self.steps.float()
        above = min(bisect_right(self.temperatures, temperature), len(self.temperatures) - 1)
        low, high = self.temperatures[above - 1 : above + 1]
        pair = self.scale * self.steps[above - 1 : above + 1].float()
        return torch.lerp(pair[:1], pair[1:], (temperature - low) / (high - low))


@torch.inference_mode()
def build_temperature_table(
    colorizer: Colorizer,
    prediction: Prediction,
    temperatures: tuple[float, ...] = TEMPERATURES,
) -> TemperatureTable:
    """Decode a prediction at every rung.

    Args:
        colorizer: the method that made the prediction.
        prediction: from `Colorizer.predict`.
        temperatures: ascending, in [0, 1]; methods without a temperature get one rung.

    Raises:
        ConfigError: temperatures that are empty, not ascending, or outside [0, 1].
    """
    if not temperatures or list(temperatures) != sorted(set(temperatures)):
        raise ConfigError(f"the temperatures must ascend, got {temperatures}")
    if temperatures[0] < 0 or temperatures[-1] > 1:
        raise ConfigError(f"temperatures must lie in [0, 1], got {temperatures}")
    if not colorizer.method.has_temperature:
        temperatures = (1.0,)
    output, grey = prediction.output, prediction.grey
    stride = grey.shape[-2] // output.shape[-2]
    parts = []
    for top in range(0, output.shape[-2], _ROWS):
        cells = output[:, :, top : top + _ROWS].to(colorizer.device).float()
        seen = grey[:, :, stride * top : stride * (top + _ROWS)].to(colorizer.device)
        parts.append(torch.cat([colorizer.module.decode(cells, T, seen) for T in temperatures]))
    ab = torch.cat(parts, 2).cpu()  # (N, 2, h, w)
    scale = max(float(ab.abs().max()), 1e-3) / LEVELS
    return TemperatureTable(temperatures, (ab / scale).round().short(), scale)
