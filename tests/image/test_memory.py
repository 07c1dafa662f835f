"""Pictures that are in memory already: Pillow images and arrays."""

import numpy as np
import pytest
from PIL import Image
from support.pictures import (
    GREEN,
    ORIENTATION,
    RED,
    WHITE,
    assert_close,
    exif,
    grey,
    half_clear,
    lab_image,
    over_white,
    plain,
    quads,
    ramp,
)

from colorize_core.errors import PhotoError
from colorize_core.image.read import load_image

MEMORY = {
    "1": (plain(1, mode="1"), WHITE),
    "L": (plain(90, mode="L"), (90, 90, 90)),
    "LA": (plain((90, 0), mode="LA"), WHITE),
    "La": (plain((90, 255), mode="LA").convert("La"), (90, 90, 90)),
    "P": (plain(RED).quantize(4), RED),
    "P with RGBA palette": (plain((255, 0, 0, 0), mode="RGBA").quantize(4), WHITE),
    "PA": (plain(RED).quantize(4).convert("PA"), RED),
    "RGB": (plain(RED), RED),
    "RGBX": (plain(RED).convert("RGBX"), RED),
    "RGBA": (plain((255, 0, 0, 0), mode="RGBA"), WHITE),
    "RGBa": (plain((255, 0, 0, 0), mode="RGBA").convert("RGBa"), WHITE),
    "CMYK": (plain((0, 255, 255, 0), mode="CMYK"), RED),
    "YCbCr": (plain(RED).convert("YCbCr"), RED),
    "HSV": (plain(RED).convert("HSV"), RED),
    "LAB": (lab_image(), RED),
    "I": (plain(25700, mode="I"), (100, 100, 100)),
    "I;16": (plain(25700, mode="I;16"), (100, 100, 100)),
    "I;16L": (plain(25700, mode="I;16L"), (100, 100, 100)),
    "I;16B": (plain(25700, mode="I;16B"), (100, 100, 100)),
    "I;16N": (plain(25700, mode="I;16N"), (100, 100, 100)),
    "F": (plain(0.5, mode="F"), (128, 128, 128)),
}


@pytest.mark.parametrize("mode", MEMORY)
def test_load_image_takes_every_pillow_mode(mode):
    image, color = MEMORY[mode]
    before = image.tobytes(), dict(image.info), image.mode, image.size
    result = load_image(image)
    assert_close(result, quads() * 0 + color, 6 if mode in ("LAB", "YCbCr") else 0)
    assert (image.tobytes(), image.info, image.mode, image.size) == before


def test_load_image_returns_a_new_image():
    image = plain(RED)
    load_image(image).paste(GREEN, (0, 0, 48, 32))
    assert image.getpixel((0, 0)) == RED


def test_load_image_leaves_a_turned_image_as_it_was():
    image = Image.fromarray(quads())
    image.info["exif"] = exif(6).tobytes()
    assert load_image(image).size == (32, 48)
    assert image.size == (48, 32)
    assert image.getexif()[ORIENTATION] == 6


ARRAYS = {
    "uint8 (H, W)": (ramp(), grey(ramp())),
    "uint8 (H, W, 1)": (ramp()[..., None], grey(ramp())),
    "uint8 (H, W, 3)": (quads(), quads()),
    "uint8 (H, W, 4)": (half_clear(RED), over_white(RED)),
    "uint8 reversed": (quads()[::-1, ::-1], quads()[::-1, ::-1]),
    "uint8 Fortran": (np.asfortranarray(quads()), quads()),
    "bool": (quads() > 127, (quads() > 127) * 255),
    "uint16": (quads().astype(np.uint16) * 257, quads()),
    "uint16 dark": (np.full((8, 8), 200, np.uint16), np.ones((8, 8, 3))),
    "uint16 big-endian": (quads().astype(">u2") * 257, quads()),
    "uint16 alpha": (half_clear(RED).astype(np.uint16) * 257, over_white(RED)),
    "int64": (quads().astype(np.int64), quads()),
    "float32 unit": ((quads() / 255).astype(np.float32), quads()),
    "float16 unit": ((quads() / 255).astype(np.float16), quads()),
    "float64 255": (quads().astype(float), quads()),
    "float64 huge": (quads().astype(float) * 1e200, quads()),
    "float32 alpha": (half_clear(RED) / np.float32(255), over_white(RED)),
    "float32 colours in 255, alpha in 1": (half_clear(RED) / [1, 1, 1, 255], over_white(RED)),
    "float32 constant": (np.full((8, 8), 4000.0), np.zeros((8, 8, 3))),
    "float32 negative": (-ramp().astype(float), 255 - grey(ramp())),
    "float32 nan": (np.full((8, 8), np.nan), np.zeros((8, 8, 3))),
    "float32 infinite": (np.full((8, 8), np.inf), np.full((8, 8, 3), 255)),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_load_image_takes_arrays(name):
    array, expected = ARRAYS[name]
    before = array.copy()
    image = load_image(array)
    assert_close(image, expected, 0)
    np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((9, 9, 2), np.uint8),
        np.zeros((9, 9, 5), np.uint8),
        np.zeros((1, 9, 9, 3), np.uint8),
        np.zeros(9, np.uint8),
        np.array(7),
        np.zeros((9, 9), complex),
        np.full((9, 9), "x"),
        np.full((9, 9), None),
    ],
    ids=lambda array: f"{array.dtype} {array.shape}",
)
def test_load_image_refuses_other_arrays(array):
    with pytest.raises(PhotoError, match=r"array .* is not a picture; give uint8"):
        load_image(array)
