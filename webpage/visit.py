"""What one visitor looks at: a photo, its predictions, and pictures rendered from them."""

import functools
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import spaces  # on a Hugging Face Space; elsewhere there is none, and none is needed
except ImportError:
    spaces = None
import torch
from gradio.processing_utils import hash_bytes
from gradio.utils import get_upload_folder
from PIL import Image
from skimage import data

from colorize_core import METHODS, Colorizer, load_colorizer, load_image
from colorize_core.files import write_atomically
from colorize_core.image.resize import shrink
from colorize_core.inference.colorizer import Prediction, lightness
from colorize_core.methods.checkpoint import Checkpoint, read_checkpoint
from colorize_core.metrics import scores
from colorize_core.runs import SHIPPED, WEIGHTS, list_runs
from webpage import plate

PREVIEW = 512
"""Long side of the pictures on the page, pixels; downloads have the photo's own size."""
STEM = 50
"""Characters of a photo's name that a download keeps: file names end at 255 bytes."""
LOADED = 8
"""So many networks are held at once; those that were not used for longest make room."""
# Photographs inside scikit-image's wheel: nothing is downloaded or copied.
EXAMPLES = {
    "chelsea": "Cat",
    "coffee": "Coffee",
    "astronaut": "Astronaut",
    "rocket": "Rocket",
    "camera": "Photographer, grey",
}


def checkpoints() -> dict[str, Path]:
    """Folders of methods with weights: in COLORIZE_CHECKPOINTS if it is set, or the shipped."""
    found = list_runs(Path(os.environ.get("COLORIZE_CHECKPOINTS") or SHIPPED))
    return {
        name: found[name] for name in METHODS if name in found and (found[name] / WEIGHTS).is_file()
    }


def described(name: str) -> Checkpoint:
    """What a method folder says of itself; the weights are not read.

    Raises:
        CheckpointError: no such folder, or a damaged one.
    """
    return read_checkpoint(checkpoints().get(name, SHIPPED / name))


@functools.lru_cache(maxsize=LOADED)
def colorizer(name: str) -> Colorizer:
    """A method, loaded when first chosen, for all visitors."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return load_colorizer(name, checkpoints().get(name), device)


def predict(name: str, photo: Image.Image) -> Prediction:
    """Run one network over one photo."""
    return colorizer(name).predict(photo)


if spaces is not None:
    predict = spaces.GPU(predict)


@functools.cache
def example(name: str) -> Image.Image:
    """A bundled photograph."""
    return load_image(getattr(data, name)())


@functools.lru_cache(maxsize=64)
def predict_example(method: str, name: str) -> Prediction:
    """Examples are predicted once for all visitors: every page opens with one."""
    return predict(method, example(name))


def build_plate(method: str, prediction: Prediction) -> bytes:
    """A prediction for the browser."""
    return plate.build_plate(colorizer(method), prediction)


@functools.lru_cache(maxsize=64)
def example_plate(method: str, name: str) -> bytes:
    """As `predict_example`: packed once for all visitors."""
    return build_plate(method, predict_example(method, name))


@dataclass(frozen=True)
class Shown:
    """What one visitor looks at: enough to render it anew without the network."""

    source: Any
    """The full-size photo, for `load_image`: the uploaded file, or an example."""
    stem: str
    """Names the downloads."""
    preview: Image.Image
    """The photo with a long side of at most `PREVIEW`."""
    colored: bool
    predictions: tuple[tuple[str, Prediction], ...]
    """Method name and prediction, one for each column."""
    plates: tuple[bytes, ...] = ()
    """For the browser, one for each column; none where no page looks."""

    @functools.cached_property
    def lightness(self) -> bytes:
        """The preview's L for the browser."""
        return plate.pack_lightness(lightness(self.preview))

    def live(self, column: int, temperature: float, saturation: float) -> dict[str, Any]:
        """One column for `picture.js`: a picture, and what further ones are drawn from."""
        return {
            "image": to_file(jpeg(self.render(column, temperature, saturation)), "preview.jpg"),
            "method": self.predictions[column][0],
            "example": self.stem if isinstance(self.source, Image.Image) else None,
            "moves": METHODS[self.predictions[column][0]].has_temperature,
            **self.sources(column),
        }

    def sources(self, column: int) -> dict[str, Any]:
        """What the browser draws a column from, as files."""
        return {
            "lightness": to_file(self.lightness, "lightness.png"),
            "plate": to_file(self.plates[column], "plate.bin"),
        }

    def render(
        self, column: int, temperature: float, saturation: float, full: bool = False
    ) -> Image.Image:
        """The picture of one column, as a preview or at the photo's own size."""
        name, prediction = self.predictions[column]
        photo = load_image(self.source) if full else self.preview
        return colorizer(name).render(photo, prediction, temperature, saturation)


def to_show(
    source: Any, stem: str, photo: Image.Image, predictions: tuple, plates: tuple[bytes, ...] = ()
) -> Shown:
    """A predicted photo with what the page needs of it."""
    preview = shrink(photo, PREVIEW)
    return Shown(source, stem, preview, not scores.is_grey(preview), predictions, plates)


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


def file_name(shown: Shown, column: int) -> str:
    """What a downloaded picture is called: the photo, shortened if need be, and the method."""
    return f"{shown.stem[:STEM]}-{shown.predictions[column][0]}.png"


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
