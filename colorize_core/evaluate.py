"""Measure methods on photos never trained on: methods × pictures -> metrics.json.

Every picture goes the whole path that a user's photo goes, to 8-bit RGB at its own size. Plain
grey and the truth are measured as if they were methods.
"""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from colorize_core import bins
from colorize_core.checkpoint import METRICS as METRICS_FILE
from colorize_core.checkpoint import write_json
from colorize_core.data.folders import PhotoFile, list_photos
from colorize_core.errors import DataError, PhotoError
from colorize_core.inference import Colorizer, grey_picture
from colorize_core.metrics.auc import accuracy_area
from colorize_core.metrics.scores import to_tensor
from colorize_core.metrics.table import METRICS, Pair
from colorize_core.photo import load_image

TEMPERATURES = (1.0, 0.38, 0.09, 0.0)
BOOTSTRAP = 1000
MAX_SIDE = 1024
"""Larger test photos are shrunk, so that one of them does not hold up the rest."""


@dataclass
class Row:
    """One line of the table, picture by picture."""

    values: dict[str, list[float]] = field(default_factory=dict)
    weighted: list[tuple[float, float]] = field(default_factory=list)
    """Per picture: Σ weight · area and Σ weight, for the rebalanced AuC."""

    def add(self, pair: Pair, weights: Tensor) -> None:
        """Measure one picture; `weights` is that of each pixel, (H, W)."""
        for name, metric in METRICS.items():
            if metric.measure is not None:
                self.values.setdefault(name, []).append(float(metric.measure(pair)))
        area = accuracy_area(pair.lab[:, 1:], pair.lab_true[:, 1:])[0]
        self.weighted.append((float((area * weights).sum()), float(weights.sum())))

    def summary(self) -> dict[str, dict[str, float]]:
        """Value and 95 % interval of every metric."""
        table = {name: _interval(np.asarray(v), np.ones(len(v))) for name, v in self.values.items()}
        area, weight = np.asarray(self.weighted).T
        table["rebalanced_auc"] = _interval(100 * area, weight)
        return {name: table[name] for name in METRICS}


def _interval(numerator: np.ndarray, denominator: np.ndarray) -> dict[str, float]:
    """Ratio of sums with its 95 % bootstrap interval over pictures (Efron 1979)."""
    draws = np.random.default_rng(0).integers(0, len(numerator), (BOOTSTRAP, len(numerator)))
    ratios = numerator[draws].sum(1) / denominator[draws].sum(1)
    low, high = np.percentile(ratios, (2.5, 97.5))
    value = numerator.sum() / denominator.sum()
    return {"value": round(value, 4), "low": round(low, 4), "high": round(high, 4)}


@dataclass(frozen=True)
class TestPhoto:
    """A photo that can be read, and where it came from."""

    path: Path
    data: str
    picture: Image.Image


def collect(folders: list[Path], split: str, limit: int | None) -> list[PhotoFile]:
    """Files of the chosen split of several folders, evenly thinned to `limit`.

    Raises:
        DataError: no such folder, or no picture in it.
    """
    if not folders:
        raise DataError("no photos to evaluate on; give --data FOLDER at least once")
    files = [file for folder in folders for file in list_photos(Path(folder), split)]
    if limit is not None and len(files) > limit:
        files = [files[i * len(files) // limit] for i in range(limit)]
    return files


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
        yield TestPhoto(file.path, file.group.partition("/")[0], picture)


def class_weights(files: list[PhotoFile], centres: Tensor) -> Tensor:
    """1 / frequency of every colour class among the pixels of the photos, (Q,)."""
    counts = torch.zeros(len(centres), dtype=torch.float64)
    for photo in read_photos(files, lambda _: None):
        ab = _lab_of(photo.picture)[0, 1:].flatten(1).T
        counts += bins.count_bins(ab, centres)
    return torch.where(counts > 0, counts.sum() / counts, 0.0).float()


def _lab_of(picture: Image.Image) -> Tensor:
    rgb = to_tensor(picture)
    return Pair.of(rgb, rgb).lab


def evaluate(
    colorizers: list[Colorizer],
    files: list[PhotoFile],
    report: Callable[[str], None] = lambda text: None,
    advance: Callable[[], None] = lambda: None,
) -> dict[str, dict[str, Row]]:
    """Measure methods, plain grey and the truth.

    Args:
        colorizers: the methods.
        files: photos in colour.
        report: called with one line for each photo that is left out.
        advance: called after every photo.

    Returns:
        Rows by method ("grey" and "truth" among them), then by variant: "" or "T=0.38".

    Raises:
        DataError: no photo could be read.
    """
    centres = bins.grid_centres()
    weight_of = class_weights(files, centres)
    table: dict[str, dict[str, Row]] = {}
    for photo in read_photos(files, report):
        truth = to_tensor(photo.picture)
        true_pair = Pair.of(truth, truth)
        weights = weight_of[bins.nearest_bin(true_pair.lab[0, 1:].movedim(0, -1), centres)]
        for method, variant, picture in _variants(colorizers, photo.picture):
            pair = Pair(to_tensor(picture), truth, _lab_of(picture), true_pair.lab)
            table.setdefault(method, {}).setdefault(variant, Row()).add(pair, weights)
        advance()
    if not table:
        raise DataError(f"none of {len(files)} photos could be read; the first is {files[0].path}")
    return table


def _variants(
    colorizers: list[Colorizer], photo: Image.Image
) -> Iterator[tuple[str, str, Image.Image]]:
    """Every picture that is measured for one photo: method, variant, picture."""
    yield "truth", "", photo
    yield "grey", "", grey_picture(photo)
    for colorizer in colorizers:
        prediction = colorizer.predict(photo)
        temperatures = TEMPERATURES if colorizer.method.has_temperature else (None,)
        for temperature in temperatures:
            variant = "" if temperature is None else f"T={temperature:g}"
            picture = colorizer.render(photo, prediction, temperature)
            yield colorizer.method.name, variant, picture


def method_report(
    colorizer: Colorizer, table: dict[str, dict[str, Row]], files: list[PhotoFile]
) -> dict[str, Any]:
    """What metrics.json of one method holds."""
    rows = {variant: row.summary() for variant, row in table[colorizer.method.name].items()}
    return {
        "method": colorizer.method.name,
        "rows": rows,
        "grey": table["grey"][""].summary(),
        "truth": table["truth"][""].summary(),
        "n": len(table["truth"][""].weighted),
        "data": _data_counts(files),
        "network_side": colorizer.config.side,
        "intervals": f"95 %, bootstrap over pictures, {BOOTSTRAP} draws",
        "torch": torch.__version__.partition("+")[0],
        "python": platform.python_version(),
    }


def _data_counts(files: list[PhotoFile]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for file in files:
        name = file.group.partition("/")[0]
        counts[name] = counts.get(name, 0) + 1
    return counts


def write_report(folder: Path, report: dict[str, Any]) -> None:
    """Write metrics.json of one method folder, atomically."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / METRICS_FILE, report)
