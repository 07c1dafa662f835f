"""Pixels of any mode, depth and colour profile -> upright 8-bit sRGB."""

import contextlib
import io

import numpy as np
from PIL import ExifTags, Image, ImageCms

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset(_TURNS[i] for i in (5, 6, 7, 8))
_ALPHA_MODES = {m: m.upper() for m in ("LA", "La", "RGBA", "RGBa")} | {"P": "RGBA", "PA": "RGBA"}
_KEYED_MODES = {"1": "LA", "L": "LA", "RGB": "RGBA"}  # one colour may be marked transparent


def to_rgb(image: Image.Image, own: bool = False) -> Image.Image:
    """Bring any Pillow image into a new upright RGB one, sRGB, without metadata.

    Args:
        image: of any mode.
        own: it is no one else's and may be changed and returned itself, RGBX as such.
    """
    image.load()
    turn = _turn(image)  # after load: TIFFs turn themselves and drop their tag there
    color, alpha = _split_alpha(image)
    profile = image.info.get("icc_profile")
    ready = own and color.mode in ("RGB", "RGBX") and not profile
    rgb = color if ready else _to_srgb(color, profile)
    if alpha is not None:
        canvas = Image.new("RGB", rgb.size, "white")
        canvas.paste(rgb, mask=alpha)
        rgb = canvas
    if turn is not None:
        rgb = rgb.transpose(turn)
    rgb.info = {}
    return rgb


def _turn(image: Image.Image) -> Image.Transpose | None:
    """Look up the transposition that sets the image upright, None if there is none to do."""
    try:
        return _TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
    except Exception:  # corrupt EXIF raises nearly anything, and is no reason to refuse a photo
        return None


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Width and height that a loaded image has once it is upright."""
    turn = _turn(image)
    width, height = image.size
    return (height, width) if turn in _SIDEWAYS else (width, height)


def _split_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Split into colour (L, RGB, CMYK, LAB ...) and alpha, an L image or None if opaque."""
    if image.mode.startswith(("I", "F")):
        return _split_deep_grey(image)
    target = _ALPHA_MODES.get(image.mode)
    if target is None and "transparency" in image.info:
        target = _KEYED_MODES.get(image.mode)
    if target is None:
        return image, None
    *bands, alpha = image.convert(target).split()
    return Image.merge(target[:-1], bands), alpha


def _split_deep_grey(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Scale a 16-bit, 32-bit or float grey to L; alpha from its transparent value, if any."""
    values = np.asarray(image)  # (H, W)
    tags = getattr(image, "tag_v2", {})
    if image.mode == "I" and tags and tags.get(ExifTags.Base.SampleFormat, (1,)) == (1,):
        values = values.view(np.uint32)  # which Pillow takes for signed
    if tags.get(ExifTags.Base.BitsPerSample) == (12,):
        values = values * 16  # Pillow leaves 12-bit TIFFs in [0, 4095]
    grey = scale_to_uint8(values)
    if tags.get(ExifTags.Base.PhotometricInterpretation) == 0:
        grey = 255 - grey  # white is zero: Pillow turns only the shallow ones
    key = image.info.get("transparency")
    if key is None:
        return Image.fromarray(grey), None
    alpha = np.where(np.asarray(image) == key, 0, 255).astype(np.uint8)
    return Image.fromarray(grey), Image.fromarray(alpha)


def scale_to_uint8(values: np.ndarray) -> np.ndarray:
    """Scale samples of any depth to uint8; NaN becomes 0, infinities the ends of the range."""
    if values.dtype == np.uint8:
        return values
    low, high = _sample_range(values)
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = values.astype(np.result_type(values.dtype, np.float32))
        scaled -= low
        scaled *= 255 / max(high - low, 1e-30)
    np.nan_to_num(scaled, copy=False, nan=0, posinf=255, neginf=0)
    return np.rint(scaled.clip(0, 255, out=scaled), out=scaled).astype(np.uint8)


def _sample_range(values: np.ndarray) -> tuple[float, float]:
    """Choose the (low, high) that become 0 and 255: a usual range, else the observed one."""
    kind, size = values.dtype.kind, values.dtype.itemsize
    if kind == "u" and size == 2:
        return 0.0, 65535.0
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    for top in (255.0, 65535.0) if kind in "ui" else (1.0, 255.0):
        if low >= 0 and high <= top:
            return 0.0, top
    return low, high


def _to_srgb(color: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert to RGB through the embedded ICC profile; without one, or a broken one, plainly."""
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if color.mode == "RGBX":
                color = color.convert("RGB")
            if color.mode == "L" and source.profile.xcolor_space.strip() == "RGB":
                color = color.convert("RGB")  # greys are often saved with an RGB profile
            target = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(color, source, target, outputMode="RGB")
    return color.convert("RGB")
