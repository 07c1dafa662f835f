"""Open PPMs; binary ones of unusual depth, such as 16 bits, without Pillow's loop over samples."""

from collections.abc import Callable
from typing import IO

import numpy as np
from PIL import Image
from PIL.PpmImagePlugin import PpmImageFile

_STRIP_SAMPLES = 1 << 20


def open_ppm(stream: IO[bytes], admit: Callable[[tuple[int, int]], None]) -> Image.Image:
    """A picture of the PPM family.

    Args:
        stream: at its start.
        admit: called with the size before pixels are read.

    Raises:
        PhotoError: of `admit`; damaged files raise nearly anything.
    """
    image = PpmImageFile(stream)
    admit(image.size)
    (tile,) = image.tile
    if tile.codec_name != "ppm":
        return image
    mode, highest = tile.args
    stream.seek(tile.offset)
    return _read_samples(stream, mode, image.size, highest)


def _read_samples(stream: IO[bytes], mode: str, size: tuple[int, int], highest: int) -> Image.Image:
    """Binary samples of 0…highest as an L or RGB picture, some rows at a time."""
    width, height = size
    bands = Image.getmodebands(mode)
    kind = np.dtype("u1" if highest < 256 else ">u2")
    levels = np.rint(np.arange(256**kind.itemsize) / highest * 255).clip(0, 255).astype(np.uint8)
    picture = Image.new(mode, size)
    step = max(1, _STRIP_SAMPLES // (bands * width))
    for top in range(0, height, step):
        rows = min(step, height - top)
        content = stream.read(rows * width * bands * kind.itemsize)
        samples = levels[np.frombuffer(content, kind)].reshape(rows, width, bands)
        picture.paste(Image.fromarray(samples.squeeze(2) if bands == 1 else samples), (0, top))
    return picture
