"""The child's decoder of JPEGs: Pillow's pixels, and what is damaged named."""

import numpy as np
import pytest
from support.pictures import exif, saved

from colorize_core.image.read import load_image, read_file


def read(data: bytes) -> tuple[np.ndarray, bool]:
    picture, damaged = read_file(data, "a.jpg", lambda pixels: None)
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
    assert damaged
    assert (found == np.asarray(load_image(bytes(data)))).all()
