"""Write pictures: RGB or grey -> png, jpg or webp."""

import io
import os
from pathlib import Path

from PIL import Image

from colorize_core.errors import PhotoError, StorageError
from colorize_core.files import write_atomically
from colorize_core.image.metadata import Metadata, save_options

_OPTIONS = {
    # Three times as fast as zlib's default, for files that are a tenth larger.
    "png": {"format": "PNG", "compress_level": 3},
    # 4:4:4: halving the chroma would blur the very thing that this package adds.
    "jpg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    "webp": {"format": "WEBP", "quality": 95},
}
# libjpeg stops at 65500, short of the 65535 that its format allows.
_LONGEST = {"jpg": 65_500, "webp": 16_383}


_NOTHING = Metadata()


def encode(
    image: Image.Image, format: str, metadata: Metadata = _NOTHING, mark: bool = False
) -> bytes:
    """Encode an RGB or grey image as png, jpg (quality 95, 4:4:4) or webp (quality 95).

    Args:
        image: of at most the format's size.
        format: its name, or a suffix.
        metadata: of the photo that the picture is made of.
        mark: say in the metadata that the colours are machine-made.

    Raises:
        PhotoError: unknown format, another mode, or a side beyond the format's limit.
    """
    key = _known_format(format)
    if image.mode not in ("RGB", "L"):
        raise PhotoError(f"cannot write mode {image.mode}; pass it through load_image first")
    width, height = image.size
    longest = _LONGEST.get(key)
    if longest is not None and max(width, height) > longest:
        raise PhotoError(
            f"{width}×{height} px is too large for {key}, which ends at {longest} px a side; "
            "write it as png"
        )
    buffer = io.BytesIO()
    _view(image).save(buffer, **_OPTIONS[key], **save_options(key, metadata, mark))
    return buffer.getvalue()


def _view(image: Image.Image) -> Image.Image:
    """Another image of the same pixels: save() keeps its settings on what it saves."""
    image.load()
    view = Image.new(image.mode, (1, 1))
    vars(view).update(vars(image))
    return view


def save_image(
    image: Image.Image,
    path: str | os.PathLike,
    overwrite: bool = False,
    metadata: Metadata = _NOTHING,
    mark: bool = False,
) -> None:
    """Write an image whole or not at all, in the format that the suffix names.

    Args:
        image: as in `encode`.
        path: of the file; its folder must exist.
        overwrite: whether a file that is there is replaced.
        metadata: as in `encode`.
        mark: as in `encode`.

    Raises:
        PhotoError: as encode, or the file exists.
        StorageError: the disk refuses it.
    """
    path = Path(path)
    taken = PhotoError(f"{path} already exists; choose another name or pass --force")
    if os.path.exists(path) and not overwrite:  # False also where the name cannot be
        raise taken
    data = encode(image, path.suffix, metadata, mark)
    try:
        write_atomically(path, data, overwrite)
    except StorageError as error:
        if isinstance(error.__cause__, FileExistsError):  # since just now
            raise taken from error
        raise


def _known_format(format: str) -> str:
    """Return the key into _OPTIONS for a name such as "png", ".JPEG" or "webp"."""
    key = format.lower().removeprefix(".")
    key = "jpg" if key == "jpeg" else key
    if key not in _OPTIONS:
        raise PhotoError(f"cannot write format {format!r}; choose from: {', '.join(_OPTIONS)}")
    return key
