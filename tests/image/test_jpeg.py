"""The child's decoder of JPEGs: Pillow's pixels, and what is damaged named."""

import random

import numpy as np
import pytest
from PIL import Image
from support.pictures import exif, saved

from colorize_core.errors import PhotoError
from colorize_core.image.jpeg import MISSING, SHIFTED
from colorize_core.image.read import load_image, read_file


def read(data: bytes) -> tuple[np.ndarray, str]:
    picture, damaged, _ = read_file(data, "a.jpg", lambda pixels: None)
    return np.asarray(picture.convert("RGB")), damaged


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("subsampling", [0, 1, 2, "4:1:1"])
def test_a_jpeg_is_the_same_to_the_pixel(subsampling, orientation, make_photo):
    photo = make_photo(97, 61, seed=3)
    settings = {"subsampling": subsampling, "exif": exif(orientation)}
    for source in (photo, photo.convert("L"), photo.convert("CMYK")):
        for progressive in (False, True):
            data = saved(source, "JPEG", progressive=progressive, **settings)
            found, damaged = read(data)
            assert not damaged
            assert (found == np.asarray(load_image(data))).all()


def test_a_damaged_jpeg_comes_with_pillows_pixels(make_photo):
    data = bytearray(saved(make_photo(256, 256, seed=2), "JPEG", quality=90))
    middle = data.index(b"\xff\xda") + 600
    data[middle : middle + 40] = bytes(40)
    found, damaged = read(bytes(data))
    assert damaged.startswith("is damaged in places")
    assert (found == np.asarray(load_image(bytes(data)))).all()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_most_flipped_bits_that_can_be_seen_are_named(subsampling, progressive, make_photo):
    settings = {"quality": 85, "subsampling": subsampling, "progressive": progressive}
    data = saved(make_photo(320, 240, seed=5), "JPEG", **settings)
    whole, chance = read(data)[0].astype(int), random.Random(7)
    start, told = data.index(b"\xff\xda") + 14, []
    for _ in range(150):
        flipped = bytearray(data)
        # The first scan of a progressive file holds the means of the blocks.
        flipped[start + chance.randrange((len(data) - start) // 3)] ^= 1 << chance.randrange(8)
        try:
            found, damage = read(bytes(flipped))
        except PhotoError:
            continue
        if np.abs(found - whole).mean() > 2:
            told.append(damage)
    assert told.count(MISSING) > 3
    assert told.count(SHIFTED) > 3
    assert told.count("") < len(told) / 2


@pytest.mark.parametrize(("subsampling", "block"), [(0, 8), (2, 16)])
def test_edges_of_the_picture_itself_are_no_damage(subsampling, block, make_photo):
    """Stripes as high as a block, each brighter; and a step that is higher on one side."""
    wedge = np.asarray(make_photo(640, 480, seed=4)).copy()
    wedge[160 : 160 + 6 * block] = np.arange(0, 240, 40).repeat(block)[:, None, None]
    uneven = np.asarray(make_photo(640, 480, seed=4)).astype(int)
    uneven[160:, 320:] += 60
    uneven[160 + block :, :320] += 15
    for pixels in (wedge, uneven.clip(0, 255).astype(np.uint8)):
        picture = Image.fromarray(pixels)
        assert read(saved(picture, "JPEG", quality=70, subsampling=subsampling))[1] == ""
