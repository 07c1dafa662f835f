"""What one visitor looks at: a photo, what methods make of it, and pictures drawn from that."""

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image

from colorize_core import Colorizer
from colorize_core.image.resize import shrink
from colorize_core.image.sandbox import read_untrusted
from colorize_core.inference.colorizer import Prediction
from colorize_core.inference.lightness import grey_picture, lightness
from colorize_core.metrics import scores
from webpage.payload import build_payload, pack_lightness
from webpage.storage import Files

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

    @property
    def memory(self) -> int:
        """Bytes of the prediction, and of the same once more for the browser."""
        return 2 * (self.prediction.output.nbytes + self.prediction.L.nbytes)

    def draw(
        self, photo: Image.Image, temperature: float, saturation: float, own: bool = False
    ) -> Image.Image:
        """The picture, at the size of a photo, which it may become if that is no one else's."""
        return self.colorizer.render(photo, self.prediction, temperature, saturation, own=own)


@dataclass(frozen=True)
class Session:
    """A visitor's photo with its columns."""

    source: str | Image.Image
    """The full-size photo: the uploaded file, or an example's picture."""
    example: str | None
    """Which bundled photo it is; None for a visitor's own."""
    stem: str
    """Names the downloads."""
    preview: Image.Image
    """The photo with a long side of at most `PREVIEW`."""
    colored: bool
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    """What there is to say about the file, such as that it is damaged."""
    drawn: dict[Column, tuple] = field(default_factory=dict)
    """The settings and the picture that each column was last drawn with."""
    files: Files = field(default_factory=Files)
    """What the visitor's browser fetches, and the uploaded file."""

    @functools.cached_property
    def grey(self) -> Image.Image:
        """The preview as the networks see it."""
        return grey_picture(self.preview)

    @functools.cached_property
    def lightness(self) -> bytes:
        """The preview's L for the browser."""
        return pack_lightness(lightness(self.preview))

    @property
    def photo(self) -> Image.Image:
        """The photo at its full size; an uploaded one is read anew, since it is large.

        Raises:
            PhotoError: the file is gone, or takes too long today.
        """
        own = isinstance(self.source, Image.Image)
        return self.source if own else read_untrusted(self.source).picture

    @property
    def memory(self) -> int:
        """Bytes that only this visitor needs: pictures, and predictions of an uploaded photo."""
        pictures = [self.preview, self.preview, *(one[1] for one in list(self.drawn.values()))]
        size = sum(3 * picture.width * picture.height for picture in pictures)
        return size + (0 if self.example else sum(c.memory for c in {*self.columns}))

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
            "image": self.show(self.render(index, temperature, saturation)),
            "method": column.name,
            "example": self.example,
            "moves": column.has_temperature,
            **self.sources(index),
        }

    def sources(self, index: int) -> dict[str, Any]:
        """What the browser draws a column from, as files."""
        return {
            "lightness": self.files.data(self.lightness, "lightness.png"),
            "payload": self.files.data(self.columns[index].payload, "payload.bin"),
        }

    def show(self, picture: Image.Image) -> dict[str, Any]:
        """A preview as a file inside the value of a `gr.HTML`."""
        return self.files.data(jpeg(picture), "preview.jpg")

    def show_path(self, picture: Image.Image) -> str:
        """The same for Gradio's own widgets."""
        return self.files.keep(jpeg(picture), "preview.jpg")

    def download(self, index: int, temperature: float, saturation: float) -> Image.Image:
        """The picture of one column at the photo's own size."""
        own = not isinstance(self.source, Image.Image)  # read for this download
        return self.columns[index].draw(self.photo, temperature, saturation, own)

    def file_name(self, index: int) -> str:
        """What a download is called: the photo, shortened if need be, and the method."""
        return f"{self.stem[:STEM]}-{self.columns[index].name}.png"


def open_session(
    source: str | Image.Image,
    stem: str,
    photo: Image.Image,
    columns: Sequence[Column],
    example: str | None = None,
    notes: tuple[str, ...] = (),
) -> Session:
    """A predicted photo with what the page needs of it; an upload is taken over."""
    files = Files()
    if isinstance(source, str):
        source = files.take(source)
    preview = shrink(photo, PREVIEW)
    colored = not scores.is_grey(preview)
    columns = tuple(columns)
    return Session(source, example, stem, preview, colored, columns, notes, files=files)


def jpeg(picture: Image.Image) -> bytes:
    """A preview, small enough to travel at every change."""
    buffer = io.BytesIO()
    # 4:4:4, because colour is what visitors compare; half the bytes of quality 95.
    picture.save(buffer, "JPEG", quality=88, subsampling=0)
    return buffer.getvalue()
