"""What pixels alone tell of pictures and their originals: a function for every such metric."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from colorize_core.color.conversions import chroma, rgb_to_lab
from colorize_core.color.difference import delta_e2000
from colorize_core.metrics.accuracy import accuracy_within_5_percent
from colorize_core.metrics.auc import accuracy_area
from colorize_core.metrics.bleeding import bleeding
from colorize_core.metrics.blotches import blotches
from colorize_core.metrics.cast import cast
from colorize_core.metrics.colorfulness import colorfulness
from colorize_core.metrics.faces import face_error, green_or_blue
from colorize_core.metrics.psnr import psnr
from colorize_core.metrics.roughness import roughness
from colorize_core.metrics.sharpness import sharpness
from colorize_core.metrics.ssim import ssim
from colorize_core.metrics.table import METRICS


@dataclass(frozen=True)
class Pair:
    """Pictures and their originals, (B, 3, H, W): sRGB in [0, 1] and Lab."""

    rgb: Tensor
    rgb_true: Tensor
    lab: Tensor
    lab_true: Tensor

    def __getitem__(self, index: list[int]) -> "Pair":
        """Some of the pictures."""
        return Pair(self.rgb[index], self.rgb_true[index], self.lab[index], self.lab_true[index])

    @classmethod
    def of(cls, rgb: Tensor, rgb_true: Tensor) -> "Pair":
        """From sRGB alone."""
        return cls(rgb, rgb_true, rgb_to_lab(rgb), rgb_to_lab(rgb_true))


def _mean(values: Tensor) -> Tensor:
    """Mean over pixels: (B, H, W) -> (B,)."""
    return values.mean((-2, -1))


FUNCTIONS: dict[str, Callable[[Pair], Tensor]] = {
    "raw_auc": lambda pair: 100 * _mean(accuracy_area(pair.lab[:, 1:], pair.lab_true[:, 1:])),
    "delta_e2000": lambda pair: _mean(delta_e2000(pair.lab, pair.lab_true)),
    "psnr": lambda pair: psnr(pair.rgb, pair.rgb_true),
    "ssim": lambda pair: ssim(pair.rgb, pair.rgb_true),
    "accuracy_5": lambda pair: 100 * accuracy_within_5_percent(pair.lab, pair.lab_true),
    "colorfulness": lambda pair: colorfulness(pair.rgb),
    "chroma": lambda pair: _mean(chroma(pair.lab[:, 1:])),
    "a_cast": lambda pair: cast(pair.lab[:, 1:], pair.lab_true[:, 1:])[:, 0],
    "b_cast": lambda pair: cast(pair.lab[:, 1:], pair.lab_true[:, 1:])[:, 1],
    "sharpness": lambda pair: sharpness(pair.lab[:, 1:], pair.lab_true[:, 1:]),
    "roughness": lambda pair: roughness(pair.lab[:, 1:]),
    "blotches": lambda pair: blotches(pair.lab),
    "bleeding": lambda pair: bleeding(pair.lab),
    "face_delta_e2000": lambda pair: face_error(pair.lab, pair.lab_true),
    "green_or_blue_faces": lambda pair: 100 * green_or_blue(pair.lab),
}
"""By metric: pictures -> one number for each, (B,), in the metric's unit."""


def measure(pair: Pair, label: str | None = None) -> dict[str, Tensor]:
    """Measure photos that lie in a folder named `label`: by metric, (B,).

    Metrics that ask for another label are left out.
    """
    return {
        name: function(pair)
        for name, function in FUNCTIONS.items()
        if METRICS[name].label in (None, label)
    }
