"""Files of every kind that must be read."""

import io
import os
import struct
import threading

import numpy as np
import pytest
from PIL import Image
from support.pictures import (
    BLUE,
    RED,
    SAVE,
    WHITE,
    assert_close,
    grey,
    grey_tiff,
    half_clear,
    heic,
    lab_image,
    over_white,
    plain,
    png16,
    quads,
    ramp,
    saved,
    tall_header,
    tiff,
)

from colorize_core.errors import PhotoError
from colorize_core.image.read import load_image

# Name -> (file, expected (H, W, 3), tolerance).


def formats():
    q, image = quads(), Image.fromarray(quads())
    palette = image.quantize(8)
    return {
        "baseline.jpg": (saved(q, "JPEG", quality=95, subsampling=0), q, 6),
        "progressive.jpeg": (saved(q, "JPEG", quality=95, subsampling=0, progressive=True), q, 6),
        "grey.jpg": (saved(ramp(), "JPEG", quality=100), grey(ramp()), 2),
        "cmyk adobe.jpg": (saved(image.convert("CMYK"), "JPEG", quality=95), q, 8),
        "plain.png": (saved(q, "PNG"), q, 0),
        "palette.png": (saved(palette, "PNG"), q, 0),
        "wrong suffix.gif.jpg": (saved(q, "PNG"), q, 0),
        "no suffix": (saved(q, "PNG"), q, 0),
        "été 图片 с пробелом.png": (saved(q, "PNG"), q, 0),
        "bits.png": (saved(Image.fromarray(ramp() > 99), "PNG"), grey((ramp() > 99) * 255), 0),
        "lossless.webp": (saved(q, "WEBP", lossless=True), q, 0),
        "lossy.webp": (saved(plain(RED), "WEBP", quality=95), quads() * 0 + RED, 4),
        "one.gif": (saved(image.quantize(8), "GIF"), q, 0),
        "grey.gif": (saved(ramp(), "GIF"), grey(ramp()), 0),
        "plain.bmp": (saved(q, "BMP"), q, 0),
        "bits.bmp": (saved(Image.fromarray(ramp() > 99), "BMP"), grey((ramp() > 99) * 255), 0),
        "plain.tif": (saved(q, "TIFF"), q, 0),
        "lzw.tiff": (saved(q, "TIFF", compression="tiff_lzw"), q, 0),
        "big.tiff": (saved(q, "TIFF", big_tiff=True), q, 0),
        "ycbcr.tiff": (saved(image.convert("YCbCr"), "TIFF", compression="jpeg"), q, 12),
        "cmyk.tiff": (saved(image.convert("CMYK"), "TIFF"), q, 0),
        "lab.tiff": (saved(lab_image(), "TIFF"), quads() * 0 + RED, 6),
        "fax.tiff": (
            saved(Image.fromarray(ramp() > 99), "TIFF", compression="group4"),
            grey((ramp() > 99) * 255),
            0,
        ),
        "plain.avif": (saved(q, "AVIF", quality=100, subsampling="4:4:4"), q, 3),
        "plain.heic": (heic(q), q, 3),
        # A major brand that names only the container, as some phones and editors write.
        "mif1.avif": (rebranded(saved(plain(RED), "AVIF", quality=100)), quads() * 0 + RED, 3),
        "mif1.heic": (rebranded(heic(q)), q, 3),
        "plain.ppm": (saved(q, "PPM"), q, 0),
        "plain.pgm": (saved(ramp(), "PPM"), grey(ramp()), 0),
        "8x8.png": (saved(plain(RED, (8, 8)), "PNG"), np.full((8, 8, 3), RED), 0),
        "8x400.png": (saved(plain(RED, (8, 400)), "PNG"), np.full((400, 8, 3), RED), 0),
        "30000x600.png": (
            saved(plain(RED, (30_000, 600)), "PNG"),
            np.full((600, 30_000, 3), RED),
            0,
        ),
    }


def rebranded(data: bytes) -> bytes:
    return data[:8] + b"mif1" + data[12:]


def deep():
    deep16, expected = ramp(65535, np.uint16), grey(ramp())
    rgb16 = np.stack([deep16, deep16[:, ::-1], deep16 * 0], axis=2)
    rgb8 = np.stack([ramp(), ramp()[:, ::-1], ramp() * 0], axis=2)
    nan = ramp(1, np.float32)
    nan[:, 10], nan[:, 20], nan[:, 30] = np.nan, np.inf, -np.inf
    holes = ramp()
    holes[:, 10], holes[:, 20], holes[:, 30] = 0, 255, 0
    half = np.stack([deep16, np.full_like(deep16, 65535)], axis=2)
    half[:, 128:, 1] = 0
    masked = ramp()
    masked[:, 128:] = 255
    keyed = np.where(np.arange(256) == 100, 255, ramp())
    twelve = np.tile(np.array([0x00, 0x0F, 0xFF], np.uint8), (16, 24)).tobytes()  # 0, 4095, ...
    return {
        "grey16.png": (saved(deep16, "PNG"), expected, 0),
        "rgb16.png": (png16(rgb16, 2), rgb8, 1),
        "rgb16.tiff": (
            tiff(
                rgb16.astype("<u2").tobytes(),
                (256, 16),
                16,
                photometric=2,
                samples=3,
            ),
            rgb8,
            1,
        ),
        "grey16 alpha.png": (png16(half, 4), grey(masked), 1),
        "grey16 key.png": (
            png16(deep16[..., None], 0, (b"tRNS", struct.pack(">H", 25700))),
            grey(keyed),
            0,
        ),
        "grey16.pgm": (saved(Image.fromarray(deep16), "PPM"), expected, 0),
        "little16.tiff": (grey_tiff(deep16), expected, 0),
        "big16.tiff": (grey_tiff(deep16, ">"), expected, 0),
        "negative16.tiff": (grey_tiff(deep16, photometric=0), 255 - expected, 0),
        "signed16.tiff": (grey_tiff((ramp(65535, np.int32) - 32768).astype(np.int16)), expected, 0),
        "grey12.tiff": (
            tiff(twelve, (48, 16), 12),
            grey(np.tile([0, 255], (16, 24))),
            0,
        ),
        "int32.tiff": (grey_tiff(ramp(65535, np.int32)), expected, 0),
        "int32 wide.tiff": (grey_tiff(ramp(2_000_000_000, np.int32)), expected, 0),
        "int32 shallow.tiff": (grey_tiff(ramp(255, np.int32)), expected, 0),
        "float unit.tiff": (grey_tiff(ramp(1, np.float32)), expected, 0),
        "float big-endian.tiff": (grey_tiff(ramp(1, np.float32), ">"), expected, 0),
        "float 255.tiff": (grey_tiff(ramp(255, np.float32)), expected, 0),
        "float wide.tiff": (grey_tiff(ramp(9000, np.float32) - 3000), expected, 0),
        "float nan.tiff": (grey_tiff(nan), grey(holes), 0),
        "float all nan.tiff": (grey_tiff(nan * np.nan), expected * 0, 0),
        "float.pfm": (saved(Image.fromarray(ramp(1, np.float32)), "PPM"), expected, 0),
    }


def transparent():
    rgba, expected = Image.fromarray(half_clear(BLUE)), over_white(BLUE)
    la = rgba.convert("LA")
    dark = over_white((29, 29, 29))  # the luma of blue
    blue_black = over_white(BLUE)
    blue_black[:, 24:] = 0
    veiled = plain((0, 0, 255, 128), mode="RGBA")
    indexed = Image.fromarray(blue_black).quantize(2)
    black = indexed.getpixel((47, 0))
    alphas = bytes([0 if i == black else 255 for i in range(2)])
    premultiplied = np.full((32, 48, 4), (0, 0, 128, 128), np.uint8).tobytes()
    extra = {"photometric": 2, "samples": 4, "extra": [(338, [1])]}
    return {
        "rgba.png": (saved(rgba, "PNG"), expected, 0),
        "la.png": (saved(la, "PNG"), dark, 0),
        "veil.png": (saved(veiled, "PNG"), quads() * 0 + (127, 127, 255), 1),
        "rgba.tiff": (saved(rgba, "TIFF"), expected, 0),
        "premultiplied.tiff": (
            tiff(premultiplied, (48, 32), 8, **extra),
            quads() * 0 + (127, 127, 255),
            1,
        ),
        "palette index.png": (saved(indexed, "PNG", transparency=black), expected, 0),
        "palette alphas.png": (saved(indexed, "PNG", transparency=alphas), expected, 0),
        "rgb key.png": (saved(blue_black, "PNG", transparency=(0, 0, 0)), expected, 0),
        "grey key.png": (
            saved(Image.fromarray(blue_black).convert("L"), "PNG", transparency=0),
            dark,
            0,
        ),
        "bit key.png": (
            saved(Image.fromarray(blue_black[..., 2] > 9), "PNG", transparency=0),
            quads() * 0 + WHITE,
            0,
        ),
        "clear.gif": (saved(indexed, "GIF", transparency=black), expected, 0),
        "alpha.webp": (saved(rgba, "WEBP", lossless=True), expected, 0),
        "alpha.avif": (saved(rgba, "AVIF", quality=100, subsampling="4:4:4"), expected, 3),
        "alpha.heic": (heic(rgba), expected, 3),
    }


def animated():
    q, later = Image.fromarray(quads()), plain((9, 9, 9))
    frames = {"append_images": [later], **SAVE}
    return {
        "animated.gif": (saved(q, "GIF", **frames), quads(), 0),
        "animated.png": (saved(q, "PNG", **frames), quads(), 0),
        "hidden default.png": (
            saved(later, "PNG", default_image=True, append_images=[q, later], **SAVE),
            quads() * 0 + 9,
            0,
        ),
        "animated.webp": (saved(q, "WEBP", lossless=True, **frames), quads(), 0),
        "animated.avif": (
            saved(q, "AVIF", quality=100, subsampling="4:4:4", **frames),
            quads(),
            3,
        ),
        "pages.tiff": (
            saved(q, "TIFF", save_all=True, append_images=[plain((9, 9, 9))]),
            quads(),
            0,
        ),
        "burst.heic": (heic(q, later), quads(), 3),
    }


READABLE = formats() | deep() | transparent() | animated()


@pytest.mark.parametrize("name", READABLE)
def test_load_image_reads(name, tmp_path):
    data, expected, tolerance = READABLE[name]
    path = tmp_path / name
    path.write_bytes(data)
    image = load_image(path)
    assert_close(image, expected, tolerance)
    assert type(image) is Image.Image
    assert image.info == {}
    assert not image.getexif()


@pytest.mark.parametrize("name", ["baseline.jpg", "plain.heic", "animated.gif", "big16.tiff"])
def test_load_image_agrees_between_kinds_of_source(name, tmp_path):
    data = READABLE[name][0]
    path = tmp_path / name
    path.write_bytes(data)
    expected = np.asarray(load_image(path))
    read_to_end = io.BytesIO(data)
    read_to_end.seek(0, io.SEEK_END)
    with path.open("rb") as stream:
        for source in (str(path), data, bytearray(data), memoryview(data), read_to_end, stream):
            np.testing.assert_array_equal(np.asarray(load_image(source)), expected)
        assert not stream.closed
    assert not read_to_end.closed


def test_load_image_reads_a_stream_that_cannot_seek():
    reading, writing = os.pipe()
    data = saved(quads(), "PNG")
    with open(writing, "wb") as sink:
        sink.write(data)
    with open(reading, "rb") as stream:
        assert_close(load_image(stream), quads(), 0)
        assert not stream.closed


def test_load_image_works_in_threads():
    cases = list(READABLE.values())
    failures = []

    def work(offset):
        for data, expected, tolerance in cases[offset::4]:
            try:
                assert_close(load_image(data), expected, tolerance)
                with pytest.raises(PhotoError):
                    load_image(tall_header(20_000, 10_000))
            except BaseException as error:  # a thread would swallow it
                failures.append(error)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
