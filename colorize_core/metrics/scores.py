"""Measures of one picture against its original, for people to read."""

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from colorize_core.color.conversions import chroma, rgb_to_lab
from colorize_core.color.difference import delta_e2000
from colorize_core.metrics.colorfulness import colorfulness
from colorize_core.metrics.psnr import psnr

GREY_CHROMA = 4.0
"""Mean chroma below which a picture counts as grey: JPEG and scanners leave that much."""


def to_tensor(picture: Image.Image) -> Tensor:
    """RGB picture -> sRGB tensor, (1, 3, H, W), in [0, 1]."""
    return torch.tensor(np.asarray(picture.convert("RGB"))).movedim(-1, 0)[None].float() / 255


def score(picture: Image.Image, original: Image.Image) -> dict[str, float]:
    """ΔE2000 (lower is better), PSNR in dB (higher is better) and colourfulness.

    Args:
        picture: RGB.
        original: RGB of the same size.

    Raises:
        ValueError: sizes differ.
    """
    if picture.size != original.size:
        raise ValueError(f"sizes differ: {picture.size} and {original.size}")
    rgb, truth = to_tensor(picture), to_tensor(original)
    return {
        "delta_e2000": float(delta_e2000(rgb_to_lab(rgb), rgb_to_lab(truth)).mean()),
        "psnr": float(psnr(rgb, truth)),
        "colorfulness": float(colorfulness(rgb)),
    }


def is_grey(picture: Image.Image) -> bool:
    """Whether a picture has no colours to compare with."""
    small = picture.convert("RGB").copy()
    small.thumbnail((256, 256))
    colors = chroma(rgb_to_lab(to_tensor(small))[:, 1:])
    return bool(colors.mean() < GREY_CHROMA and colors.quantile(0.99) < 3 * GREY_CHROMA)
