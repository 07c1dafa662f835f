"""What one visitor looks at: a photo, what methods make of it, and pictures drawn from that."""

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gradio.processing_utils import hash_bytes
from gradio.utils import get_upload_folder
from PIL import Image

from colorize_core import Colorizer, load_image
from colorize_core.files import write_atomically
from colorize_core.image.resize import shrink
from colorize_core.inference.colorizer import Prediction
from colorize_core.inference.lightness import grey_picture, lightness
from colorize_core.metrics import scores
from webpage.payload import build_payload, pack_lightness

PREVIEW = 512
"""Long side of the pictures on the page, pixels; downloads have the photo's own size."""
STEM = 50
"""Characters of a photo's name that a download keeps: file names end at 255 bytes."""


@dataclass(frozen=True, eq=False)
class Column:
    """What one method makes of a photo: enough to draw it anew without the network."""

    colorizer: Colorizer
    """The one that predicted: newer weights cannot read its answer."""
    prediction: Prediction

    @property
    def name(self) -> str:
        """The method's."""
        return self.colorizer.method.name

    @property
    def title(self) -> str:
        """The method's, for people."""
        return self.colorizer.method.title

    @property
    def has_temperature(self) -> bool:
        """Whether its picture changes with T."""
        return self.colorizer.method.has_temperature

    @functools.cached_property
    def payload(self) -> bytes:
        """The prediction for the browser."""
        return build_payload(self.colorizer, self.prediction)

    def draw(self, photo: Image.Image, temperature: float, saturation: float) -> Image.Image:
        """The picture, at the size of a photo."""
        return self.colorizer.render(photo, self.prediction, temperature, saturation)


@dataclass(frozen=True)
class Session:
    """A visitor's photo with its columns."""

    source: Any
    """The full-size photo, for `load_image`: the uploaded file, or an example's picture."""
    example: str | None
    """Which bundled photo it is; None for a visitor's own."""
    stem: str
    """Names the downloads."""
    preview: Image.Image
    """The photo with a long side of at most `PREVIEW`."""
    colored: bool
    columns: tuple[Column, ...]
    drawn: dict[Column, tuple] = field(default_factory=dict)
    """The settings and the picture that each column was last drawn with."""

    @functools.cached_property
    def grey(self) -> Image.Image:
        """The preview as the networks see it."""
        return grey_picture(self.preview)

    @functools.cached_property
    def lightness(self) -> bytes:
        """The preview's L for the browser."""
        return pack_lightness(lightness(self.preview))

    def with_column(self, index: int, column: Column) -> "Session":
        """The same photo with another method in one place."""
        columns = (*self.columns[:index], column, *self.columns[index + 1 :])
        drawn = {one: self.drawn[one] for one in columns if one in self.drawn}
        return replace(self, columns=columns, drawn=drawn)

    def render(self, index: int, temperature: float, saturation: float) -> Image.Image:
        """The preview of one column, drawn anew only when a setting that moves it has changed."""
        column = self.columns[index]
        settings = (temperature if column.has_temperature else None, saturation)
        kept = self.drawn.get(column)
        if kept is None or kept[0] != settings:
            kept = (settings, column.draw(self.preview, temperature, saturation))
            self.drawn[column] = kept
        return kept[1]

    def live(self, index: int, temperature: float, saturation: float) -> dict[str, Any]:
        """One column for `picture.js`: a picture, and what further ones are drawn from."""
        column = self.columns[index]
        return {
            "image": to_file(jpeg(self.render(index, temperature, saturation)), "preview.jpg"),
            "method": column.name,
            "example": self.example,
            "moves": column.has_temperature,
            **self.sources(index),
        }

    def sources(self, index: int) -> dict[str, Any]:
        """What the browser draws a column from, as files."""
        return {
            "lightness": to_file(self.lightness, "lightness.png"),
            "payload": to_file(self.columns[index].payload, "payload.bin"),
        }

    def download(self, index: int, temperature: float, saturation: float) -> Image.Image:
        """The picture of one column at the photo's own size."""
        return self.columns[index].draw(load_image(self.source), temperature, saturation)

    def file_name(self, index: int) -> str:
        """What a download is called: the photo, shortened if need be, and the method."""
        return f"{self.stem[:STEM]}-{self.columns[index].name}.png"


def open_session(
    source: Any,
    stem: str,
    photo: Image.Image,
    columns: Sequence[Column],
    example: str | None = None,
) -> Session:
    """A predicted photo with what the page needs of it."""
    preview = shrink(photo, PREVIEW)
    colored = not scores.is_grey(preview)
    return Session(source, example, stem, preview, colored, tuple(columns))


def jpeg(picture: Image.Image) -> bytes:
    """A preview, small enough to travel at every change."""
    buffer = io.BytesIO()
    # 4:4:4, because colour is what visitors compare; half the bytes of quality 95.
    picture.save(buffer, "JPEG", quality=88, subsampling=0)
    return buffer.getvalue()


def to_page(picture: Image.Image) -> str:
    """A preview as a file that Gradio may serve."""
    return keep(jpeg(picture), "preview.jpg")


def to_file(content: bytes, name: str) -> dict[str, Any]:
    """A file inside the value of a `gr.HTML`; Gradio adds its address."""
    return {"path": keep(content, name), "meta": {"_type": "gradio.FileData"}}


def keep(content: bytes, name: str) -> str:
    """Put a file where Gradio may serve it from; equal contents share one.

    Unlike `save_bytes_to_cache` it does not cut short a file that another visitor is just
    reading.
    """
    path = Path(get_upload_folder()).resolve() / hash_bytes(content) / name
    if path.is_file():
        path.touch()  # old files are swept away
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    return str(path)
