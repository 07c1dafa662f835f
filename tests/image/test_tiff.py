"""TIFFs of kinds that Pillow reads wrongly or not at all, written with tifffile."""

import numpy as np
import pytest
from PIL import Image
from support.pictures import grey, quads, ramp, tifffile_bytes

from colorize_core.image.read import load_image

RGB = quads()
DEEP = RGB.astype(np.uint16) * 257
INKS = np.dstack([255 - RGB, np.full((32, 48), 51, np.uint8)])


def printed(inks: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(inks, "CMYK").convert("RGB"))


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("layout", [{"rowsperstrip": 7}, {"tile": (16, 16)}])
@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("depth", [8, 16])
def test_rgb_and_cmyk_of_every_layout(depth, planes, layout, order):
    options = {"planarconfig": planes, "byteorder": order} | layout
    for values, kind, expected in ((RGB, "rgb", RGB), (INKS, "separated", printed(INKS))):
        deep = values if depth == 8 else values.astype(np.uint16) * 257
        found = load_image(tifffile_bytes(deep, photometric=kind, **options))
        np.testing.assert_array_equal(np.asarray(found), expected)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", ["minisblack", "miniswhite"])
def test_unsigned_grey_of_32_bits(kind, order):
    values = ramp(255, np.uint32) * 16_843_009
    values = values if kind == "minisblack" else values.max() - values
    found = load_image(tifffile_bytes(values, photometric=kind, byteorder=order))
    np.testing.assert_allclose(np.asarray(found).astype(int), grey(ramp()), atol=1)


def test_unsigned_grey_of_32_bits_is_no_signed_one_when_compressed():
    values = ramp(255, np.uint32) * 16_843_009
    found = load_image(tifffile_bytes(values, photometric="minisblack", compression="zlib"))
    np.testing.assert_allclose(np.asarray(found).astype(int), grey(ramp()), atol=1)


def test_ycbcr_without_compression():
    values = np.asarray(Image.fromarray(RGB).convert("YCbCr"))
    found = load_image(tifffile_bytes(values, photometric="ycbcr", subsampling=(1, 1)))
    np.testing.assert_allclose(np.asarray(found).astype(int), RGB, atol=2)


def test_float_rgb():
    found = load_image(tifffile_bytes((RGB / 255).astype(np.float32), photometric="rgb"))
    np.testing.assert_array_equal(np.asarray(found), RGB)


@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_transparency_is_laid_over_white(planes):
    clear = np.zeros((32, 48, 1), np.uint16)
    values = np.concatenate([DEEP, clear], 2)
    options = {"photometric": "rgb", "planarconfig": planes, "extrasamples": ["unassalpha"]}
    assert (np.asarray(load_image(tifffile_bytes(values, **options))) == 255).all()


def test_planes_are_turned_upright():
    tag = (274, "H", 1, 6, True)
    data = tifffile_bytes(DEEP, photometric="rgb", planarconfig="separate", extratags=[tag])
    np.testing.assert_array_equal(np.asarray(load_image(data)), np.rot90(RGB, -1))
