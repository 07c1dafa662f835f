"""What temperature does: measures of a classification method at every T -> sweep.json.

The network runs once per photo; each temperature then only decodes its scores anew. Pictures
take the same way to 8-bit RGB as in `evaluate`, so that both agree where they meet.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from colorize_core import bins
from colorize_core.checkpoint import write_atomically
from colorize_core.color import chroma, rgb_to_lab
from colorize_core.data.folders import PhotoFile
from colorize_core.errors import ConfigError, DataError
from colorize_core.evaluate import (
    BOOTSTRAP,
    _data_counts,
    _interval,
    class_weights,
    read_photos,
)
from colorize_core.inference import Colorizer, grey_picture
from colorize_core.metrics.auc import accuracy_area
from colorize_core.metrics.roughness import roughness
from colorize_core.metrics.scores import to_tensor
from colorize_core.metrics.table import METRICS, Metric, Pair

FILE = "sweep.json"
TEMPERATURES = tuple(sorted({i / 20 for i in range(21)} | {0.09, 0.38}))
"""0, 0.05, …, 1, and the two temperatures that reports recommend."""
HISTOGRAM_MAX = 120
HISTOGRAM_STEP = 2
"""Of the chroma histogram, in ab units; the last bin holds everything above."""

SWEEP_METRICS: dict[str, Metric] = {
    name: METRICS[name]
    for name in ("colourfulness", "chroma", "raw_auc", "rebalanced_auc", "delta_e2000")
} | {
    "roughness": Metric(
        "roughness",
        "Roughness of ab",
        "ab units per pixel",
        None,
        "total variation, metrics/roughness.py",
        lambda pair: roughness(pair.lab[:, 1:]).mean(),
    )
}


@dataclass
class Column:
    """Measures at one temperature, picture by picture."""

    values: dict[str, list[float]] = field(default_factory=dict)
    weighted: list[tuple[float, float]] = field(default_factory=list)
    """Per picture: Σ weight · area and Σ weight, for the rebalanced AuC."""
    histogram: Tensor = field(
        default_factory=lambda: torch.zeros(HISTOGRAM_MAX // HISTOGRAM_STEP, dtype=torch.float64)
    )

    def add(self, pair: Pair, weights: Tensor) -> None:
        """Measure one picture; `weights` is that of each pixel, (H, W)."""
        for name, metric in SWEEP_METRICS.items():
            if metric.measure is not None:
                self.values.setdefault(name, []).append(float(metric.measure(pair)))
        area = accuracy_area(pair.lab[:, 1:], pair.lab_true[:, 1:])[0]
        self.weighted.append((float((area * weights).sum()), float(weights.sum())))
        self.histogram += _chroma_histogram(pair.lab)

    def summary(self) -> dict[str, dict[str, float]]:
        """Value and 95 % interval of every measure."""
        table = {name: _interval(np.asarray(v), np.ones(len(v))) for name, v in self.values.items()}
        area, weight = np.asarray(self.weighted).T
        table["rebalanced_auc"] = _interval(100 * area, weight)
        return {name: table[name] for name in SWEEP_METRICS}

    def shares(self) -> list[float]:
        """The chroma histogram as shares of all pixels."""
        return [round(share, 6) for share in (self.histogram / self.histogram.sum()).tolist()]


def _chroma_histogram(lab: Tensor) -> Tensor:
    """Pixels per chroma bin: (1, 3, H, W) -> (HISTOGRAM_MAX / HISTOGRAM_STEP,), float64."""
    size = HISTOGRAM_MAX // HISTOGRAM_STEP
    index = (chroma(lab[:, 1:]) / HISTOGRAM_STEP).long().clamp(max=size - 1)
    return torch.bincount(index.flatten(), minlength=size).double()


def sweep(
    colorizer: Colorizer,
    files: list[PhotoFile],
    report: Callable[[str], None] = lambda text: None,
    advance: Callable[[], None] = lambda: None,
    temperatures: tuple[float, ...] = TEMPERATURES,
) -> dict[str, Any]:
    """Measure one classification method at many temperatures, beside grey and the truth.

    Args:
        colorizer: of a method that has a temperature.
        files: photos in colour.
        report: called with one line for each photo that is left out.
        advance: called after every photo.
        temperatures: in [0, 1], ascending.

    Returns:
        What sweep.json holds.

    Raises:
        ConfigError: a method without temperature.
        DataError: no photo could be read.
    """
    if not colorizer.method.has_temperature:
        raise ConfigError(f"{colorizer.method.name} has no temperature; sweep a classifier")
    centres = bins.grid_centres()
    weight_of = class_weights(files, centres)
    columns: dict[Any, Column] = {key: Column() for key in ("truth", "grey", *temperatures)}
    for photo in read_photos(files, report):
        _measure(colorizer, photo.picture, centres, weight_of, columns)
        advance()
    if not columns["truth"].weighted:
        raise DataError(f"none of {len(files)} photos could be read; the first is {files[0].path}")
    return _report(colorizer, files, columns, temperatures)


def _measure(
    colorizer: Colorizer,
    photo: Image.Image,
    centres: Tensor,
    weight_of: Tensor,
    columns: dict[Any, Column],
) -> None:
    """Add one photo to every column."""
    truth = Pair.of(to_tensor(photo), to_tensor(photo))
    weights = weight_of[bins.nearest_bin(truth.lab[0, 1:].movedim(0, -1), centres)]
    prediction = colorizer.predict(photo)
    for key, column in columns.items():
        if key == "truth":
            picture = photo
        elif key == "grey":
            picture = grey_picture(photo)
        else:
            picture = colorizer.render(photo, prediction, key)
        rgb = to_tensor(picture)
        column.add(Pair(rgb, truth.rgb, rgb_to_lab(rgb), truth.lab), weights)


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
        "n": len(columns["truth"].weighted),
        "data": _data_counts(files),
        "network_side": colorizer.config.side,
        "intervals": f"95 %, bootstrap over pictures, {BOOTSTRAP} draws",
        "temperatures": list(temperatures),
        "measures": {
            name: {part: [s[name][part] for s in summaries] for part in ("value", "low", "high")}
            for name in SWEEP_METRICS
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
