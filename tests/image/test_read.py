import io
import os
import struct
import threading
import time
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms, ImageFile
from pillow_heif import from_bytes

from colorize_core.errors import ColorizeError, PhotoError
from colorize_core.image import read as photo
from colorize_core.image.read import encode, from_array, load_image, save_image, to_array

ORIENTATION = ExifTags.Base.Orientation
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
SAVE = {"save_all": True, "duration": 50}


# Pictures to build files from


def quads() -> np.ndarray:
    """Four plain quarters, so that every turn and every swapped channel shows: (32, 48, 3)."""
    rgb = np.empty((32, 48, 3), np.uint8)
    rgb[:16, :24], rgb[:16, 24:], rgb[16:, :24], rgb[16:, 24:] = RED, GREEN, BLUE, (90, 90, 90)
    return rgb


def plain(color, size=(48, 32), mode="RGB") -> Image.Image:
    return Image.new(mode, size, color)


def ramp(top=255, dtype=np.uint8) -> np.ndarray:
    """From 0 to top over 256 columns: (16, 256)."""
    return np.tile(np.linspace(0, top, 256), (16, 1)).astype(dtype)


def half_clear(color) -> np.ndarray:
    """Left half `colour` and opaque, right half black and clear: (32, 48, 4)."""
    rgba = np.zeros((32, 48, 4), np.uint8)
    rgba[:, :24] = (*color, 255)
    return rgba


def over_white(color) -> np.ndarray:
    rgb = np.full((32, 48, 3), 255, np.uint8)
    rgb[:, :24] = color
    return rgb


def grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(values.astype(np.uint8)[..., None], 3, axis=2)


# Writers for what Pillow reads but does not write


def saved(image: Image.Image | np.ndarray, format: str, **options) -> bytes:
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def heic(*frames: Image.Image | np.ndarray, **options) -> bytes:
    """A near-lossless HEIC; pixels as given, even with an orientation in options["exif"]."""
    first, *others = (np.asarray(frame) for frame in frames)
    heif = from_bytes("RGBA" if first.shape[2] == 4 else "RGB", first.shape[1::-1], first.tobytes())
    for other in others:
        heif.add_from_pillow(Image.fromarray(other))
    buffer = io.BytesIO()
    heif.save(buffer, quality=-1, chroma=444, matrix_coefficients=0, **options)
    return buffer.getvalue()


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))


def png(width, height, depth, kind, rows: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG from raw rows (filter bytes included) and chunks to put before the pixels."""
    head = png_chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, depth, kind, 0, 0, 0))
    extra = b"".join(png_chunk(*chunk) for chunk in chunks)
    data = png_chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + head + extra + data + png_chunk(b"IEND", b"")


def png16(samples: np.ndarray, kind: int, *chunks) -> bytes:
    """A 16-bit PNG from (H, W, C) samples; kind 0 grey, 2 RGB, 4 grey and alpha."""
    height, width, _ = samples.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    return png(width, height, 16, kind, rows, *chunks)


def tiff(data, size, bits, *, photometric=1, sample=1, samples=1, order="<", extra=()) -> bytes:
    """An uncompressed one-strip TIFF; sample is 1 unsigned, 2 signed, 3 float."""
    width, height = size
    short = {258: [bits] * samples, 259: [1], 262: [photometric], 277: [samples]}
    short |= {339: [sample] * samples} | dict(extra)
    long = {256: [width], 257: [height], 273: [0], 278: [height], 279: [len(data)]}
    tags = sorted([(t, "H", v) for t, v in short.items()] + [(t, "L", v) for t, v in long.items()])
    start = 8 + 2 + 12 * len(tags) + 4  # of the values too long for their entry
    far = b"".join(struct.pack(f"{order}{len(v)}{c}", *v) for _, c, v in tags if len(v) > 2)
    entries, used = b"", 0
    for tag, code, values in tags:
        values = [start + len(far)] if tag == 273 else values
        raw = struct.pack(f"{order}{len(values)}{code}", *values)
        if len(raw) > 4:
            raw, used = struct.pack(f"{order}L", start + used), used + len(raw)
        kind = 3 if code == "H" else 4
        entries += struct.pack(f"{order}HHL", tag, kind, len(values)) + raw.ljust(4, b"\0")
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HLH", 42, 8, len(tags))
    return head + entries + bytes(4) + far + data


def grey_tiff(values: np.ndarray, order="<", **options) -> bytes:
    sample = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    data = values.astype(values.dtype.newbyteorder(order)).tobytes()
    size = values.shape[::-1]
    return tiff(data, size, 8 * values.itemsize, sample=sample, order=order, **options)


def icc(space: bytes, tags: dict[bytes, bytes], pcs=b"XYZ ", kind=b"mntr") -> bytes:
    """A minimal version 2 ICC profile."""
    tags = {b"wtpt": b"XYZ " + bytes(4) + fixed(0.9642, 1, 0.8249)} | tags
    table, body, offset = struct.pack(">L", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">LL", offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">L4sL4s4s4s", offset + len(body), b"lcms", 0x02400000, kind, space, pcs)
    head += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    return head.ljust(128, b"\0") + table + body


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">l", round(v * 65536)) for v in values)


def gamma(value: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">LH", 1, round(value * 256)) + bytes(2)


def swapped_profile() -> bytes:
    """Linear RGB with the red and green primaries of sRGB exchanged."""
    primaries = {b"gXYZ": (0.4361, 0.2225, 0.0139), b"rXYZ": (0.3851, 0.7169, 0.0971)}
    primaries[b"bXYZ"] = (0.1431, 0.0606, 0.7141)
    tags = {name: b"XYZ " + bytes(4) + fixed(*xyz) for name, xyz in primaries.items()}
    return icc(b"RGB ", tags | {name: gamma(1) for name in (b"rTRC", b"gTRC", b"bTRC")})


def grey_profile() -> bytes:
    """Grey of gamma 1.8, as on old Macintoshes."""
    return icc(b"GRAY", {b"kTRC": gamma(1.8)})


def cmyk_profile() -> bytes:
    """Any colour prints mid grey (L 50), which no plain conversion would give."""
    identity = bytes(range(256))
    white, middle, black = bytes([255, 128, 128]), bytes([128, 128, 128]), bytes([0, 128, 128])
    inks = [(c, k) for c in range(8) for k in range(2)]  # the corners of CMY, then K
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    lut += identity * 4 + b"".join(black if k else middle if c else white for c, k in inks)
    return icc(b"CMYK", {b"A2B0": lut + identity * 3}, pcs=b"Lab ", kind=b"prtr")


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    return tags


# Awkward files that must be read: name -> (file, expected (H, W, 3), tolerance)


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
        "8x1000.png": (saved(plain(RED, (8, 1000)), "PNG"), np.full((1000, 8, 3), RED), 0),
        "9000x8.png": (saved(plain(RED, (9000, 8)), "PNG"), np.full((8, 9000, 3), RED), 0),
    }


def rebranded(data: bytes) -> bytes:
    return data[:8] + b"mif1" + data[12:]


def lab_image() -> Image.Image:
    """Pure sRGB red: L 54.3, a 80.8, b 69.9 (D50)."""
    return Image.merge("LAB", [Image.new("L", (48, 32), v) for v in (138, 128 + 81, 128 + 70)])


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


def profiled():
    swap, broken = swapped_profile(), b"not a profile" * 20
    q, cmyk = quads(), plain(RED).convert("CMYK")
    swapped = q[..., [1, 0, 2]].copy()
    swapped[16:, 24:] = round(255 * linear_to_srgb(90 / 255))
    brighter, brightest = (
        grey(np.array([[round(255 * linear_to_srgb((v / 255) ** g)) for v in range(256)]] * 16))
        for g in (1.8, 1)
    )
    half = Image.fromarray(half_clear(RED))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    mid_grey = quads() * 0 + 119  # L 50
    return {
        "swapped.png": (saved(q, "PNG", icc_profile=swap), swapped, 2),
        "swapped.jpg": (
            saved(plain(RED), "JPEG", quality=95, icc_profile=swap),
            quads() * 0 + GREEN,
            16,
        ),
        "swapped.tiff": (saved(q, "TIFF", icc_profile=swap), swapped, 2),
        "swapped.webp": (saved(q, "WEBP", lossless=True, icc_profile=swap), swapped, 2),
        "swapped palette.png": (
            saved(Image.fromarray(q).quantize(8), "PNG", icc_profile=swap),
            swapped,
            2,
        ),
        "swapped alpha.png": (saved(half, "PNG", icc_profile=swap), over_white(GREEN), 2),
        "srgb.png": (saved(q, "PNG", icc_profile=srgb), q, 0),
        "grey.png": (saved(ramp(), "PNG", icc_profile=grey_profile()), brighter, 2),
        "grey rgb profile.png": (saved(ramp(), "PNG", icc_profile=swap), brightest, 2),
        "rgb grey profile.png": (saved(q, "PNG", icc_profile=grey_profile()), q, 0),
        "deep grey.png": (
            saved(ramp(65535, np.uint16), "PNG", icc_profile=grey_profile()),
            brighter,
            2,
        ),
        "cmyk.jpg": (saved(cmyk, "JPEG", icc_profile=cmyk_profile()), mid_grey, 2),
        "cmyk.tiff": (saved(cmyk, "TIFF", icc_profile=cmyk_profile()), mid_grey, 2),
        "broken.png": (saved(q, "PNG", icc_profile=broken), q, 0),
        "cut.png": (saved(q, "PNG", icc_profile=swap[:150]), q, 0),
    }


def linear_to_srgb(v: float) -> float:
    return 12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055


READABLE = formats() | deep() | transparent() | animated()
READABLE |= {f"icc {name}": case for name, case in profiled().items()}


def assert_close(image: Image.Image, expected: np.ndarray, tolerance: int) -> None:
    assert image.mode == "RGB"
    assert image.size == expected.shape[1::-1]
    worst = np.abs(np.asarray(image).astype(int) - expected).max()
    assert worst <= tolerance


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
    expected = to_array(load_image(path))
    read_to_end = io.BytesIO(data)
    read_to_end.seek(0, io.SEEK_END)
    with path.open("rb") as stream:
        for source in (str(path), data, bytearray(data), memoryview(data), read_to_end, stream):
            np.testing.assert_array_equal(to_array(load_image(source)), expected)
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


# Orientation

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


# Pillow images and arrays


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


# Refusals


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("photo.png", saved(quads(), "PNG"))
    return buffer.getvalue()


def tall_header(width, height, kind="png") -> bytes:
    """A picture that claims a size which its data could never fill."""
    if kind == "tiff":
        return tiff(bytes(64), (width, height), 8)
    if kind == "gif":
        return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + gif_frame(width, height)
    if kind == "gif frame":  # the frame, not the screen, is too large
        return b"GIF89a" + struct.pack("<HHBBB", 20, 20, 0, 0, 0) + gif_frame(width, height)
    if kind == "bmp":
        whole = saved(quads(), "BMP")
        return whole[:18] + struct.pack("<LL", width, height) + whole[26:]
    if kind == "ppm":
        return f"P6 {width} {height} 255\n".encode() + bytes(64)
    return png(width, height, 1, 0, bytes(64))


def gif_frame(width, height) -> bytes:
    return b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x08\x02\x4c\x01\x00;"


def resized_box(data: bytes, side: int) -> bytes:
    """An AVIF or HEIC whose size box claims side × side."""
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">LL", side, side) + data[at + 8 :]


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def noise(format, **options) -> bytes:
    rgb = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    return heic(rgb) if format == "HEIC" else saved(rgb, format, **options)


def bad_pixels(data: bytes) -> bytes:
    """The same PNG with its compressed stream overwritten, checksums left to fail."""
    at = data.index(b"IDAT") + 8
    return data[:at] + b"\xff" * 40 + data[at + 40 :]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>'
DAMAGED = "is damaged, incomplete or of an unusual kind; fetch it again, or save it anew"
UNKNOWN = "is not a picture that can be read here; use JPEG, PNG"
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
    "float rgb.tiff": (
        tiff(bytes(64 * 64 * 12), (64, 64), 32, photometric=2, sample=3, samples=3),
        DAMAGED,
    ),
    "1x1.png": (saved(plain(RED, (1, 1)), "PNG"), r"is 1×1 px; use at least 8 px a side"),
    "7x100.png": (saved(plain(RED, (7, 100)), "PNG"), r"is 7×100 px; use at least 8 px a side"),
    "100x1.gif": (saved(plain(RED, (100, 1)), "GIF"), r"is 100×1 px; use at least"),
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
    monkeypatch.setattr(photo, "MAX_PIXELS", 48 * 32)
    assert load_image(saved(quads(), "PNG")).size == (48, 32)
    monkeypatch.setattr(photo, "MAX_PIXELS", 48 * 32 - 1)
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
        MemoryError(),
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
    assert failures == []


# Arrays out and back


def test_to_array_copies():
    image = Image.fromarray(quads())
    rgb = to_array(image)
    assert rgb.dtype == np.uint8
    assert rgb.shape == (32, 48, 3)
    rgb[:] = 0
    np.testing.assert_array_equal(np.asarray(image), quads())


def test_to_array_refuses_other_modes():
    with pytest.raises(PhotoError, match="mode RGBA has no RGB array; pass it through load_image"):
        to_array(plain((0, 0, 0, 0), mode="RGBA"))


def test_from_array_round_trips():
    rgb = quads()
    image = from_array(rgb)
    rgb_before = rgb.copy()
    rgb[:] = 0
    np.testing.assert_array_equal(to_array(image), rgb_before)
    np.testing.assert_array_equal(to_array(from_array(rgb_before[:, ::-1])), rgb_before[:, ::-1])


@pytest.mark.parametrize(
    "array",
    [np.zeros((9, 9, 3)), np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8)],
    ids=lambda array: f"{array.dtype} {array.shape}",
)
def test_from_array_refuses_other_arrays(array):
    with pytest.raises(PhotoError, match=r"expected uint8 \(H, W, 3\), got"):
        from_array(array)


# Writing


@pytest.mark.parametrize(
    ("format", "kind", "tolerance"),
    [("png", "PNG", 0), (".PNG", "PNG", 0), ("jpg", "JPEG", 4), ("jpeg", "JPEG", 4)],
)
def test_encode_keeps_the_picture(format, kind, tolerance):
    data = encode(Image.fromarray(quads()), format)
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == kind
    assert_close(load_image(data), quads(), tolerance)


def test_encode_writes_webp():
    data = encode(plain(RED), "webp")
    assert_close(load_image(data), quads() * 0 + RED, 4)


def test_encode_keeps_the_color_of_single_columns_in_jpeg():
    stripes = np.zeros((32, 48, 3), np.uint8)
    stripes[:, ::2], stripes[:, 1::2] = (200, 60, 60), (60, 60, 200)
    back = np.asarray(load_image(encode(Image.fromarray(stripes), "jpg"))).astype(int)
    assert np.abs(back - stripes).mean() < 6  # 4:2:0 gives about 45


def test_encode_leaves_the_image_as_it_was():
    image = plain(RED)
    before = dict(vars(image))
    encode(image, "jpg")
    assert vars(image) == before


def test_encode_writes_grey():
    assert_close(load_image(encode(Image.fromarray(ramp()), "png")), grey(ramp()), 0)


@pytest.mark.parametrize("format", ["gif", "", "PDF", "png "])
def test_encode_refuses_an_unknown_format(format):
    with pytest.raises(PhotoError, match=f"format '{format}'; choose from: png, jpg, webp"):
        encode(plain(RED), format)


def test_encode_refuses_other_modes():
    with pytest.raises(PhotoError, match="cannot write mode CMYK; pass it through load_image"):
        encode(plain((0, 0, 0, 0), mode="CMYK"), "jpg")


@pytest.mark.parametrize(("format", "longest"), [("webp", 16_383), ("jpg", 65_500)])
def test_encode_refuses_a_side_beyond_the_format(format, longest):
    assert encode(plain(RED, (longest, 8)), format)
    assert encode(plain(RED, (8, longest + 1)), "png")
    with pytest.raises(PhotoError, match=f"8×{longest + 1} px is too large for {format}.*as png"):
        encode(plain(RED, (8, longest + 1)), format)


@pytest.mark.parametrize("name", ["a.png", "b.JPG", "c.jpeg", "d.webp", "été 图片.png"])
def test_save_image_follows_the_suffix(name, tmp_path):
    path = tmp_path / name
    save_image(plain(RED), path)
    assert_close(load_image(path), quads() * 0 + RED, 4)
    assert list(tmp_path.iterdir()) == [path]


def test_save_image_is_readable_by_others(tmp_path):
    save_image(plain(RED), tmp_path / "a.png")
    (tmp_path / "plain").touch()
    assert (tmp_path / "a.png").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_save_image_refuses_to_overwrite(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"precious")
    with pytest.raises(PhotoError, match=r"already exists.*--force") as refusal:
        save_image(plain(RED), path)
    assert str(path) in str(refusal.value)
    assert path.read_bytes() == b"precious"
    save_image(plain(RED), str(path), overwrite=True)
    assert load_image(path).getpixel((0, 0)) == RED


@pytest.mark.parametrize("step", ["encode", "write", "replace"])
def test_save_image_leaves_nothing_behind_on_failure(step, tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"precious")

    def half_write(self, data):
        with self.open("wb") as stream:
            stream.write(data[:10])
        raise OSError(28, "No space left on device")

    def fail(*args):
        raise PhotoError("no") if step == "encode" else OSError(5, "Input/output error")

    target = {
        "encode": (photo, "encode", fail),
        "write": (Path, "write_bytes", half_write),
        "replace": (os, "replace", fail),
    }[step]
    with monkeypatch.context() as patch:
        patch.setattr(*target)
        with pytest.raises(PhotoError):
            save_image(plain(RED), path, overwrite=True)
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_save_image_explains_a_missing_folder(tmp_path):
    path = tmp_path / "gone" / "a.png"
    with pytest.raises(PhotoError, match=r"No such file.*check that its folder"):
        save_image(plain(RED), path)
    assert not path.parent.exists()


def test_save_image_refuses_a_folder_even_with_overwrite(tmp_path):
    folder = tmp_path / "a.png"
    folder.mkdir()
    with pytest.raises(PhotoError, match="cannot write"):
        save_image(plain(RED), folder, overwrite=True)
    assert list(tmp_path.iterdir()) == [folder]


def test_save_image_refuses_an_unknown_suffix(tmp_path):
    with pytest.raises(PhotoError, match="choose from: png, jpg, webp"):
        save_image(plain(RED), tmp_path / "a.tiff")
    assert list(tmp_path.iterdir()) == []


def test_photo_declares_its_public_surface():
    assert all(hasattr(photo, name) for name in photo.__all__)
