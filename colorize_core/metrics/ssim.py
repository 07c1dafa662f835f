"""Structural similarity."""

from torch import Tensor
from torchmetrics.functional.image import structural_similarity_index_measure


def ssim(rgb: Tensor, rgb_true: Tensor) -> Tensor:
    """Structural similarity (Wang et al. 2004), mean over places and RGB channels.

    Gaussian windows of 11 × 11, σ = 1.5.

    Args:
        rgb: sRGB, (B, 3, H, W), in [0, 1].
        rgb_true: the same shape.

    Returns:
        (B,), at most 1; higher is better.
    """
    value = structural_similarity_index_measure(rgb, rgb_true, data_range=1.0, reduction="none")
    return value.reshape(-1)  # torchmetrics drops the axis of a single picture
