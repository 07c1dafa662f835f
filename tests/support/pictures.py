"""Pictures to build test files from, and writers for what Pillow reads but does not write."""

import io
import struct
import zlib

import numpy as np
import tifffile
from PIL import ExifTags, Image
from pillow_heif import from_bytes

ORIENTATION = ExifTags.Base.Orientation
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
SAVE = {"save_all": True, "duration": 50}


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
    """Left half `color` and opaque, right half black and clear: (32, 48, 4)."""
    rgba = np.zeros((32, 48, 4), np.uint8)
    rgba[:, :24] = (*color, 255)
    return rgba


def over_white(color) -> np.ndarray:
    rgb = np.full((32, 48, 3), 255, np.uint8)
    rgb[:, :24] = color
    return rgb


def grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(values.astype(np.uint8)[..., None], 3, axis=2)


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


def tifffile_bytes(values: np.ndarray, **options) -> bytes:
    """A TIFF of (H, W) or (H, W, C) samples, of kinds that Pillow does not write."""
    if options.get("planarconfig") == "separate":
        values = np.moveaxis(values, -1, 0)
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, values, **options)
    return buffer.getvalue()


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    return tags


def lab_image() -> Image.Image:
    """Pure sRGB red: L 54.3, a 80.8, b 69.9 (D50)."""
    return Image.merge("LAB", [Image.new("L", (48, 32), v) for v in (138, 128 + 81, 128 + 70)])


def assert_close(image: Image.Image, expected: np.ndarray, tolerance: int) -> None:
    assert image.mode == "RGB"
    assert image.size == expected.shape[1::-1]
    worst = np.abs(np.asarray(image).astype(int) - expected).max()
    assert worst <= tolerance


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def noise(format, **options) -> bytes:
    rgb = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    return heic(rgb) if format == "HEIC" else saved(rgb, format, **options)


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
