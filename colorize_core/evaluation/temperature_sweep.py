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
from colorize_core.evaluation.evaluate import Batch, PhotoSet, batches, provenance, read_photos
from colorize_core.evaluation.panel import Panel
from colorize_core.files import make_folder, write_atomically
from colorize_core.inference.colorizer import Colorizer, Prediction
from colorize_core.inference.lightness import grey_picture
from colorize_core.metrics.accumulator import Accumulator
from colorize_core.metrics.pair import Pair
from colorize_core.metrics.table import CLASSIFIER_METRICS
from colorize_core.runs import SWEEP

TEMPERATURES = tuple(sorted({i / 20 for i in range(21)} | {0.09, 0.38}))
"""0, 0.05, …, 1, and what Zhang et al. 2016 (0.38) and report 001 (0.09) chose."""
HISTOGRAM_MAX = 120
HISTOGRAM_STEP = 2
"""Of the chroma histogram, in ab units; the last bin holds everything above."""

MEASURED = ("colorfulness", "chroma", "raw_auc", "delta_e2000", "roughness")
"""What pixels alone tell; the rebalanced AuC comes with any, the classifier's with labels."""
SWEEP_METRICS = (*MEASURED, "rebalanced_auc", *CLASSIFIER_METRICS)


@dataclass
class Column(Accumulator):
    """Metrics at one temperature, picture by picture."""

    histogram: Tensor = field(
        default_factory=lambda: torch.zeros(HISTOGRAM_MAX // HISTOGRAM_STEP, dtype=torch.float64)
    )

    def add(self, pair: Pair, nearest: Tensor, labels: Sequence[str | None] = ()) -> None:
        """Measure pictures, as `Accumulator.add`, and count their pixels by chroma."""
        super().add(pair, nearest, labels)
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
    split: str,
    warn: Callable[[str], None] = lambda text: None,
    advance: Callable[[], None] = lambda: None,
    temperatures: tuple[float, ...] = TEMPERATURES,
    panel: Panel | None = None,
) -> dict[str, Any]:
    """Measure one classification method at many temperatures, beside grey and the truth.

    Args:
        colorizer: of a method that has a temperature.
        files: photos in colour.
        split: of the photos, see `evaluate.split_of`.
        warn: called with one line for each photo that is left out.
        advance: called after every photo that was measured.
        temperatures: in [0, 1], ascending.
        panel: who names the photos that have labels; see `panel.choose_panel`.

    Returns:
        What sweep.json holds.

    Raises:
        ConfigError: a method without temperature.
        DataError: no photo could be read.
    """
    if not colorizer.method.has_temperature:
        raise ConfigError(f"{colorizer.method.name} has no temperature; sweep a classifier")
    known = PhotoSet()
    columns: dict[Any, Column] = {
        key: Column(known.classes, MEASURED) for key in ("truth", "grey", *temperatures)
    }
    for photos in batches(read_photos(files, warn)):
        batch = Batch(photos, known, panel or {})
        predictions = [colorizer.predict(photo.picture) for photo in photos]
        for key, column in columns.items():
            made = [
                _picture(colorizer, photo.picture, prediction, key)
                for photo, prediction in zip(photos, predictions, strict=True)
            ]
            batch.measure(made, column)
        for _ in photos:
            advance()
    if not len(known):
        raise DataError(f"none of {len(files)} photos could be read; the first is {files[0].path}")
    summaries = [columns[temperature].summary() for temperature in temperatures]
    return {
        "method": colorizer.method.name,
        **known.describe(split),
        "network_side": colorizer.config.side,
        **provenance(),
        "temperatures": list(temperatures),
        "measures": {
            name: {part: [s[name][part] for s in summaries] for part in ("value", "low", "high")}
            for name in summaries[0]
        },
        "grey": columns["grey"].summary(),
        "truth": columns["truth"].summary(),
        "chroma_histogram": {
            "edges": list(range(0, HISTOGRAM_MAX + 1, HISTOGRAM_STEP)),
            "truth": columns["truth"].shares(),
            "results": [columns[temperature].shares() for temperature in temperatures],
        },
    }


def _picture(
    colorizer: Colorizer, photo: Image.Image, prediction: Prediction, key: str | float
) -> Image.Image:
    """What a column shows of a photo."""
    if key == "truth":
        return photo
    if key == "grey":
        return grey_picture(photo)
    return colorizer.render(photo, prediction, key)


def write_sweep(folder: Path, content: dict[str, Any]) -> None:
    """Write sweep.json of one method folder, atomically."""
    make_folder(folder)
    write_atomically(folder / SWEEP, json.dumps(content).encode())
