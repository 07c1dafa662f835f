"""The browser reads a picture file as Python does, or says why it does not."""

import numpy as np
import pytest
from image.test_formats import READABLE
from image.test_orientation import STORED
from image.test_profiles import PROFILED
from PIL import Image
from skimage import data
from support.engine import EngineError
from support.pictures import exif, plain, quads, saved, tall_header

from colorize_core.errors import PhotoError
from colorize_core.image.read import load_image

READ = """
const photo = await engine.readPhoto(file, '"a.jpg"');
const parts = [];
for (const { rgba } of engine.strips(photo)) parts.push(new Uint8ClampedArray(rgba));
photo.close();
return [photo.width, photo.height, parts];
"""
ELSEWHERE = (".tif", ".tiff", ".heic", ".ppm", ".pgm", ".pfm")
LOOSE = {"animated.avif": 4}
"""Both take the first frame, the browser from the moving part of the file."""
AWKWARD = {
    name: case[0] for name, case in (READABLE | PROFILED).items() if not name.endswith(ELSEWHERE)
}
TURNED = {
    f"{format} {orientation}": saved(
        np.ascontiguousarray(STORED[orientation](quads())),
        format,
        exif=exif(orientation),
        **options,
    )
    for format, options in (
        ("JPEG", {"quality": 95, "subsampling": 0}),
        ("PNG", {}),
        ("WEBP", {"lossless": True}),
        ("AVIF", {"quality": 100, "subsampling": "4:4:4"}),
    )
    for orientation in STORED
}
PHOTO = Image.fromarray(data.coffee())
COMPRESSED = {
    "4:2:0.jpg": saved(PHOTO, "JPEG", quality=85, subsampling=2),
    "4:2:2.jpg": saved(PHOTO, "JPEG", quality=75, subsampling=1),
    "progressive.jpg": saved(PHOTO, "JPEG", quality=85, progressive=True),
    "grey.jpg": saved(PHOTO.convert("L"), "JPEG", quality=85),
    "cmyk.jpg": saved(PHOTO.convert("CMYK"), "JPEG", quality=90),
    "lossy.webp": saved(PHOTO, "WEBP", quality=85),
    "lossy.avif": saved(PHOTO, "AVIF", quality=75),
}


def read(engine, content: bytes) -> np.ndarray:
    width, height, parts = engine(READ, file=content)
    return np.concatenate(parts).reshape(height, width, 4)


@pytest.mark.parametrize("name", AWKWARD | TURNED | COMPRESSED)
def test_a_file_is_read_as_python_reads_it(name, engine):
    content = (AWKWARD | TURNED | COMPRESSED)[name]
    found, expected = read(engine, content), np.asarray(load_image(content))
    assert found.shape[:2] == expected.shape[:2]
    assert (found[..., 3] == 255).all()
    assert np.abs(found[..., :3].astype(int) - expected).max() <= LOOSE.get(name, 1)


@pytest.mark.parametrize("name", [name for name in READABLE if name.endswith(ELSEWHERE)])
def test_what_browsers_do_not_read_is_refused_with_a_remedy(name, engine):
    with pytest.raises(EngineError, match=r'PhotoError.*"a\.jpg" is a .*save it as JPEG or PNG'):
        read(engine, READABLE[name][0])


REFUSED = {
    "empty": b"",
    "text": b"Dear Sir or Madam, " * 20,
    "pdf": b"%PDF-1.7\n" + bytes(200),
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "svg alone": b"<svg></svg>",
    "too many pixels": tall_header(20_000, 10_000),
    "too many in a gif": tall_header(20_000, 10_000, "gif"),
    "too many in a bmp": tall_header(20_000, 10_000, "bmp"),
    "too small": saved(plain((1, 2, 3), (7, 90)), "PNG"),
    "too small a webp": saved(plain((1, 2, 3), (7, 90)), "WEBP", lossless=True),
    "thin": saved(plain((1, 2, 3), (8, 401)), "PNG"),
    "thin jpeg": saved(plain((1, 2, 3), (8, 401)), "JPEG"),
    "long": saved(plain((1, 2, 3), (30_001, 700)), "PNG"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_in_python_s_words(name, engine):
    with pytest.raises(PhotoError) as refused:
        load_image(REFUSED[name])
    with pytest.raises(EngineError) as found:
        read(engine, REFUSED[name])
    expected = str(refused.value).replace("The picture", '"a.jpg"')
    expected = expected.replace("BMP, TIFF, AVIF, HEIC or PPM", "BMP or AVIF")
    assert found.value.args == ("PhotoError", expected)


HEADERS = {
    "png": saved(quads(), "PNG"),
    "gif": saved(quads(), "GIF"),
    "bmp": saved(quads(), "BMP"),
    "jpeg": saved(quads(), "JPEG", exif=exif(1)),
    "jpeg, progressive": saved(quads(), "JPEG", progressive=True),
    "webp": saved(quads(), "WEBP"),
    "webp, lossless": saved(quads(), "WEBP", lossless=True),
    "webp, extended": saved(quads(), "WEBP", exif=exif(1)),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_size_is_known_before_a_picture_is_decoded(name, engine):
    run = "return engine.readHeader(new Uint8Array(await file.arrayBuffer()), 'a')"
    kind = name.partition(",")[0]
    assert engine(run, file=HEADERS[name]) == {"kind": kind, "size": [48, 32]}


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "GIF"])
def test_half_a_header_is_refused(kind, engine):
    whole = saved(quads(), kind)
    with pytest.raises(EngineError, match=r"PhotoError.*(damaged|px)"):
        read(engine, whole[:24])


def test_a_photo_keeps_the_name_of_its_file(engine):
    run = """
      const named = new File([file], "me.png");
      return [(await engine.readPhoto(named)).name, (await engine.readPhoto(file)).name];"""
    assert engine(run, file=saved(quads(), "PNG")) == ["me.png", "The picture"]


@pytest.mark.parametrize("block", [b"garbage", b"", b"II*\0\xff\xff\xff\xff"])
def test_corrupt_exif_is_no_reason_to_refuse_a_photo(block, engine):
    content = saved(quads(), "WEBP", lossless=True, exif=b"Exif\0\0" + block)
    assert read(engine, content).shape == (32, 48, 4)
