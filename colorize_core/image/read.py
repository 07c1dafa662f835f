"""Read photos: whatever a user holds -> upright 8-bit sRGB."""

import contextlib
import io
import os
import re
from collections.abc import Callable, Iterator
from typing import IO

import numpy as np
from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from colorize_core.errors import PhotoError
from colorize_core.image.complexity import check_complexity
from colorize_core.image.jpeg import decode_jpeg, is_plain_jpeg
from colorize_core.image.metadata import Metadata, read_metadata
from colorize_core.image.pixels import scale_to_uint8, to_rgb, upright_size
from colorize_core.image.ppm import open_ppm
from colorize_core.image.tiff import open_tiff

MAX_PIXELS = 40_000_000
"""Largest accepted picture, pixels; refused from its header, before decoding."""
MIN_SIDE = 8
"""Smallest accepted width or height, pixels."""
MAX_SIDE = 30_000
"""Largest accepted width or height, pixels."""
MAX_ASPECT = 50
"""So many times its short side the long side may measure: of a thinner strip a network sees
nothing."""
SUPPORTED = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC or PPM"

Source = str | os.PathLike | bytes | bytearray | memoryview | IO[bytes] | Image.Image | np.ndarray

_HEAD = 4096  # bytes enough to recognise any format, SVG included

# What a file starts with -> the Pillow class that reads its header. This is the allow-list.
# The classes are called directly because Image.open() would run Pillow's decompression-bomb
# check first: a warning above 89 MP, an exception above 179 MP. Silencing that needs either
# Image.MAX_IMAGE_PIXELS (global) or warnings.catch_warnings (not thread-safe); our own limit
# is stricter and is checked before decoding. It also keeps global registries untouched, and
# skips Pillow's guess that a JPEG with previews is an MPO.
_READERS: tuple[tuple[bytes, type[ImageFile.ImageFile]], ...] = (
    (rb"\xff\xd8\xff", JpegImageFile),
    (rb"\x89PNG\r\n\x1a\n", PngImageFile),
    (rb"RIFF....WEBP", WebPImageFile),
    (rb"GIF8[79]a", GifImageFile),
    (rb"BM", BmpImageFile),
    (rb"II[\x2a\x2b]\0|MM\0[\x2a\x2b]", TiffImageFile),
    # mif1 and msf1 name the container only, so the brands that follow decide.
    (rb"....ftyp(avi[fs]|m[is]f1.{0,48}avi[fs])", AvifImageFile),
    (rb"....ftyp(hei[cmsx]|hev[cmsx]|m[is]f1)", HeifImageFile),
    (rb"P[1-6f]\s", PpmImageFile),
)
_SVG = rb"(\xef\xbb\xbf)?\s*(?=<\?xml|<!--|<!doctype svg|<svg).*<svg"


def load_image(source: Source) -> Image.Image:
    """Read one picture as upright 8-bit sRGB.

    EXIF orientation is applied, an embedded ICC profile converted, transparency laid over
    white, deep greys scaled to 8 bits; of an animation the first frame is taken (of a Pillow
    image, its current one). A caller's stream is read from its start and left open.

    Args:
        source: path, bytes, binary stream, Pillow image, or array (H, W), (H, W, 1), (H, W, 3)
            or (H, W, 4). Samples of 16 bits span [0, 65535]; wider integers [0, 255] or
            [0, 65535] and floats [0, 1] or [0, 255], the first that holds them all; values
            beyond are stretched from their own range.

    Returns:
        A new RGB image (W, H) without metadata.

    Raises:
        PhotoError: nothing readable, or a size outside the limits above. The message may name
            the file but never its folder.
    """
    if isinstance(source, np.ndarray):
        return to_rgb(_array_to_image(np.asarray(source)))
    if isinstance(source, Image.Image):
        with _explained("The picture"):
            _check_header(source.size, (0, 0), "The picture")
            return to_rgb(source)
    if isinstance(source, str | os.PathLike):
        return _load_path(os.fsdecode(source))
    if isinstance(source, bytes | bytearray | memoryview):
        return _load_stream(io.BytesIO(source), "The picture")
    if callable(getattr(source, "read", None)):
        return _load_stream(source, label(getattr(source, "name", None)))
    kind = type(source).__name__
    raise PhotoError(f"{kind} is not a picture; give a path, bytes, an image or an array")


def read_file(
    content: bytes, name: str, seen: Callable[[int], None]
) -> tuple[Image.Image, str, Metadata]:
    """Read the content of a picture file; as `load_image`.

    Args:
        content: of the file.
        name: for messages, as `label` makes it.
        seen: called with the number of pixels once the header is read, before they are decoded.

    Returns:
        The picture, RGB or RGBX, what is to be said about its file, mostly nothing, and what is
        kept of its metadata.

    Raises:
        PhotoError: as `load_image`, or the file consists of too many parts.
    """
    check_complexity(content, name)
    with _explained(name):
        image = _open(io.BytesIO(content), name, seen)
        if is_plain_jpeg(image):
            decoded, damage = decode_jpeg(image, content)
        else:
            image.load()
            decoded, damage = image, ""
        kept = read_metadata(image, upright_size(decoded))  # before `to_rgb` empties it
        return to_rgb(decoded, own=True), damage, kept


def label(path: object) -> str:
    """Name a file in a message: its last part only, since folders must not leak."""
    base = re.split(r"[\\/]", path.rstrip("\\/"))[-1] if isinstance(path, str) else ""
    # A name may hold line breaks, terminal codes or undecodable bytes: not fit to be printed.
    printable = "".join(c if c.isprintable() else "?" for c in base)
    return f'"{printable}"' if base else "The picture"


@contextlib.contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turn whatever a codec raises into a PhotoError about `name`."""
    try:
        yield
    except PhotoError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        # Only from inside a plugin, such as a GIF frame larger than its screen.
        limit = f"{MAX_PIXELS / 1e6:g} MP"
        raise PhotoError(f"{name} is over the limit of {limit}; make it smaller first") from error
    except MemoryError as error:
        raise PhotoError(
            f"{name} needs more memory than is free; close other programs or make it smaller first"
        ) from error
    except Exception as error:
        # Damaged files raise nearly anything: OSError, SyntaxError, struct.error, zlib.error,
        # OverflowError. To the user they all mean the same.
        raise PhotoError(
            f"{name} is damaged, incomplete or of an unusual kind; "
            "fetch it again, or save it anew as PNG or JPEG"
        ) from error


def _load_path(path: str) -> Image.Image:
    """Read a picture file; see load_image."""
    name = label(path)
    if os.path.isdir(path):
        raise PhotoError(f"{name} is a folder; give one picture file")
    if not os.path.isfile(path):  # also pipes and devices, which could block or never end
        raise PhotoError(f"{name} is not an existing file; check its name and folder")
    try:
        with open(path, "rb") as stream:
            return _load_stream(stream, name)
    except OSError as error:
        raise PhotoError(
            f"{name} cannot be opened ({error.strerror}); check its permissions"
        ) from error


def _load_stream(stream: IO[bytes], name: str) -> Image.Image:
    """Read a picture from the start of a binary stream, leaving it open; see load_image."""
    with _explained(name):
        if isinstance(stream, io.TextIOBase):
            raise PhotoError(f"{name} was opened as text; open it in binary mode, 'rb'")
        try:
            stream.seek(0)
        except (AttributeError, OSError):  # a socket or pipe
            stream = io.BytesIO(stream.read())
        return to_rgb(_open(stream, name, lambda pixels: None))


def _open(stream: IO[bytes], name: str, seen: Callable[[int], None]) -> Image.Image:
    """Read a header, check it and call `seen` with the number of pixels."""

    def admit(size: tuple[int, int], tile: tuple[int, int] = (0, 0)) -> None:
        _check_header(size, tile, name)
        seen(size[0] * size[1])

    reader = _reader_for(stream.read(_HEAD), name)
    stream.seek(0)
    if reader is TiffImageFile:
        return open_tiff(stream, admit)
    if reader is PpmImageFile:
        return open_ppm(stream, admit)
    image = reader(stream)
    admit(image.size)
    return image


def _reader_for(head: bytes, name: str) -> type[ImageFile.ImageFile]:
    """Choose the Pillow class for a file from its first bytes."""
    if not head:
        raise PhotoError(f"{name} is empty (0 bytes); fetch it again")
    for signature, reader in _READERS:
        if re.match(signature, head, re.DOTALL):
            return reader
    if re.match(_SVG, head, re.DOTALL | re.IGNORECASE):
        raise PhotoError(f"{name} is an SVG drawing, not a photo; export it as PNG first")
    raise PhotoError(f"{name} is not a picture that can be read here; use {SUPPORTED}")


def _check_header(size: tuple[int, int], tile: tuple[int, int], name: str) -> None:
    """Check what a header claims, before anything is decoded."""
    _check_size(size, name)
    if tile[0] * tile[1] > 2 * MAX_PIXELS:  # libtiff would allocate it, however small the picture
        raise PhotoError(f"{name} has tiles of {tile[0]}×{tile[1]} px; save it anew as PNG")


def _check_size(size: tuple[int, int], name: str) -> None:
    """Refuse a (width, height) outside the limits, in pixels."""
    width, height = size
    if min(size) < MIN_SIDE:
        raise PhotoError(f"{name} is {width}×{height} px; use at least {MIN_SIDE} px a side")
    if width * height > MAX_PIXELS:
        raise PhotoError(
            f"{name} is {width}×{height} px ({width * height / 1e6:.1f} MP), "
            f"over the limit of {MAX_PIXELS / 1e6:g} MP; make it smaller first"
        )
    if max(size) > MAX_SIDE or max(size) > MAX_ASPECT * min(size):
        raise PhotoError(
            f"{name} is {width}×{height} px; use at most {MAX_SIDE:,} px a side and "
            f"{MAX_ASPECT}:1: cut a part out of it"
        )


def _array_to_image(array: np.ndarray) -> Image.Image:
    """Wrap an array (H, W), (H, W, 1), (H, W, 3) or (H, W, 4) as L, RGB or RGBA."""
    pixels = array[..., None] if array.ndim == 2 else array  # (H, W, C)
    numeric = pixels.dtype.kind in "buif"
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4) or not numeric:
        raise PhotoError(
            f"{array.dtype} array {array.shape} is not a picture; "
            "give uint8, uint16 or float of shape (H, W), (H, W, 3) or (H, W, 4)"
        )
    _check_size((pixels.shape[1], pixels.shape[0]), "The array")
    color = scale_to_uint8(pixels[..., :3])
    if pixels.shape[2] == 4:  # alpha apart: an opaque 1.0 says nothing about the colours' range
        color = np.concatenate([color, scale_to_uint8(pixels[..., 3:])], axis=2)
    return Image.fromarray(np.ascontiguousarray(color[..., 0] if color.shape[2] == 1 else color))
