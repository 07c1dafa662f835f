"""A photo's own lightness: taken out, resized for a network, joined with the colours found."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from colorize_core.color.conversions import L_SCALE
from colorize_core.color.tables8 import lab_to_rgb8, rgb8_to_lightness
from colorize_core.errors import PhotoError
from colorize_core.inference.upsampling import guided_coefficients, joint_bilateral, rows

STRIP_PIXELS = 1 << 17
"""Pixels handled at once at full size: large enough for speed, small enough for the cache."""


def _strips(photo: Image.Image) -> Iterator[tuple[int, np.ndarray]]:
    """An RGB photo some rows at a time, so that nothing of its full size is copied.

    Yields:
        The number of the first row, and the pixels as Pillow keeps them, (rows, W, 4) uint8: RGBX.
    """
    if photo.mode != "RGB":
        raise PhotoError(f"mode {photo.mode} is not RGB; pass the photo through load_image first")
    step = max(1, STRIP_PIXELS // photo.width)
    for start in range(0, photo.height, step):
        stop = min(photo.height, start + step)
        pixels = photo.crop((0, start, photo.width, stop)).tobytes("raw", "RGBX")
        yield start, np.frombuffer(pixels, np.uint8).reshape(stop - start, photo.width, 4)


def lightness(photo: Image.Image) -> Tensor:
    """L of an RGB photo, (1, 1, H, W), in Lab units."""
    return torch.cat([rgb8_to_lightness(rgb) for _, rgb in _strips(photo)], 2)


def network_input(
    photo: Image.Image,
    side: int,
    size_divisor: int,
    convert: Callable[[np.ndarray], Tensor] = rgb8_to_lightness,
) -> Tensor:
    """The resized grey copy that the network sees.

    Args:
        photo: RGB, of any aspect.
        side: long side of the copy, pixels.
        size_divisor: what the network's heights and widths must be multiples of.
        convert: (rows, W, 4) uint8, RGBX -> (1, 1, rows, W), in 0…100.

    Returns:
        (1, 1, h, w), in [0, 1]; h and w are such multiples, as near the aspect as they can be.
    """
    scale = side / max(photo.size)
    width, height = (
        max(1, round(length * scale / size_divisor)) * size_divisor for length in photo.size
    )
    narrow = [_resize(convert(rgb), len(rgb), width) for _, rgb in _strips(photo)]
    return _resize(torch.cat(narrow, 2), height, width).clamp(0, 100) / L_SCALE


def _resize(plane: Tensor, height: int, width: int) -> Tensor:
    """Without aliasing; torch resizes the widths first, so strips may be made narrow alone."""
    return F.interpolate(
        plane, size=(height, width), mode="bilinear", antialias=True, align_corners=False
    )


def merge(photo: Image.Image, L_small: Tensor, ab: Tensor, own: bool = False) -> Image.Image:
    """Join coarse ab to the photo's own L, which is kept to the pixel.

    Args:
        photo: RGB, W × H.
        L_small: the guide, (1, 1, H', W'), in [0, 1]; H' and W' are multiples of h and w.
        ab: (1, 2, h, w), in Lab units.
        own: the photo is no one else's and may become the picture: 160 MB less at 40 megapixels.

    Returns:
        RGB picture, W × H.
    """
    size = (photo.height, photo.width)
    if ab.shape[-2:] == L_small.shape[-2:] == size:  # nothing to enlarge
        return _join(photo, lambda L, start: ab[:, :, start : start + L.shape[-2]], own)
    if ab.shape[-2:] != L_small.shape[-2:]:
        ab = joint_bilateral(ab, L_small)  # (1, 2, H', W')
    slope, offset = guided_coefficients(L_small, ab)
    lines = torch.cat((slope / L_SCALE, offset), 1)  # (1, 4, H', W')

    def colors(L: Tensor, start: int) -> Tensor:
        slope, offset = rows(lines, size, start, start + L.shape[-2]).split(2, dim=1)
        return offset.addcmul_(slope, L)

    return _join(photo, colors, own)


def grey_picture(photo: Image.Image) -> Image.Image:
    """An RGB photo's own L without colour: what every method starts from."""
    return _join(photo, lambda L, _: torch.zeros_like(L).expand(-1, 2, -1, -1))


def _join(
    photo: Image.Image, colors: Callable[[Tensor, int], Tensor], own: bool = False
) -> Image.Image:
    """The photo's L with other colours, some rows at a time.

    Args:
        photo: RGB, W × H.
        colors: ab, (1, 2, rows, W) in Lab units, of rows of L and the number of the first.
        own: as in `merge`.
    """
    picture = photo if own else Image.new("RGB", photo.size)
    for start, rgb in _strips(photo):
        L = rgb8_to_lightness(rgb)
        strip = lab_to_rgb8(L, colors(L, start))
        picture.paste(Image.fromarray(strip), (0, start))
    return picture
