"""The list of measures: names, units, directions; how pictures are measured."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torchmetrics.functional.image import (
    peak_signal_noise_ratio,
    structural_similarity_index_measure,
)

from colorize_core.color.conversions import chroma, rgb_to_lab
from colorize_core.color.difference import delta_e2000
from colorize_core.metrics.accuracy import accuracy_within_5_percent
from colorize_core.metrics.auc import accuracy_area
from colorize_core.metrics.bleeding import bleeding
from colorize_core.metrics.colorfulness import colorfulness
from colorize_core.metrics.faces import LABEL as FACES
from colorize_core.metrics.faces import face_error, green_or_blue
from colorize_core.metrics.roughness import roughness

MAX_PSNR = 100.0
"""Identical pictures have an infinite PSNR, which has no mean."""


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
    """Pictures -> one number for each, (B,), in `unit`; None where pixels alone do not do."""
    label: str | None = None
    """Only photos in a folder of this name are measured; None: all."""

    def fits(self, label: str | None) -> bool:
        """Whether a photo with that label, or with none, can be measured by its pixels."""
        return self.measure is not None and self.label in (None, label)


def _psnr(pair: Pair) -> Tensor:
    value = peak_signal_noise_ratio(
        pair.rgb, pair.rgb_true, data_range=1.0, reduction="none", dim=(1, 2, 3)
    )
    return value.clamp(max=MAX_PSNR)


def _ssim(pair: Pair) -> Tensor:
    """Gaussian windows of 11 × 11, σ = 1.5, mean over places and RGB channels."""
    value = structural_similarity_index_measure(
        pair.rgb, pair.rgb_true, data_range=1.0, reduction="none"
    )
    return value.reshape(-1)  # torchmetrics drops the axis of a single picture


def _mean(values: Tensor) -> Tensor:
    """Mean over pixels: (B, H, W) -> (B,)."""
    return values.mean((-2, -1))


METRICS = {
    metric.name: metric
    for metric in (
        Metric(
            "raw_auc", "Raw AuC", "%", True, "Zhang et al. 2016, section 3.1",
            lambda pair: 100 * _mean(accuracy_area(pair.lab[:, 1:], pair.lab_true[:, 1:])),
        ),
        # Needs the class frequencies of all pictures: `rows.Row` adds it up.
        Metric(
            "rebalanced_auc", "Rebalanced AuC", "%", True,
            "Zhang et al. 2016, section 3.1, λ = 0", None,
        ),
        Metric(
            "delta_e2000", "ΔE2000", "", False, "Sharma, Wu, Dalal 2005",
            lambda pair: _mean(delta_e2000(pair.lab, pair.lab_true)),
        ),
        Metric("psnr", "PSNR", "dB", True, "20 log10(1 / RMSE) on sRGB", _psnr),
        Metric("ssim", "SSIM", "", True, "Wang et al. 2004", _ssim),
        Metric(
            "accuracy_5", "acc@5", "%", True, "metrics/accuracy.py",
            lambda pair: 100 * accuracy_within_5_percent(pair.lab, pair.lab_true),
        ),
        Metric(
            "colorfulness", "Colourfulness", "", None, "Hasler, Süsstrunk 2003",
            lambda pair: colorfulness(pair.rgb),
        ),
        Metric(
            "chroma", "Mean chroma", "", None, "CIE 15:2004, C*ab",
            lambda pair: _mean(chroma(pair.lab[:, 1:])),
        ),
        Metric(
            "roughness", "Roughness of ab", "ab units per pixel", None,
            "total variation, metrics/roughness.py", lambda pair: roughness(pair.lab[:, 1:]),
        ),
        Metric(
            "bleeding", "Bleeding over edges", "%", None, "metrics/bleeding.py",
            lambda pair: bleeding(pair.lab),
        ),
        Metric(
            "face_delta_e2000", "ΔE2000 in faces", "", False, "metrics/faces.py",
            lambda pair: face_error(pair.lab, pair.lab_true), label=FACES,
        ),
        Metric(
            "green_or_blue_faces", "Green or blue faces", "%", False, "metrics/faces.py",
            lambda pair: 100 * green_or_blue(pair.lab), label=FACES,
        ),
        # Need a evaluation classifier and labels: there only for photos in folders named after its classes.
        Metric(
            "classifier_accuracy", "Evaluation classifier's accuracy", "%", True,
            "Zhang et al. 2016, section 3.1; metrics/evaluation classifierment.py", None,
        ),
        Metric(
            "classifier_confidence", "Evaluation classifier's confidence", "", True,
            "report 001, table 1; metrics/evaluation classifierment.py", None,
        ),
    )
}  # fmt: skip
CLASSIFIER_METRICS = ("classifier_accuracy", "classifier_confidence")
"""Missing from a row whose photos have no labels that an evaluation classifier knows."""
