"""Open TIFFs with Pillow, or with tifffile where Pillow does not read them rightly.

Without compression Pillow mixes planes of 16 bits up, does not find the pixels of YCbCr, and knows
neither deep RGB nor big-endian 32-bit grey.
"""

from collections.abc import Callable
from typing import IO

import numpy as np
from PIL import ExifTags, Image, ImageMode
from PIL.TiffImagePlugin import TiffImageFile

from colorize_core.image.pixels import scale_to_uint8

_MODES = {0: "L", 1: "L", 2: "RGB", 5: "CMYK", 6: "YCbCr"}
"""By PhotometricInterpretation."""
_ALPHA = {1: "RGBa", 2: "RGBA"}
"""By ExtraSamples: associated, unassociated."""
_NOT_COMPRESSED, _SEPARATE = 1, 2


def open_tiff(
    stream: IO[bytes], admit: Callable[[tuple[int, int], tuple[int, int]], None]
) -> Image.Image:
    """The first picture of a TIFF, not turned or converted.

    Args:
        stream: at its start.
        admit: called with the sizes of the picture and of its tiles before pixels are read.

    Raises:
        PhotoError: of `admit`; damaged files raise nearly anything.
    """
    try:
        image = TiffImageFile(stream)
    except SyntaxError:  # a kind of pixels that Pillow does not know
        image = None
    if image is None or _is_misread(image):
        stream.seek(0)
        return _open_uncompressed(stream, admit)
    tags = image.tag_v2
    tile = tags.get(ExifTags.Base.TileWidth, 0), tags.get(ExifTags.Base.TileLength, 0)
    admit(image.size, tile)
    return image


def _is_misread(image: TiffImageFile) -> bool:
    """Whether Pillow opens an uncompressed file whose pixels it takes wrongly."""
    tags = image.tag_v2
    if tags.get(ExifTags.Base.Compression, _NOT_COMPRESSED) != _NOT_COMPRESSED:
        return False
    planes = tags.get(ExifTags.Base.PlanarConfiguration) == _SEPARATE
    deep = tags.get(ExifTags.Base.BitsPerSample, (8,))[0] > 8
    photometric = tags.get(ExifTags.Base.PhotometricInterpretation)
    return (planes and deep) or _MODES.get(photometric) == "YCbCr"


def _open_uncompressed(stream: IO[bytes], admit: Callable) -> Image.Image:
    import tifffile  # for rare files

    with tifffile.TiffFile(stream) as file:
        page = file.pages[0]
        admit((page.imagewidth, page.imagelength), (page.tilewidth, page.tilelength))
        mode = _MODES[page.photometric]
        samples = page.samplesperpixel
        flat = page.compression == _NOT_COMPRESSED and page.imagedepth == 1
        if not flat or not _bands(mode) <= samples <= 5:
            raise ValueError("compressed, a volume, or of many channels")
        values = page.asarray(maxworkers=1)
        if page.planarconfig == _SEPARATE and samples > 1:
            values = np.moveaxis(values, 0, -1)
        if mode == "RGB" and samples > 3 and page.extrasamples:
            mode = _ALPHA.get(page.extrasamples[0], mode)
        pixels = _to_uint8(values.reshape(page.imagelength, page.imagewidth, samples))
        if page.photometric == 0:  # white is zero
            pixels = 255 - pixels
        size = (page.imagewidth, page.imagelength)
        image = Image.frombytes(mode, size, pixels[..., : _bands(mode)].tobytes())
        orientation = page.tags.valueof(ExifTags.Base.Orientation) or 1
        image.info["icc_profile"] = page.tags.valueof(ExifTags.Base.InterColorProfile)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    image.info["exif"] = exif.tobytes()
    return image


def _bands(mode: str) -> int:
    return len(ImageMode.getmode(mode).bands)


def _to_uint8(values: np.ndarray) -> np.ndarray:
    # Of 16 bits the upper byte, as Pillow takes it where it reads them.
    return (values >> 8).astype(np.uint8) if values.dtype == np.uint16 else scale_to_uint8(values)
