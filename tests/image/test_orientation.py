"""Photos are set upright."""

import io

import numpy as np
import pytest
from PIL import Image
from support.pictures import (
    ORIENTATION,
    assert_close,
    exif,
    grey,
    heic,
    quads,
    ramp,
    saved,
)

from colorize_core.image.read import load_image

STORED = {  # orientation -> how an upright picture lies in the file
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize(
    ("format", "options", "tolerance"),
    [
        ("JPEG", {"quality": 95, "subsampling": 0}, 6),
        ("PNG", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("TIFF", {}, 0),
        ("TIFF", {"compression": "tiff_deflate"}, 0),
        ("AVIF", {"quality": 100, "subsampling": "4:4:4"}, 3),
    ],
)
def test_load_image_sets_every_orientation_upright(orientation, format, options, tolerance):
    stored = np.ascontiguousarray(STORED[orientation](quads()))
    data = saved(stored, format, exif=exif(orientation), **options)
    image = load_image(data)
    assert_close(image, quads(), tolerance)
    assert ORIENTATION not in image.getexif()
    with Image.open(io.BytesIO(data)) as opened:  # a Pillow image gets the same treatment
        assert_close(load_image(opened), quads(), tolerance)


@pytest.mark.parametrize("orientation", STORED)
def test_load_image_turns_heic_once(orientation):
    # Like a phone: the turn stands in the container and again in the EXIF block.
    stored = np.ascontiguousarray(STORED[orientation](quads()))
    data = heic(stored, exif=exif(orientation).tobytes())
    assert_close(load_image(data), quads(), 3)


def test_load_image_turns_deep_grey():
    stored = np.ascontiguousarray(ramp(65535, np.uint16).T)
    assert_close(load_image(saved(stored, "PNG", exif=exif(5))), grey(ramp()), 0)


@pytest.mark.parametrize("orientation", [0, 9, 6000])
def test_load_image_ignores_an_unknown_orientation(orientation):
    assert_close(load_image(saved(quads(), "PNG", exif=exif(orientation))), quads(), 0)


# Pillow warns about the metadata that it skips; such a warning must not cost the picture.
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "block",
    [b"garbage", b"", b"II*\0", b"II*\0\xff\xff\xff\xff", exif(6).tobytes()[6:20]],
    ids=["garbage", "empty", "bare header", "far offset", "cut"],
)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_load_image_ignores_corrupt_exif(format, block):
    data = saved(quads(), format, exif=b"Exif\0\0" + block, quality=95)
    assert load_image(data).size == (48, 32)
