"""Decode JPEGs and see damage, of which Pillow's decoder tells nothing."""

import simplejpeg
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from colorize_core.image.jpeg_step import has_step

MISSING = "is damaged in places: what is missing there was filled in"
SHIFTED = "seems to be damaged: from one place on its brightness or a colour is shifted"


def decode_jpeg(image: Image.Image, content: bytes) -> tuple[Image.Image, str]:
    """The pixels of a grey or RGB JPEG, the same as Pillow's, and how they are damaged.

    One flipped bit is seen where it makes a file that is no valid one, and else by the step that
    it leaves, if that is a clear one.

    Args:
        image: the opened file.
        content: the whole file.

    Returns:
        RGBX, which is how Pillow keeps RGB, with the file's metadata, neither turned nor
        converted, or `image` itself where only Pillow reads on; and what is to be said about it,
        empty for a sound file.
    """
    try:
        pixels = simplejpeg.decode_jpeg(content, "RGBX", strict=True)
    except ValueError:
        return image, MISSING
    height, width = pixels.shape[:2]
    if (width, height) != image.size:  # of two headers Pillow reads the other
        return image, MISSING
    sound = Image.frombuffer("RGBX", image.size, pixels, "raw", "RGBX", 0, 1)
    sound.info = dict(image.info)
    return sound, SHIFTED if has_step(image, pixels) else ""


def is_plain_jpeg(image: Image.Image) -> bool:
    """Whether `decode_jpeg` can judge it: CMYK only Pillow reads."""
    return isinstance(image, JpegImageFile) and image.mode in ("L", "RGB")
