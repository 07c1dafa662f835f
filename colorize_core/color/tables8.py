"""8-bit pictures to L and back by tables: `conversions`, fast enough for 40 megapixels.

An 8-bit channel has 256 values, so its transfer curve is a table, exactly. The way back rounds
linear light to 16 bits first, which moves no channel by more than one step of 255.
"""

from functools import cache

import numpy as np
import torch
from torch import Tensor

from colorize_core.color.conversions import (
    LAB_CURVE_SLOPE,
    LAB_CURVE_START,
    XYZ_TO_RGB_OF_WHITE,
    linear_to_srgb,
    luminance_weights,
    rgb_to_luma,
    srgb_to_linear,
)

_LEVELS = 1 << 16
_TOP = _LEVELS - 1.0
_FIT_STEPS = 12  # halvings of the chroma; with 9 dark channels are up to three steps of 255 off
_TOLERANCE = 0.7  # levels beyond the gamut that truncation brings back: rounding of float32
_KNEE = LAB_CURVE_START ** (1 / 3)


@cache
def _luminance_tables() -> tuple[Tensor, Tensor]:
    """What 8-bit R and G, as R + 256 G, and what B add to the luminance Y: (65536,), (256,)."""
    linear = srgb_to_linear(torch.arange(256, dtype=torch.float64) / 255)
    red, green, blue = luminance_weights(linear)[:, None] * linear
    return (green[:, None] + red).flatten().float(), blue.float()


@cache
def _encoding_table() -> np.ndarray:
    """Linear light times 65535, truncated -> 8-bit sRGB: (65536,) uint8."""
    linear = (torch.arange(_LEVELS, dtype=torch.float64) + 0.5) / _TOP
    linear[0], linear[-1] = 0, 1
    return (linear_to_srgb(linear) * 255).round().to(torch.uint8).numpy()


@cache
def _mixing() -> Tensor:
    """X, Y and Z as shares of the white's -> linear R, G and B times 65535: (3, 3)."""
    return (_TOP * torch.tensor(XYZ_TO_RGB_OF_WHITE, dtype=torch.float64)).float()


def rgb8_to_lightness(rgb: np.ndarray) -> Tensor:
    """L of 8-bit sRGB: (H, W, 3) uint8, or faster (H, W, 4) as RGBX -> (1, 1, H, W), in 0…100."""
    if rgb.shape[-1] == 3:
        rgb = np.concatenate((rgb, rgb[..., :1]), -1)
    packed = np.ascontiguousarray(rgb).view("<u4").astype(np.int32, copy=False)
    pairs, blues = (torch.from_numpy(x.ravel()) for x in (packed & 0xFFFF, packed >> 16 & 0xFF))
    of_pairs, of_blue = _luminance_tables()
    y = of_pairs.index_select(0, pairs).add_(of_blue.index_select(0, blues)).view(rgb.shape[:2])
    curved = y.clamp(min=LAB_CURVE_START)
    straight = y.sub_(curved)  # what lies below the cube root's start
    return curved.pow_(1 / 3).add_(straight, alpha=LAB_CURVE_SLOPE).mul_(116).sub_(16)[None, None]


def rgb8_to_luma(rgb: np.ndarray) -> Tensor:
    """Y' of 8-bit sRGB (ITU-R BT.601): RGB or RGBX as above -> (1, 1, H, W), in [0, 1]."""
    planes = torch.from_numpy(np.ascontiguousarray(rgb[..., :3].transpose(2, 0, 1)))
    return rgb_to_luma(planes[None].float() / 255)


def lab_to_rgb8(L: Tensor, ab: Tensor) -> np.ndarray:
    """`conversions.lab_to_rgb`, rounded to 8 bits, in a few passes over the pixels.

    Args:
        L: (1, 1, H, W), in Lab units; clamped to [0, 100].
        ab: (1, 2, H, W), in Lab units; colours beyond the gamut lose chroma, as there.

    Returns:
        (H, W, 3) uint8.
    """
    height, width = L.shape[-2:]
    f = L.new_empty(3, height, width)
    torch.add(L[0, 0].clamp(0, 100), 16, out=f[1]).mul_(1 / 116)
    torch.add(f[1], ab[0, 0], alpha=1 / 500, out=f[0])
    torch.sub(f[1], ab[0, 1], alpha=1 / 200, out=f[2])
    f = f.flatten(1)  # (3, pixels)
    index = (_mixing() @ _from_curve(f)).to(torch.int32)
    # Below 0 or above 65535 some bit of the upper half is set.
    outside = (index[0] | index[1] | index[2]).bitwise_and_(-_LEVELS).nonzero()[:, 0]
    if len(outside):
        index.index_copy_(1, outside, _fit(f.index_select(1, outside)))
    rgb = np.empty((height, width, 3), np.uint8)
    for channel, levels in enumerate(index.view(3, height, width).numpy()):
        rgb[..., channel] = _encoding_table().take(levels)
    return rgb


def _from_curve(f: Tensor) -> Tensor:
    """Undo CIE Lab's curve: (..., N) -> X, Y or Z as a share of the white's."""
    curved = f.clamp(min=_KNEE)
    straight = f - curved
    return (curved * curved).mul_(curved).add_(straight, alpha=1 / LAB_CURVE_SLOPE)


def _fit(f: Tensor) -> Tensor:
    """Bisect for the largest share of the chroma that stays inside the gamut.

    Args:
        f: CIE Lab's f of X, Y and Z, (3, N).

    Returns:
        Linear R, G and B times 65535, (3, N) int32.
    """
    y, mixing = f[1], _mixing()
    chroma = f[::2] - y  # (2, N)
    own = mixing[:, 1:2] * _from_curve(y)  # (3, N)
    others = mixing[:, ::2].contiguous()
    share, step = torch.zeros_like(y), 1.0
    for _ in range(_FIT_STEPS):
        step /= 2
        mixed = torch.addmm(own, others, _from_curve(torch.addcmul(y, chroma, share + step)))
        beyond = mixed.sub_(_TOP / 2).abs_()
        worst = torch.maximum(torch.maximum(beyond[0], beyond[1]), beyond[2])
        share.add_(worst <= _TOP / 2 + _TOLERANCE, alpha=step)
    mixed = torch.addmm(own, others, _from_curve(torch.addcmul(y, chroma, share)))
    return mixed.clamp_(0, _TOP).to(torch.int32)
