"""A photo's own lightness: taken out, resized for a network, joined with the colours found."""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from colorize_core.color.conversions import L_SCALE
from colorize_core.color.tables8 import lab_to_rgb8, rgb8_to_lightness, rgb8_to_luma
from colorize_core.errors import PhotoError
from colorize_core.inference.upsampling import guided_coefficients, joint_bilateral, rows

STRIP_PIXELS = 1 << 19
"""Pixels handled at once at full size: large enough for speed, small enough for the cache."""


def _strips(height: int, width: int) -> list[tuple[int, int]]:
    step = max(1, STRIP_PIXELS // width)
    return [(start, min(height, start + step)) for start in range(0, height, step)]


def lightness(photo: Image.Image) -> Tensor:
    """L of an RGB photo, (1, 1, H, W), in Lab units."""
    return _by_strips(photo, rgb8_to_lightness)


def luma(photo: Image.Image) -> Tensor:
    """Y' of an RGB photo (ITU-R BT.601), (1, 1, H, W), in [0, 1]."""
    return _by_strips(photo, rgb8_to_luma)


def _by_strips(photo: Image.Image, convert: Callable[[np.ndarray], Tensor]) -> Tensor:
    if photo.mode != "RGB":
        raise PhotoError(f"mode {photo.mode} is not RGB; pass the photo through load_image first")
    rgb = np.asarray(photo)
    height, width = rgb.shape[:2]
    plane = torch.empty((1, 1, height, width))
    for start, stop in _strips(height, width):
        plane[:, :, start:stop] = convert(rgb[start:stop])
    return plane


def network_input(L: Tensor, side: int, size_divisor: int) -> Tensor:
    """The resized copy that the network sees.

    Args:
        L: (1, 1, H, W), in 0…100; any aspect.
        side: long side of the copy, pixels.
        size_divisor: what the network's heights and widths must be multiples of.

    Returns:
        (1, 1, h, w), in [0, 1]; h and w are such multiples, as near the aspect as they can be.
    """
    height, width = L.shape[-2:]
    scale = side / max(height, width)
    size = [
        max(1, round(length * scale / size_divisor)) * size_divisor for length in (height, width)
    ]
    small = F.interpolate(L, size=size, mode="bilinear", antialias=True, align_corners=False)
    return small.clamp(0, 100) / L_SCALE


def merge(L_full: Tensor, L_small: Tensor, ab: Tensor) -> Image.Image:
    """Join coarse ab to the photo's own L.

    Args:
        L_full: (1, 1, H, W), in Lab units; it is kept to the pixel.
        L_small: the guide, (1, 1, H', W'), in [0, 1]; H' and W' are multiples of h and w.
        ab: (1, 2, h, w), in Lab units.

    Returns:
        RGB picture, W × H.
    """
    height, width = L_full.shape[-2:]
    if ab.shape[-2:] != L_small.shape[-2:]:
        ab = joint_bilateral(ab, L_small)  # (1, 2, H', W')
    elif L_full.shape[-2:] == L_small.shape[-2:]:
        return _join(L_full, ab)
    lines = torch.cat(guided_coefficients(L_small, ab), 1)  # (1, 4, H', W')
    lines = F.interpolate(
        lines, size=(lines.shape[-2], width), mode="bilinear", align_corners=False
    )
    picture = np.empty((height, width, 3), dtype=np.uint8)
    for start, stop in _strips(height, width):
        L = L_full[:, :, start:stop]
        slope, offset = rows(lines, height, start, stop).split(2, dim=1)
        lab = torch.cat((L, slope * L / L_SCALE + offset), 1)
        picture[start:stop] = lab_to_rgb8(lab)
    return Image.fromarray(picture)


def _join(L: Tensor, ab: Tensor) -> Image.Image:
    """L and ab of one size, with nothing to enlarge."""
    return Image.fromarray(lab_to_rgb8(torch.cat((L, ab), 1)))


def grey_picture(photo: Image.Image) -> Image.Image:
    """An RGB photo's own L without colour: what every method starts from."""
    L = lightness(photo)
    picture = np.empty((*L.shape[-2:], 3), dtype=np.uint8)
    for start, stop in _strips(*L.shape[-2:]):
        strip = L[:, :, start:stop]
        picture[start:stop] = lab_to_rgb8(F.pad(strip, (0, 0, 0, 0, 0, 2)))
    return Image.fromarray(picture)
