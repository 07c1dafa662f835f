"""Damaged files of every accepted format: a picture or a PhotoError, soon, and nothing else.

COLORIZE_FUZZ=100000 python -m pytest tests/image/test_fuzz.py reads so many.
"""

import os
import time
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from support.pictures import (
    grey_tiff,
    heic,
    lab_image,
    png16,
    quads,
    ramp,
    saved,
    tiff,
    tifffile_bytes,
)

from colorize_core.errors import PhotoError
from colorize_core.image import read

COUNT = int(os.environ.get("COLORIZE_FUZZ", 5_000))
SECONDS = 5.0
"""Of this process's own time, for a picture of at most LARGEST pixels."""
LARGEST = 1_000_000
NUMBERS = [0, 1, 2, 255, 256, 4096, 65_535, 65_536, 2**31 - 1, 2**31, 2**32 - 1]


def seeds() -> dict[str, bytes]:
    rgb = quads()
    image, deep = Image.fromarray(rgb), ramp(65535, np.uint16)
    frames = [Image.fromarray(np.roll(rgb, 8 * i, 1)) for i in range(1, 3)]
    rgb16 = (np.stack([deep] * 3, axis=2) // 2).astype("<u2")
    compressed = {
        f"tiff {way}": saved(image, "TIFF", compression=way)
        for way in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd")
    }
    return compressed | {
        "jpeg": saved(image, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
        "jpeg progressive": saved(image, "JPEG", progressive=True),
        "jpeg grey": saved(ramp(), "JPEG"),
        "jpeg cmyk": saved(image.convert("CMYK"), "JPEG"),
        "png": saved(image, "PNG"),
        "png palette": saved(image.quantize(8), "PNG"),
        "png 16": png16(deep[..., None], 0),
        "gif": saved(image.quantize(8), "GIF", save_all=True, append_images=frames),
        "webp": saved(image, "WEBP"),
        "webp lossless": saved(image, "WEBP", lossless=True),
        "webp animated": saved(image, "WEBP", save_all=True, append_images=frames),
        "bmp": saved(image, "BMP"),
        "bmp palette": saved(image.quantize(8), "BMP"),
        "tiff": saved(image, "TIFF"),
        "tiff 16": grey_tiff(deep),
        "tiff float": grey_tiff(ramp(1, np.float32)),
        "tiff rgb 16": tiff(rgb16.tobytes(), (256, 16), 16, photometric=2, samples=3),
        "tiff planes 16": tifffile_bytes(rgb16, photometric="rgb", planarconfig="separate"),
        "tiff ycbcr": tifffile_bytes(rgb, photometric="ycbcr", subsampling=(1, 1)),
        "tiff lab": saved(lab_image(), "TIFF"),
        "tiff fax": saved(Image.fromarray(ramp() > 99), "TIFF", compression="group4"),
        "avif": saved(image, "AVIF"),
        "heic": heic(rgb),
        "ppm": saved(image, "PPM"),
        "pgm plain": b"P2\n16 9\n255\n" + 9 * b"1 22 255 0 7 7 7 7 7 7 7 7 7 7 7 7\n",
        "pfm": saved(Image.fromarray(ramp(1, np.float32)), "PPM"),
    }


SEEDS = seeds()


def flip(data: bytearray, rng: np.random.Generator) -> None:
    data[rng.integers(len(data))] ^= 1 << rng.integers(8)


def overwrite(data: bytearray, rng: np.random.Generator) -> None:
    data[rng.integers(min(len(data), 400))] = rng.integers(256)


def write_number(data: bytearray, rng: np.random.Generator) -> None:
    at, order = rng.integers(min(len(data), 400)), rng.choice(["little", "big"])
    width = int(rng.choice([2, 4]))
    value = int(rng.choice(NUMBERS)) % 256**width
    data[at : at + width] = value.to_bytes(width, str(order))


def cut(data: bytearray, rng: np.random.Generator) -> None:
    del data[rng.integers(8, len(data)) :]


def take_out(data: bytearray, rng: np.random.Generator) -> None:
    at = rng.integers(len(data))
    del data[at : at + rng.integers(1, 64)]


def repeat(data: bytearray, rng: np.random.Generator) -> None:
    at, length = rng.integers(len(data)), rng.integers(1, 200)
    data[at:at] = data[at : at + length] * int(rng.integers(1, 20))


def splice(data: bytearray, rng: np.random.Generator) -> None:
    other = SEEDS[str(rng.choice(list(SEEDS)))]
    at, start = rng.integers(len(data)), rng.integers(len(other))
    data[at : at + 64] = other[start : start + 64]


MUTATIONS: list[Callable] = [flip, overwrite, write_number, cut, take_out, repeat, splice]


@pytest.mark.parametrize("name", SEEDS)
def test_a_damaged_file_is_read_or_refused(name, monkeypatch):
    monkeypatch.setattr(read, "MAX_PIXELS", LARGEST)
    rng = np.random.default_rng(list(SEEDS).index(name))
    results = {True: 0, False: 0}
    for number in range(-(-COUNT // len(SEEDS))):
        data = bytearray(SEEDS[name])
        for mutate in rng.choice(MUTATIONS, rng.integers(1, 5)):
            if len(data) > 16:
                mutate(data, rng)
        results[is_read(bytes(data), f"{name}, file {number}")] += 1
    assert all(results.values()), "nothing was mutated, or everything beyond recognition"


def is_read(data: bytes, name: str) -> bool:
    """Whether a file makes a picture; any other outcome than a PhotoError fails."""
    started = time.process_time()
    try:
        with warnings.catch_warnings(action="ignore"):
            picture, *_ = read.read_file(data, name, lambda pixels: None)
    except PhotoError:
        return False
    finally:
        assert time.process_time() - started < SECONDS, name
    assert picture.mode in ("RGB", "RGBX")
    assert picture.width * picture.height <= LARGEST
    return True
