"""The list of measures: names, units, directions; how one picture is measured."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torchmetrics.functional.image import (
    peak_signal_noise_ratio,
    structural_similarity_index_measure,
)

from colorize_core.color import chroma, delta_e2000, rgb_to_lab
from colorize_core.metrics.accuracy import accuracy_within_5_percent
from colorize_core.metrics.auc import accuracy_area
from colorize_core.metrics.colourfulness import colourfulness

MAX_PSNR = 100.0
"""Identical pictures have an infinite PSNR, which has no mean."""


@dataclass(frozen=True)
class Pair:
    """A picture and its original, (1, 3, H, W): sRGB in [0, 1] and Lab."""

    rgb: Tensor
    rgb_true: Tensor
    lab: Tensor
    lab_true: Tensor

    @classmethod
    def of(cls, rgb: Tensor, rgb_true: Tensor) -> "Pair":
        """From sRGB alone."""
        return cls(rgb, rgb_true, rgb_to_lab(rgb), rgb_to_lab(rgb_true))


@dataclass(frozen=True)
class Metric:
    """One measure of a picture against its original."""

    name: str
    title: str
    unit: str
    higher_is_better: bool | None
    """None: neither; compare with the originals."""
    source: str
    measure: Callable[[Pair], Tensor] | None
    """A pair -> one number, in `unit`; None where the whole data set is needed."""


def _psnr(pair: Pair) -> Tensor:
    value = peak_signal_noise_ratio(pair.rgb, pair.rgb_true, data_range=1.0)
    return value.clamp(max=MAX_PSNR)


def _ssim(pair: Pair) -> Tensor:
    return structural_similarity_index_measure(pair.rgb, pair.rgb_true, data_range=1.0)


METRICS = {
    metric.name: metric
    for metric in (
        Metric(
            "raw_auc", "Raw AuC", "%", True, "Zhang et al. 2016, section 3.1",
            lambda pair: 100 * accuracy_area(pair.lab[:, 1:], pair.lab_true[:, 1:]).mean(),
        ),
        # Needs the class frequencies of all pictures: `evaluate` adds it up.
        Metric(
            "rebalanced_auc", "Rebalanced AuC", "%", True,
            "Zhang et al. 2016, section 3.1, λ = 0", None,
        ),
        Metric(
            "delta_e2000", "ΔE2000", "", False, "Sharma, Wu, Dalal 2005",
            lambda pair: delta_e2000(pair.lab, pair.lab_true).mean(),
        ),
        Metric("psnr", "PSNR", "dB", True, "20 log10(1 / RMSE) on sRGB", _psnr),
        Metric("ssim", "SSIM", "", True, "Wang et al. 2004", _ssim),
        Metric(
            "accuracy_5", "acc@5", "%", True, "metrics/accuracy.py",
            lambda pair: 100 * accuracy_within_5_percent(pair.lab, pair.lab_true).mean(),
        ),
        Metric(
            "colourfulness", "Colourfulness", "", None, "Hasler, Süsstrunk 2003",
            lambda pair: colourfulness(pair.rgb).mean(),
        ),
        Metric(
            "chroma", "Mean chroma", "", None, "CIE 15:2004, C*ab",
            lambda pair: chroma(pair.lab[:, 1:]).mean(),
        ),
    )
}  # fmt: skip
