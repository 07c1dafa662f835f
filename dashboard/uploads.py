"""A visitor's photo: kept for a while, colorized, downloaded at its own size."""

import hashlib
from dataclasses import dataclass
from typing import Any

import streamlit as st
from PIL import Image

from dashboard import pictures
from dashboard.results import Run, Stamp

PREVIEW = 512
"""Long side at which an upload is shown and measured, pixels."""
KEPT_SECONDS = 900


@dataclass(frozen=True)
class Upload:
    """A visitor's photo."""

    digest: str
    photo: Image.Image
    preview: Image.Image
    is_grey: bool

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.photo.size


def uploaded(data: bytes) -> Upload:
    """Read an upload; kept for a quarter of an hour.

    Raises:
        PhotoError: it cannot be read or must be refused.
    """
    return _uploaded(hashlib.sha256(data).hexdigest(), data)


@st.cache_resource(max_entries=8, ttl=KEPT_SECONDS, show_spinner=False)
def _uploaded(digest: str, _data: bytes) -> Upload:
    from colorize_core.image.read import load_image
    from colorize_core.image.resize import shrink
    from colorize_core.metrics.scores import is_grey

    photo = load_image(_data)
    return Upload(digest, photo, shrink(photo, PREVIEW), is_grey(photo))


@st.cache_resource(max_entries=24, ttl=KEPT_SECONDS, show_spinner="colorizing …")
def _upload_prediction(
    digest: str, _photo: Image.Image, method: str, folder: str, stamps: tuple[Stamp, ...]
) -> Any:
    return pictures.cached_colorizer(method, folder, stamps).predict(_photo)


def colorize_upload(
    upload: Upload, run: Run, temperature: float, saturation: float, full: bool = False
) -> tuple[Image.Image, float]:
    """A method's picture of an upload, and the seconds that its network took.

    Raises:
        ColorizeError: the method cannot be loaded.
    """
    prediction = _upload_prediction(upload.digest, upload.photo, *pictures.key_of(run))
    side = None if full else PREVIEW
    picture = pictures.load_colorizer(run).render(
        upload.photo, prediction, temperature, saturation, side
    )
    return picture, prediction.seconds


def full_png(upload: Upload, run: Run, temperature: float, saturation: float) -> bytes:
    """The picture at the upload's own size."""
    from colorize_core.image.write import encode

    return encode(colorize_upload(upload, run, temperature, saturation, full=True)[0], "png")


def grey(photo: Image.Image) -> Image.Image:
    """The photo without colour."""
    from colorize_core.inference.colorizer import grey_picture

    return grey_picture(photo)
