"""What temperature does: measures of a classification method at every T -> sweep.json.

The network runs once per photo; each temperature then only decodes its scores anew. Pictures
take the same way to 8-bit RGB as in `evaluate`, so that both agree where they meet.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from colorize_core.color.conversions import chroma
from colorize_core.data.folders import PhotoFile
from colorize_core.errors import ConfigError, DataError
from colorize_core.evaluation.evaluate import Batch, batches, data_counts, read_photos, versions
from colorize_core.evaluation.panels import NOBODY, Jury
from colorize_core.files import write_atomically
from colorize_core.inference.colorizer import Colorizer, Prediction, grey_picture
from colorize_core.metrics.bootstrap import BOOTSTRAP
from colorize_core.metrics.rows import ColorClasses, Row
from colorize_core.metrics.table import CLASSIFIER_METRICS, METRICS, Metric, Pair

FILE = "sweep.json"
TEMPERATURES = tuple(sorted({i / 20 for i in range(21)} | {0.09, 0.38}))
"""0, 0.05, …, 1, and what Zhang et al. 2016 (0.38) and report 001 (0.09) chose."""
HISTOGRAM_MAX = 120
HISTOGRAM_STEP = 2
"""Of the chroma histogram, in ab units; the last bin holds everything above."""

_NAMES = (
    *("colorfulness", "chroma", "raw_auc", "rebalanced_auc", "delta_e2000"),
    *(*CLASSIFIER_METRICS, "roughness"),
)
SWEEP_METRICS: dict[str, Metric] = {name: METRICS[name] for name in _NAMES}


@dataclass
class Column(Row):
    """Measures at one temperature, picture by picture."""

    histogram: Tensor = field(
        default_factory=lambda: torch.zeros(HISTOGRAM_MAX // HISTOGRAM_STEP, dtype=torch.float64)
    )

    def add(self, pair: Pair, classes: Tensor, labels: Sequence[str | None] = ()) -> None:
        """Measure pictures, as `Row.add`, and count their pixels by chroma."""
        super().add(pair, classes, labels)
        self.histogram += _chroma_histogram(pair.lab)

    def shares(self) -> list[float]:
        """The chroma histogram as shares of all pixels."""
        return [round(share, 6) for share in (self.histogram / self.histogram.sum()).tolist()]


def _chroma_histogram(lab: Tensor) -> Tensor:
    """Pixels per chroma bin: (B, 3, H, W) -> (HISTOGRAM_MAX / HISTOGRAM_STEP,), float64."""
    size = HISTOGRAM_MAX // HISTOGRAM_STEP
    index = (chroma(lab[:, 1:]) / HISTOGRAM_STEP).long().clamp(max=size - 1)
    return torch.bincount(index.flatten(), minlength=size).double()


@torch.inference_mode()
def sweep(
    colorizer: Colorizer,
    files: list[PhotoFile],
    report: Callable[[str], None] = lambda text: None,
    advance: Callable[[], None] = lambda: None,
    temperatures: tuple[float, ...] = TEMPERATURES,
    jury: Jury = NOBODY,
) -> dict[str, Any]:
    """Measure one classification method at many temperatures, beside grey and the truth.

    Args:
        colorizer: of a method that has a temperature.
        files: photos in colour.
        report: called with one line for each photo that is left out.
        advance: called after every photo that was measured.
        temperatures: in [0, 1], ascending.
        jury: who names the photos that have labels; see `jury.choose_jury`.

    Returns:
        What sweep.json holds.

    Raises:
        ConfigError: a method without temperature.
        DataError: no photo could be read.
    """
    if not colorizer.method.has_temperature:
        raise ConfigError(f"{colorizer.method.name} has no temperature; sweep a classifier")
    classes = ColorClasses()
    columns: dict[Any, Column] = {
        key: Column(classes, SWEEP_METRICS) for key in ("truth", "grey", *temperatures)
    }
    for photos in batches(read_photos(files, report)):
        batch = Batch(photos, classes, jury)
        predictions = [colorizer.predict(photo.picture) for photo in photos]
        for key, column in columns.items():
            made = [
                _picture(colorizer, photo.picture, prediction, key)
                for photo, prediction in zip(photos, predictions, strict=True)
            ]
            batch.measure(made, column)
        for _ in photos:
            advance()
    if not len(columns["truth"]):
        raise DataError(f"none of {len(files)} photos could be read; the first is {files[0].path}")
    return _report(colorizer, files, columns, temperatures)


def _picture(
    colorizer: Colorizer, photo: Image.Image, prediction: Prediction, key: str | float
) -> Image.Image:
    """What a column shows of a photo."""
    if key == "truth":
        return photo
    if key == "grey":
        return grey_picture(photo)
    return colorizer.render(photo, prediction, key)


def _report(
    colorizer: Colorizer,
    files: list[PhotoFile],
    columns: dict[Any, Column],
    temperatures: tuple[float, ...],
) -> dict[str, Any]:
    summaries = [columns[temperature].summary() for temperature in temperatures]
    edges = list(range(0, HISTOGRAM_MAX + 1, HISTOGRAM_STEP))
    return {
        "method": colorizer.method.name,
        "n": len(columns["truth"]),
        "data": data_counts(files),
        "classifier": dict(columns["truth"].classifiers),
        "network_side": colorizer.config.side,
        "intervals": f"95 %, bootstrap over pictures, {BOOTSTRAP} draws",
        **versions(),
        "temperatures": list(temperatures),
        "measures": {
            name: {part: [s[name][part] for s in summaries] for part in ("value", "low", "high")}
            for name in summaries[0]
        },
        "grey": columns["grey"].summary(),
        "truth": columns["truth"].summary(),
        "chroma_histogram": {
            "edges": edges,
            "truth": columns["truth"].shares(),
            "results": [columns[temperature].shares() for temperature in temperatures],
        },
    }


def write_sweep(folder: Path, report: dict[str, Any]) -> None:
    """Write sweep.json of one method folder, atomically."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / FILE, json.dumps(report).encode())
