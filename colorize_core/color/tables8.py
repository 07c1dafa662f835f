"""8-bit pictures to L and back by tables: `conversions`, fast enough for 40 megapixels.

An 8-bit channel has 256 values, so its transfer curve is a table, exactly. The way back rounds
linear light to 16 bits first, which moves no channel by more than one step of 255.
"""

from functools import cache

import numpy as np
import torch
from torch import Tensor

from colorize_core.color.conversions import (
    lab_to_gamut,
    linear_to_lightness,
    linear_to_srgb,
    luminance_weights,
    rgb_to_luma,
    srgb_to_linear,
)

_LEVELS = 1 << 16


@cache
def _luminance_tables() -> np.ndarray:
    """What each 8-bit value of R, G and B adds to the luminance Y: (3, 256) float32."""
    linear = srgb_to_linear(torch.arange(256, dtype=torch.float64) / 255)
    return (luminance_weights(linear)[:, None] * linear).float().numpy()


@cache
def _encoding_table() -> np.ndarray:
    """16-bit linear light -> 8-bit sRGB: (65536,) uint8."""
    linear = torch.arange(_LEVELS, dtype=torch.float64) / (_LEVELS - 1)
    return (linear_to_srgb(linear) * 255).round().to(torch.uint8).numpy()


def rgb8_to_lightness(rgb: np.ndarray) -> Tensor:
    """L of 8-bit sRGB: (H, W, 3) uint8 -> (1, 1, H, W), in [0, 100]."""
    red, green, blue = _luminance_tables()
    y = red.take(rgb[..., 0])
    y += green.take(rgb[..., 1])
    y += blue.take(rgb[..., 2])
    return linear_to_lightness(torch.from_numpy(y))[None, None]


def rgb8_to_luma(rgb: np.ndarray) -> Tensor:
    """Y' of 8-bit sRGB (ITU-R BT.601): (H, W, 3) uint8 -> (1, 1, H, W), in [0, 1]."""
    planes = torch.from_numpy(np.ascontiguousarray(rgb.transpose(2, 0, 1)))
    return rgb_to_luma(planes[None].float() / 255)


def lab_to_rgb8(lab: Tensor) -> np.ndarray:
    """`conversions.lab_to_rgb`, rounded to 8 bits: (1, 3, H, W) in Lab units -> (H, W, 3) uint8."""
    linear = lab_to_gamut(lab)[1][0]
    index = linear.mul_(_LEVELS - 1).add_(0.5).to(torch.int32).numpy()  # (3, H, W)
    return np.stack([_encoding_table().take(channel) for channel in index], axis=-1)
