"""Measure methods on photos never trained on: methods × pictures -> metrics.json.

Every picture goes the whole path that a user's photo goes, to 8-bit RGB at its own size. Plain
grey and the truth are measured as if they were methods. Photos in folders named after the
classes of an evaluation classifier are shown to it as well.
"""

import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import torch
import torchmetrics
from PIL import Image
from torch import Tensor

from colorize_core.color.conversions import rgb_to_lab
from colorize_core.data.folders import PhotoFile, list_photos, spread
from colorize_core.errors import CheckpointError, DataError, PhotoError
from colorize_core.evaluation.classifiers import label_of
from colorize_core.evaluation.panels import NOBODY, Jury
from colorize_core.files import write_json
from colorize_core.image.read import load_image
from colorize_core.inference.colorizer import Colorizer, grey_picture, load_colorizer
from colorize_core.methods import METHODS, get_method
from colorize_core.metrics.bootstrap import BOOTSTRAP
from colorize_core.metrics.rows import ColorClasses, Row
from colorize_core.metrics.scores import to_tensor
from colorize_core.metrics.table import Pair
from colorize_core.runs import METRICS as METRICS_FILE
from colorize_core.runs import list_runs

TEMPERATURES = (1.0, 0.38, 0.09, 0.0)
AS_GENERATED = "as generated"
"""The variant of a method that answers in RGB, without the photo's own lightness."""
MAX_SIDE = 1024
"""Larger test photos are shrunk, so that one of them does not hold up the rest."""
BATCH_PIXELS = 1 << 16
"""Photos of one size are measured together up to so many pixels: small ones would otherwise cost
more in calls than in arithmetic, large ones would fall out of the processor's cache."""

Results = dict[str, dict[str, Row]]
"""Rows by method ("grey" and "truth" among them), then by variant: "", "T=0.38"…"""


@dataclass(frozen=True)
class TestPhoto:
    """A photo that can be read, and where it came from."""

    path: Path
    data: str
    label: str | None
    """Name of the folder that it lies in."""
    picture: Image.Image


def collect(folders: list[Path], split: str, limit: int | None) -> list[PhotoFile]:
    """Files of the chosen split of several folders, evenly thinned to `limit`.

    Raises:
        DataError: no such folder, or no picture in it.
    """
    if not folders:
        raise DataError("no photos to evaluate on; give --data FOLDER at least once")
    return spread([file for folder in folders for file in list_photos(Path(folder), split)], limit)


def read_photos(files: list[PhotoFile], report: Callable[[str], None]) -> Iterator[TestPhoto]:
    """Decode one after another; a broken file is reported and left out."""
    for file in files:
        try:
            picture = load_image(file.path)
        except PhotoError as error:
            report(f"skipped: {error}")
            continue
        if max(picture.size) > MAX_SIDE:
            picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
        yield TestPhoto(file.path, data_of(file), label_of(file), picture)


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

    def __init__(self, photos: list[TestPhoto], classes: ColorClasses, jury: Jury) -> None:
        self.photos = photos
        self.rgb = stack([photo.picture for photo in photos])  # (B, 3, H, W)
        self.lab = rgb_to_lab(self.rgb)
        self.classes = classes.add(self.lab)  # (B, H W)
        self.labels = [photo.label for photo in photos]
        self.panels = jury.panels(self.labels)

    def measure(self, pictures: list[Image.Image], row: Row) -> None:
        """Add what was made of the photos to a row."""
        rgb = stack(pictures)
        row.add(Pair(rgb, self.rgb, rgb_to_lab(rgb), self.lab), self.classes, self.labels)
        for panel in self.panels:
            probabilities = panel.loaded.probabilities(rgb[panel.index])
            row.add_recognition(panel.loaded.classifier.name, probabilities, panel.target)


def stack(pictures: list[Image.Image]) -> Tensor:
    """Pictures of one size -> sRGB, (B, 3, H, W), in [0, 1]."""
    return torch.cat([to_tensor(picture) for picture in pictures])


@torch.inference_mode()
def evaluate(
    colorizers: list[Colorizer],
    files: list[PhotoFile],
    report: Callable[[str], None] = lambda text: None,
    advance: Callable[[], None] = lambda: None,
    jury: Jury = NOBODY,
) -> Results:
    """Measure methods, plain grey and the truth.

    Args:
        colorizers: the methods.
        files: photos in colour.
        report: called with one line for each photo that is left out.
        advance: called after every photo that was measured.
        jury: who names the photos that have labels; see `jury.choose_jury`.

    Raises:
        DataError: no photo could be read.
    """
    classes, table = ColorClasses(), {}
    for photos in batches(read_photos(files, report)):
        batch = Batch(photos, classes, jury)
        for method, variant, pictures in _made_of(batch, colorizers):
            row = table.setdefault(method, {}).setdefault(variant, Row(classes))
            batch.measure(pictures, row)
        for _ in photos:
            advance()
    if not table:
        raise DataError(f"none of {len(files)} photos could be read; the first is {files[0].path}")
    return table


def evaluate_by_data(
    colorizers: list[Colorizer],
    files: list[PhotoFile],
    report: Callable[[str], None] = lambda text: None,
    advance: Callable[[], None] = lambda: None,
    jury: Jury = NOBODY,
) -> dict[str, Results]:
    """Each data set by itself; arguments as for `evaluate`.

    Raises:
        DataError: no photo could be read; one set without any is reported and left out.
    """
    sets: dict[str, list[PhotoFile]] = {}
    for file in files:
        sets.setdefault(data_of(file), []).append(file)
    parts, problems = {}, []
    for name, group in sets.items():
        try:
            parts[name] = evaluate(colorizers, group, report, advance, jury)
        except DataError as error:
            problems.append(str(error))
    if not parts:
        raise DataError("; ".join(problems))
    for problem in problems:
        report(f"left out: {problem}")
    return parts


def merge(parts: Iterable[Results]) -> Results:
    """The rows of several sets of photos as those of all photos together."""
    classes, table = ColorClasses(), {}
    for part in parts:
        classes.counts += part["truth"][""].color_classes.counts
        for method, rows in part.items():
            for variant, row in rows.items():
                table.setdefault(method, {}).setdefault(variant, Row(classes)).extend(row)
    return table


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


def method_report(
    colorizer: Colorizer, parts: dict[str, Results], files: list[PhotoFile]
) -> dict[str, Any]:
    """What metrics.json of one method holds: all photos, and each of several data sets.

    Args:
        colorizer: the method.
        parts: by data set, from `evaluate_by_data`.
        files: that were measured.
    """
    name, table = colorizer.method.name, merge(parts.values())
    truth = table["truth"][""]
    several = {data: _summaries(name, part) for data, part in parts.items() if len(parts) > 1}
    return {
        "method": name,
        **_summaries(name, table),
        "data": data_counts(files),
        "classifier": dict(truth.classifiers),
        **({"parts": several} if several else {}),
        "picture_side": {"least": min(truth.sides), "most": max(truth.sides)},
        "network_side": colorizer.config.side,
        "intervals": f"95 %, bootstrap over pictures, {BOOTSTRAP} draws",
        **versions(),
    }


def _summaries(name: str, table: Results) -> dict[str, Any]:
    return {
        "rows": {variant: row.summary() for variant, row in table[name].items()},
        "grey": table["grey"][""].summary(),
        "truth": table["truth"][""].summary(),
        "n": len(table["truth"][""]),
    }


def data_of(file: PhotoFile) -> str:
    """The data set that a file belongs to."""
    return file.group.partition("/")[0]


def data_counts(files: list[PhotoFile]) -> dict[str, int]:
    """Number of photos by data set."""
    counts: dict[str, int] = {}
    for file in files:
        name = data_of(file)
        counts[name] = counts.get(name, 0) + 1
    return counts


def load_methods(names: list[str], checkpoints: Path) -> list[Colorizer]:
    """Load methods by name; no name takes every trained one.

    Raises:
        UnknownMethodError: no such method.
        CheckpointError: a method that is not trained, or a damaged checkpoint.
    """
    trained = list_runs(checkpoints)
    there = ", ".join(name for name in METHODS if name in trained) or "none yet"
    if not names and not trained:
        raise CheckpointError(f"no trained method below {checkpoints}; run colorize train first")
    for name in names:
        if get_method(name).name not in trained:
            raise CheckpointError(
                f"{name} is not trained: {checkpoints / name} holds no checkpoint; run "
                f"colorize train {name}, or choose from: {there}"
            )
    return [load_colorizer(name, checkpoints / name) for name in names or trained]


def versions() -> dict[str, str]:
    """The software that a measure may depend on."""
    return {
        "torch": torch.__version__.partition("+")[0],
        "torchmetrics": torchmetrics.__version__,
        "python": platform.python_version(),
    }


def write_report(folder: Path, report: dict[str, Any]) -> None:
    """Write metrics.json of one method folder, atomically."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / METRICS_FILE, report)
