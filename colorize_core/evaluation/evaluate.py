"""Measure methods on photos never trained on: methods × photos -> metrics.json.

Every picture goes the whole path that a user's photo goes, to 8-bit RGB at its own size. Plain
grey and the truth are measured as if they were methods. Photos in folders named after the
classes of an evaluation classifier are shown to it as well.
"""

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import torch
import torchmetrics
from PIL import Image
from torch import Tensor

from colorize_core.color.conversions import rgb_to_lab
from colorize_core.data.folders import PhotoFile, is_split, list_photos, spread
from colorize_core.errors import DataError, PhotoError
from colorize_core.evaluation.classifiers import label_of
from colorize_core.evaluation.groups import by_group
from colorize_core.evaluation.panel import Panel, assign
from colorize_core.image.read import load_image
from colorize_core.inference.colorizer import Colorizer
from colorize_core.inference.lightness import grey_picture
from colorize_core.metrics.accumulator import Accumulator, ColorClasses
from colorize_core.metrics.bootstrap import BOOTSTRAP
from colorize_core.metrics.pair import Pair
from colorize_core.metrics.scores import to_tensor

TEMPERATURES = (1.0, 0.38, 0.09, 0.0)
AS_GENERATED = "as generated"
"""The variant of a method that answers in RGB, without the photo's own lightness."""
MAX_SIDE = 1024
"""Larger test photos are shrunk, so that one of them does not hold up the rest."""
BATCH_PIXELS = 1 << 16
"""Photos of one size are measured together up to so many pixels: small ones would otherwise cost
more in calls than in arithmetic, large ones would fall out of the processor's cache."""


@dataclass(frozen=True)
class TestPhoto:
    """A photo that can be read, and where it came from."""

    path: Path
    data: str
    label: str | None
    """Name of the folder that it lies in."""
    picture: Image.Image


@dataclass
class PhotoSet:
    """Photos that were measured, without their pixels."""

    data: Counter[str] = field(default_factory=Counter)
    """Photos by data set."""
    classifiers: Counter[str] = field(default_factory=Counter)
    """By evaluation classifier, how many photos it named."""
    groups: list[str] = field(default_factory=list)
    """Data set and folder of every photo, such as photos/faces."""
    sides: list[int] = field(default_factory=list)
    """Long side of every photo, pixels."""
    classes: ColorClasses = field(default_factory=ColorClasses)

    def __len__(self) -> int:
        return len(self.sides)

    def describe(self, split: str) -> dict[str, Any]:
        """What metrics.json and sweep.json say of the photos.

        Args:
            split: see `split_of`.
        """
        return {
            "split": split,
            "data": dict(self.data),
            "n": len(self),
            "classifier": dict(self.classifiers),
            "picture_side": {"least": min(self.sides), "most": max(self.sides)},
        }


@dataclass
class Results:
    """Methods measured on the same photos."""

    photos: PhotoSet
    rows: dict[str, dict[str, Accumulator]] = field(default_factory=dict)
    """By method ("grey" and "truth" among them), then by variant: "", "T=0.38"…"""


def collect(folders: list[Path], split: str, limit: int | None) -> list[PhotoFile]:
    """Files of the chosen split of several folders, evenly thinned to `limit`.

    Raises:
        DataError: no such folder, or no picture in it.
    """
    if not folders:
        raise DataError("no photos to evaluate on; give --data FOLDER at least once")
    return spread([file for folder in folders for file in list_photos(Path(folder), split)], limit)


def split_of(folders: list[Path], split: str) -> str:
    """What the photos that `collect` finds are: of the split, or "all" where none has splits."""
    return split if any(is_split(folder) for folder in folders) else "all"


def read_photos(files: list[PhotoFile], warn: Callable[[str], None]) -> Iterator[TestPhoto]:
    """Decode one after another; a broken file is reported and left out."""
    for file in files:
        try:
            picture = load_image(file.path)
        except PhotoError as error:
            warn(f"skipped: {error}")
            continue
        if max(picture.size) > MAX_SIDE:
            picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
        yield TestPhoto(file.path, file.group.partition("/")[0], label_of(file), picture)


def batches(photos: Iterable[TestPhoto]) -> Iterator[list[TestPhoto]]:
    """Photos that follow one another and have one size, up to `BATCH_PIXELS` together."""
    for (width, height), same in groupby(photos, lambda photo: photo.picture.size):
        limit = max(1, BATCH_PIXELS // (width * height))
        batch: list[TestPhoto] = []
        for photo in same:
            batch.append(photo)
            if len(batch) == limit:
                yield batch
                batch = []
        if batch:
            yield batch


class Batch:
    """Originals of one size, with what every row needs of them."""

    def __init__(self, photos: list[TestPhoto], known: PhotoSet, panel: Panel) -> None:
        self.photos = photos
        self.rgb = stack([photo.picture for photo in photos])  # (B, 3, H, W)
        self.lab = rgb_to_lab(self.rgb)
        self.nearest = known.classes.add(self.lab)  # (B, H W)
        self.labels = [photo.label for photo in photos]
        self.assigned = list(assign(panel, self.labels))
        known.data.update(photo.data for photo in photos)
        known.groups += [f"{photo.data}/{photo.label or ''}" for photo in photos]
        known.sides += [max(photo.picture.size) for photo in photos]
        for loaded, index, _ in self.assigned:
            known.classifiers[loaded.classifier.name] += len(index)

    def measure(self, pictures: list[Image.Image], row: Accumulator) -> None:
        """Add what was made of the photos to a row."""
        rgb = stack(pictures)
        row.add(Pair(rgb, self.rgb, rgb_to_lab(rgb), self.lab), self.nearest, self.labels)
        for loaded, index, target in self.assigned:
            row.add_recognition(loaded.probabilities(rgb[index]), target)


def stack(pictures: list[Image.Image]) -> Tensor:
    """Pictures of one size -> sRGB, (B, 3, H, W), in [0, 1]."""
    return torch.cat([to_tensor(picture) for picture in pictures])


@torch.inference_mode()
def evaluate(
    colorizers: list[Colorizer],
    files: list[PhotoFile],
    warn: Callable[[str], None] = lambda text: None,
    advance: Callable[[], None] = lambda: None,
    panel: Panel | None = None,
) -> Results:
    """Measure methods, plain grey and the truth.

    Args:
        colorizers: the methods.
        files: photos in colour.
        warn: called with one line for each photo that is left out.
        advance: called after every photo that was measured.
        panel: who names the photos that have labels; see `panel.choose_panel`.

    Raises:
        DataError: no photo could be read.
    """
    results = Results(PhotoSet())
    classes = results.photos.classes
    for photos in batches(read_photos(files, warn)):
        batch = Batch(photos, results.photos, panel or {})
        for method, variant, pictures in _made_of(batch, colorizers):
            rows = results.rows.setdefault(method, {})
            batch.measure(pictures, rows.setdefault(variant, Accumulator(classes)))
        for _ in photos:
            advance()
    if not results.rows:
        raise DataError(f"none of {len(files)} photos could be read; the first is {files[0].path}")
    return results


def _made_of(
    batch: Batch, colorizers: list[Colorizer]
) -> Iterator[tuple[str, str, list[Image.Image]]]:
    """Everything that is measured for a batch: method, variant, a picture for each photo."""
    photos = [photo.picture for photo in batch.photos]
    yield "truth", "", photos
    yield "grey", "", [grey_picture(photo) for photo in photos]
    for colorizer in colorizers:
        made: dict[str, list[Image.Image]] = {}
        for photo in photos:
            for variant, picture in variants(colorizer, photo):
                made.setdefault(variant, []).append(picture)
        for variant, pictures in made.items():
            yield colorizer.method.name, variant, pictures


def variants(colorizer: Colorizer, photo: Image.Image) -> Iterator[tuple[str, Image.Image]]:
    """Every picture that a method makes of one photo."""
    prediction = colorizer.predict(photo)
    if colorizer.method.has_temperature:
        for temperature in TEMPERATURES:
            yield f"T={temperature:g}", colorizer.render(photo, prediction, temperature)
        return
    yield "", colorizer.render(photo, prediction)
    if colorizer.generates_rgb:
        yield AS_GENERATED, colorizer.generated(photo, prediction)


def method_metrics(
    colorizer: Colorizer, split: str, results: Results, elsewhere: Results | None = None
) -> dict[str, Any]:
    """What metrics.json of one method holds.

    Args:
        colorizer: the method.
        split: of the photos, see `split_of`.
        results: on photos from the sources that training photos come from.
        elsewhere: on photos from other sources.
    """
    name = colorizer.method.name
    return {
        "method": name,
        **_block(name, split, results),
        **({"elsewhere": _block(name, "test", elsewhere)} if elsewhere else {}),
        "network_side": colorizer.config.side,
        **provenance(),
    }


def _block(name: str, split: str, results: Results) -> dict[str, Any]:
    rows = results.rows
    return {
        **results.photos.describe(split),
        "rows": {variant: row.summary() for variant, row in rows[name].items()},
        "grey": rows["grey"][""].summary(),
        "truth": rows["truth"][""].summary(),
        "groups": by_group(rows[name], rows["grey"][""], results.photos.groups),
    }


def provenance() -> dict[str, str]:
    """How the intervals were made, and the software that a measure may depend on."""
    return {
        "intervals": f"95 %, bootstrap over pictures (BCa, {BOOTSTRAP} draws); rebalanced AuC: "
        "jackknife over pictures",
        "torch": torch.__version__.partition("+")[0],
        "torchmetrics": torchmetrics.__version__,
        "python": platform.python_version(),
    }
