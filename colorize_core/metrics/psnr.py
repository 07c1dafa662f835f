"""Peak signal-to-noise ratio."""

from torch import Tensor
from torchmetrics.functional.image import peak_signal_noise_ratio

MAX_PSNR = 100.0
"""Identical pictures have an infinite PSNR, which has no mean."""


def psnr(rgb: Tensor, rgb_true: Tensor) -> Tensor:
    """Peak signal-to-noise ratio, 20 log10(1 / RMSE), at most `MAX_PSNR`.

    Args:
        rgb: sRGB, (B, 3, H, W), in [0, 1].
        rgb_true: the same shape.

    Returns:
        (B,), in dB; higher is better.
    """
    value = peak_signal_noise_ratio(rgb, rgb_true, data_range=1.0, reduction="none", dim=(1, 2, 3))
    return value.clamp(max=MAX_PSNR)
