"""What is refused, and in which words."""

import io
import os
import struct
import time
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile
from support.pictures import (
    RED,
    cut,
    noise,
    plain,
    quads,
    saved,
    tall_header,
    tiff,
)

from colorize_core.errors import ColorizeError, PhotoError
from colorize_core.image import read
from colorize_core.image.read import load_image


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("photo.png", saved(quads(), "PNG"))
    return buffer.getvalue()


def resized_box(data: bytes, side: int) -> bytes:
    """An AVIF or HEIC whose size box claims side × side."""
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">LL", side, side) + data[at + 8 :]


def bad_pixels(data: bytes) -> bytes:
    """The same PNG with its compressed stream overwritten, checksums left to fail."""
    at = data.index(b"IDAT") + 8
    return data[:at] + b"\xff" * 40 + data[at + 40 :]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>'
DAMAGED = "is damaged, incomplete or of an unusual kind; fetch it again, or save it anew"
UNKNOWN = "is not a picture that can be read here; use JPEG, PNG"
THIN = "use at most 30,000 px a side and 50:1: cut a part out of it"
TOO_LARGE = "over the limit of 40 MP; make it smaller"

REFUSED = {
    "empty.jpg": (b"", r"is empty \(0 bytes\); fetch it again"),
    "text.jpg": (b"this is a shopping list\n" * 9, UNKNOWN),
    "html.jpg": (b"<!doctype html><html><body><svg></svg></body></html>", UNKNOWN),
    "zip.png": (zipped(), UNKNOWN),
    "zeros.png": (bytes(5000), UNKNOWN),
    "letter.png": (b"P", UNKNOWN),
    "layers.psd": (b"8BPS\0\1" + bytes(200), UNKNOWN),
    "icon.ico": (saved(quads(), "ICO"), UNKNOWN),
    "print.eps": (saved(quads(), "EPS"), UNKNOWN),
    "paper.pdf": (saved(quads(), "PDF"), UNKNOWN),
    "wavelet.jp2": (saved(quads(), "JPEG2000"), UNKNOWN),
    "drawing.svg": (SVG, "is an SVG drawing, not a photo; export it as PNG"),
    "drawing xml.svg": (b'\xef\xbb\xbf<?xml version="1.0"?>\n' + SVG, "SVG drawing"),
    "drawing comment.png": (b"\n<!-- made by hand -->" + SVG, "SVG drawing"),
    "cut.jpg": (cut(noise("JPEG"), 0.5), DAMAGED),
    "cut head.jpg": (noise("JPEG")[:30], DAMAGED),
    "cut.png": (cut(noise("PNG"), 0.5), DAMAGED),
    "cut head.png": (noise("PNG")[:20], DAMAGED),
    "cut.webp": (cut(noise("WEBP"), 0.5), DAMAGED),
    "cut.gif": (cut(noise("GIF"), 0.5), DAMAGED),
    "cut head.gif": (b"GIF89a", DAMAGED),
    "cut.bmp": (cut(noise("BMP"), 0.5), DAMAGED),
    "cut.tiff": (cut(noise("TIFF"), 0.5), DAMAGED),
    "cut lzw.tiff": (cut(noise("TIFF", compression="tiff_lzw"), 0.5), DAMAGED),
    "cut.avif": (cut(noise("AVIF"), 0.5), DAMAGED),
    "cut.heic": (cut(noise("HEIC"), 0.5), DAMAGED),
    "cut head.heic": (noise("HEIC")[:40], DAMAGED),
    "cut.ppm": (cut(noise("PPM"), 0.5), DAMAGED),
    "bad pixels.png": (bad_pixels(noise("PNG")), DAMAGED),
    "bad head.png": (noise("PNG").replace(b"IHDR", b"IHDX"), DAMAGED),
    "lying.heic": (resized_box(noise("HEIC"), 3000), DAMAGED),
    "bad size.ppm": (b"P6 x y 255\n" + bytes(99), DAMAGED),
    "subsampled ycbcr.tiff": (
        tiff(bytes(64 * 64 * 2), (64, 64), 8, photometric=6, samples=3),
        DAMAGED,
    ),
    "1x1.png": (saved(plain(RED, (1, 1)), "PNG"), r"is 1×1 px; use at least 8 px a side"),
    "7x100.png": (saved(plain(RED, (7, 100)), "PNG"), r"is 7×100 px; use at least 8 px a side"),
    "100x1.gif": (saved(plain(RED, (100, 1)), "GIF"), r"is 100×1 px; use at least"),
    "8x401.png": (saved(plain(RED, (8, 401)), "PNG"), rf"is 8×401 px; {THIN}"),
    "5000000x8.png": (tall_header(5_000_000, 8), rf"is 5000000×8 px; {THIN}"),
    "30001x1000.png": (tall_header(30_001, 1000), rf"is 30001×1000 px; {THIN}"),
    "41 MP.png": (tall_header(8200, 5000), rf"is 8200×5000 px \(41\.0 MP\), {TOO_LARGE}"),
    "100 MP.png": (tall_header(10_000, 10_000), rf"\(100\.0 MP\), {TOO_LARGE}"),
    "200 MP.png": (tall_header(20_000, 10_000), rf"\(200\.0 MP\), {TOO_LARGE}"),
    "200 MP.tiff": (tall_header(20_000, 10_000, "tiff"), rf"\(200\.0 MP\), {TOO_LARGE}"),
    "200 MP.gif": (tall_header(20_000, 10_000, "gif"), rf"\(200\.0 MP\), {TOO_LARGE}"),
    "100 MP frame.gif": (tall_header(10_000, 10_000, "gif frame"), TOO_LARGE),
    "200 MP frame.gif": (tall_header(20_000, 10_000, "gif frame"), TOO_LARGE),
    "200 MP.bmp": (tall_header(20_000, 10_000, "bmp"), rf"\(200\.0 MP\), {TOO_LARGE}"),
    "200 MP.ppm": (tall_header(20_000, 10_000, "ppm"), rf"\(200\.0 MP\), {TOO_LARGE}"),
    "81 MP.avif": (resized_box(noise("AVIF"), 9000), rf"\(81\.0 MP\), {TOO_LARGE}"),
    "81 MP.heic": (resized_box(noise("HEIC"), 9000), rf"\(81\.0 MP\), {TOO_LARGE}"),
    "huge tile.tiff": (
        tiff(bytes(64), (64, 64), 8, extra=[(322, [40_000]), (323, [40_000])]),
        r"has tiles of 40000×40000 px; save it anew",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_load_image_refuses(name, tmp_path):
    data, message = REFUSED[name]
    folder = tmp_path / "secret folder"
    folder.mkdir()
    path = folder / name
    path.write_bytes(data)
    with pytest.raises(PhotoError, match=message) as refusal:
        load_image(path)
    text = str(refusal.value)
    assert text.startswith(f'"{name}"')
    assert "secret" not in text
    assert str(tmp_path) not in text
    assert "\n" not in text
    with pytest.raises(PhotoError, match=message) as refusal:
        load_image(data)
    assert str(refusal.value).startswith("The picture")
    with path.open("rb") as stream:
        with pytest.raises(PhotoError, match=message) as refusal:
            load_image(stream)
        assert "secret" not in str(refusal.value)
        assert not stream.closed


@pytest.mark.parametrize("action", ["ignore", "error"])
@pytest.mark.parametrize("name", [name for name in REFUSED if " MP" in name])
def test_load_image_refuses_large_pictures_without_decoding(name, action, monkeypatch):
    def decode(self):
        pytest.fail("decoded")

    monkeypatch.setattr(Image.Image, "load", decode)
    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    data, message = REFUSED[name]
    start = time.perf_counter()
    with warnings.catch_warnings():  # the outcome must not hang on how warnings are treated
        warnings.simplefilter(action, Image.DecompressionBombWarning)
        with pytest.raises(PhotoError, match=message):
            load_image(data)
    assert time.perf_counter() - start < 2


def test_load_image_refuses_what_is_not_a_file(tmp_path):
    with pytest.raises(PhotoError, match=r'^"gone\.jpg" is not an existing file; check') as refusal:
        load_image(tmp_path / "gone.jpg")
    assert str(tmp_path) not in str(refusal.value)
    folder = tmp_path / "holiday"
    folder.mkdir()
    with pytest.raises(PhotoError, match=r'^"holiday" is a folder; give one picture file$'):
        load_image(folder)
    with pytest.raises(PhotoError, match=r'^"holiday" is a folder'):
        load_image(f"{folder}/")
    for path in ("", "a\0b.jpg", "x" * 5000, "https://example.org/a/b.jpg", "/dev/zero"):
        with pytest.raises(PhotoError, match="not an existing file"):
            load_image(path)


@pytest.mark.skipif(os.name == "nt", reason="needs file names made of bytes")
def test_load_image_names_odd_files_printably(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \n\x1b[31m.jpg"))
    path.write_bytes(b"")
    with pytest.raises(PhotoError, match="is empty") as refusal:
        load_image(path)
    assert str(refusal.value).startswith('"caf? ??[31m.jpg" is empty')


def test_load_image_explains_a_file_that_may_not_be_opened(tmp_path, monkeypatch):
    path = tmp_path / "locked.png"
    path.write_bytes(saved(quads(), "PNG"))

    def refuse(*args):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(PhotoError) as refusal:
        load_image(path)
    assert str(refusal.value) == (
        '"locked.png" cannot be opened (Permission denied); check its permissions'
    )


@pytest.mark.parametrize("source", [None, 7, [1, 2], {"path": "a.jpg"}, object()])
def test_load_image_refuses_other_types(source):
    with pytest.raises(PhotoError, match=f"^{type(source).__name__} is not a picture; give a path"):
        load_image(source)


def test_load_image_refuses_text_and_closed_streams(tmp_path):
    path = tmp_path / "text.png"
    path.write_bytes(saved(quads(), "PNG"))
    with path.open(encoding="latin-1") as stream, pytest.raises(PhotoError, match="binary mode"):
        load_image(stream)
    with pytest.raises(PhotoError, match="binary mode"):
        load_image(io.StringIO("text"))
    closed = io.BytesIO(path.read_bytes())
    closed.close()
    with pytest.raises(PhotoError):
        load_image(closed)


def test_load_image_limits_pillow_images_and_arrays():
    with pytest.raises(PhotoError, match="The picture is 7×9 px"):
        load_image(plain(RED, (7, 9)))
    with pytest.raises(PhotoError, match="The array is 7×9 px"):
        load_image(np.zeros((9, 7, 3), np.uint8))
    with pytest.raises(PhotoError, match="The array is 0×0 px"):
        load_image(np.zeros((0, 0, 3), np.uint8))
    wide = np.broadcast_to(np.uint8(0), (5000, 8200))
    with pytest.raises(PhotoError, match=r"The array is 8200×5000 px \(41\.0 MP\)"):
        load_image(wide)
    lazy = Image.open(io.BytesIO(tall_header(8200, 5000)))
    with pytest.raises(PhotoError, match=r"8200×5000 px \(41\.0 MP\)"):
        load_image(lazy)
    damaged = Image.open(io.BytesIO(cut(noise("JPEG"), 0.5)))
    with pytest.raises(PhotoError, match=DAMAGED):
        load_image(damaged)


def test_load_image_accepts_the_limit_itself(monkeypatch):
    monkeypatch.setattr(read, "MAX_PIXELS", 48 * 32)
    assert load_image(saved(quads(), "PNG")).size == (48, 32)
    monkeypatch.setattr(read, "MAX_PIXELS", 48 * 32 - 1)
    with pytest.raises(PhotoError):
        load_image(saved(quads(), "PNG"))


@pytest.mark.parametrize(
    "error",
    [
        OSError("x"),
        SyntaxError("x"),
        ValueError("x"),
        EOFError(),
        struct.error("x"),
        zlib.error("x"),
        OverflowError(),
        Image.DecompressionBombError("x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_load_image_explains_whatever_a_codec_raises(error, monkeypatch):
    def fail(self):
        raise error

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    with pytest.raises(PhotoError, match="The picture is ") as refusal:
        load_image(saved(quads(), "JPEG"))
    assert isinstance(refusal.value, ColorizeError)


def test_load_image_says_when_memory_is_short(monkeypatch):
    def fail(self):
        raise MemoryError

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    with pytest.raises(PhotoError, match=r"^The picture needs more memory than is free; close"):
        load_image(saved(quads(), "JPEG"))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIC"])
def test_load_image_survives_random_damage(format):
    whole = noise(format)
    rng = np.random.default_rng(1)
    for _ in range(40):
        data = bytearray(whole)
        for at in rng.integers(0, min(len(data), 400), 4):
            data[at] = rng.integers(256)
        try:
            image = load_image(bytes(data))
        except PhotoError:
            continue
        assert image.mode == "RGB"


def test_load_image_changes_no_pillow_settings():
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, dict(Image.OPEN)
    for data, _ in REFUSED.values():
        with pytest.raises(PhotoError):
            load_image(data)
    assert (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, dict(Image.OPEN)) == before
