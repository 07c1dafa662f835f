"""Hold a whole data set as uint8 tensors on the training device."""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from colorize_core.data.folders import PhotoFile
from colorize_core.errors import DataError, PhotoError
from colorize_core.image.read import load_image

log = logging.getLogger(__name__)
MAX_ASPECT = 4 / 3
"""What of a longer photo is kept; of one over `image.read.MAX_ASPECT`, nothing."""


@dataclass(frozen=True)
class PhotoStore:
    """Pictures in one padded tensor: a crop of a batch is then one indexing operation."""

    pixels: Tensor
    """(N, 3, P, P) uint8; picture i fills the top left `sizes[i]` of its square."""
    sizes: Tensor
    """(N, 2) int64: height, width."""
    groups: Tensor
    """(N,) int64: index into `group_names`."""
    group_names: tuple[str, ...]
    skipped: int
    """Files that could not be used."""

    def __len__(self) -> int:
        return len(self.pixels)

    def to(self, device: torch.device | str) -> "PhotoStore":
        """The same store on another device."""
        return PhotoStore(
            self.pixels.to(device),
            self.sizes.to(device),
            self.groups.to(device),
            self.group_names,
            self.skipped,
        )


def load_store(photos: list[PhotoFile], side: int, workers: int = 4) -> PhotoStore:
    """Decode pictures, short side `side`, long side at most 4/3 of it (the centre is kept).

    Args:
        photos: what to read; files that `load_image` refuses are reported, counted and skipped.
        side: short side in pixels; smaller pictures are enlarged to it.
        workers: decoding threads.

    Raises:
        DataError: no picture can be used.
    """
    square = int(side * MAX_ASPECT)
    pixels = torch.empty((len(photos), 3, square, square), dtype=torch.uint8)
    sizes = torch.zeros((len(photos), 2), dtype=torch.int64)
    names = sorted({photo.group for photo in photos})
    groups, count = [], 0
    with ThreadPoolExecutor(workers) as pool:
        for photo, rgb in _decode_all(pool, photos, side):
            if rgb is None:
                continue
            height, width = rgb.shape[:2]
            # Repeating the border keeps the padding out of interpolated edge pixels.
            padded = np.pad(rgb, ((0, square - height), (0, square - width), (0, 0)), mode="edge")
            pixels[count] = torch.from_numpy(padded).movedim(-1, 0)
            sizes[count] = torch.tensor([height, width])
            groups.append(names.index(photo.group))
            count += 1
    if not count:
        raise DataError(
            f"none of {len(photos)} pictures can be used; the first is {photos[0].path}"
        )
    skipped = len(photos) - count
    return PhotoStore(pixels[:count], sizes[:count], torch.tensor(groups), tuple(names), skipped)


def _decode_all(
    pool: ThreadPoolExecutor, photos: Iterable[PhotoFile], side: int
) -> Iterator[tuple[PhotoFile, np.ndarray | None]]:
    """Decode in order, with at most a few hundred pictures waiting in memory."""
    remaining = iter(photos)
    while chunk := list(islice(remaining, 256)):
        yield from zip(chunk, pool.map(lambda photo: _decode(photo, side), chunk), strict=True)


def _decode(photo: PhotoFile, side: int) -> np.ndarray | None:
    try:
        image = load_image(photo.path)
    except PhotoError as error:
        log.warning("skipped: %s", error)
        return None
    scale, longest = side / min(image.size), int(side * MAX_ASPECT)
    size = tuple(min(longest, max(side, round(length * scale))) for length in image.size)
    if image.size != size:
        # What is cut off is never resized: of a long photo that would be most of the work.
        seen = [min(length, limit / scale) for length, limit in zip(image.size, size, strict=True)]
        left, top = ((length - part) / 2 for length, part in zip(image.size, seen, strict=True))
        box = (left, top, left + seen[0], top + seen[1])
        image = image.resize(size, Image.Resampling.LANCZOS, box=box)
    return np.asarray(image)
