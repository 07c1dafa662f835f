"""Cached colorizations: photo × method × temperature -> picture and measures."""

import importlib.util
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from colorize_core.errors import ColorizeError
from dashboard import results
from dashboard.results import Run, Stamp

SIDE = 320
"""Long side at which gallery photos are colorized, shown and measured, pixels."""
MAP_SIDE = 160
"""Long side of the maps of error and entropy, pixels."""
BUNDLED = {
    "chelsea.png": "cat",
    "coffee.png": "coffee",
    "astronaut.png": "astronaut",
    "rocket.jpg": "rocket",
    "motorcycle_left.png": "motorcycle",
    "retina.jpg": "retina",
    "ihc.png": "cells under a microscope",
    "hubble_deep_field.jpg": "deep space",
}


@dataclass(frozen=True)
class Source:
    """A photo on disk, with what the caches are keyed on."""

    path: str
    stamp: Stamp
    title: str


@dataclass(frozen=True)
class Shown:
    """A picture ready for the page, and how it compares with its original."""

    jpeg: bytes
    measures: dict[str, float]


def bundled_photos() -> list[Source]:
    """The photographs inside scikit-image's wheel; nothing is downloaded."""
    spec = importlib.util.find_spec("skimage")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "data"
    found = [(folder / name, title) for name, title in BUNDLED.items()]
    return [Source(str(p), results.stamp(p), title) for p, title in found if p.is_file()]


def folder_photos(folder: str, limit: int) -> list[Source]:
    """Photos of the user's folder, evenly thinned.

    Raises:
        DataError: no such folder, or no picture in it.
    """
    from colorize_core.data.folders import list_photos

    files = list_photos(Path(folder).expanduser())
    if len(files) > limit:
        files = [files[i * len(files) // limit] for i in range(limit)]
    return [Source(str(f.path), results.stamp(f.path), f.path.name) for f in files]


def key_of(run: Run) -> tuple[str, str, tuple[Stamp, ...]]:
    """Method, folder and file stamps: what cached results of a run depend on."""
    files = (results.CONFIG, results.WEIGHTS)
    return run.method or "", str(run.folder), tuple(results.stamp(run.folder / f) for f in files)


def load_colorizer(run: Run) -> Any:
    """The loaded method of a run.

    Raises:
        ColorizeError: damaged or unknown.
    """
    return cached_colorizer(*key_of(run))


@st.cache_resource(max_entries=24, show_spinner=False)
def cached_colorizer(method: str, folder: str, stamps: tuple[Stamp, ...]) -> Any:
    """As `load_colorizer`; the stamps make changed files count as others."""
    from colorize_core.inference.colorizer import load_colorizer

    return load_colorizer(method, folder)


def open_photo(source: Source, side: int = SIDE) -> Image.Image:
    """The photo, shrunk.

    Raises:
        PhotoError: it cannot be read.
    """
    return _photo(source.path, source.stamp, side)


@st.cache_resource(max_entries=64, show_spinner=False)
def _photo(path: str, key: Stamp, side: int) -> Image.Image:
    from colorize_core.image.read import load_image
    from colorize_core.image.resize import shrink

    return shrink(load_image(path), side)


@st.cache_resource(max_entries=64, show_spinner=False)
def _prediction(
    path: str, key: Stamp, side: int, method: str, folder: str, stamps: tuple[Stamp, ...]
) -> Any:
    """One pass of the network; temperatures share it."""
    return cached_colorizer(method, folder, stamps).predict(_photo(path, key, side))


def predict(source: Source, run: Run, side: int = SIDE) -> Any:
    """As `_prediction`."""
    return _prediction(source.path, source.stamp, side, *key_of(run))


def colorize(source: Source, run: Run, temperature: float | None, side: int = SIDE) -> Image.Image:
    """A method's picture of a photo.

    Raises:
        ColorizeError: photo or method cannot be used.
    """
    photo = open_photo(source, side)
    return load_colorizer(run).render(photo, predict(source, run, side), temperature)


def show(source: Source, run: Run | str, temperature: float | None, side: int = SIDE) -> Shown:
    """A method's picture, or that of "truth" or "grey", with its measures.

    Raises:
        ColorizeError: photo or method cannot be used.
    """
    if isinstance(run, str):
        return _show(source.path, source.stamp, side, run, "", (), None)
    if not takes_temperature(run):
        temperature = None
    return _show(source.path, source.stamp, side, *key_of(run), temperature)


@st.cache_data(max_entries=2048, show_spinner=False)
def _show(
    path: str,
    key: Stamp,
    side: int,
    method: str,
    folder: str,
    stamps: tuple[Stamp, ...],
    temperature: float | None,
) -> Shown:
    photo = _photo(path, key, side)
    picture = _picture(path, key, side, method, folder, stamps, temperature)
    return Shown(to_jpeg(picture), measure(picture, photo))


def _picture(
    path: str,
    key: Stamp,
    side: int,
    method: str,
    folder: str,
    stamps: tuple[Stamp, ...],
    temperature: float | None,
) -> Image.Image:
    from colorize_core.inference.colorizer import grey_picture

    photo = _photo(path, key, side)
    if method == "truth":
        return photo
    if method == "grey":
        return grey_picture(photo)
    prediction = _prediction(path, key, side, method, folder, stamps)
    return cached_colorizer(method, folder, stamps).render(photo, prediction, temperature)


def takes_temperature(run: Run) -> bool:
    """Whether T changes a run's pictures."""
    return bool(run.method) and results.methods()[run.method].has_temperature


def to_jpeg(picture: Image.Image) -> bytes:
    """For the page: 20 times faster to make than PNG."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=92, subsampling=0)
    return buffer.getvalue()


def measure(picture: Image.Image, original: Image.Image) -> dict[str, float]:
    """All measures that a picture of anything has."""
    from colorize_core.metrics.scores import to_tensor
    from colorize_core.metrics.table import METRICS, Pair

    pair = Pair.of(to_tensor(picture), to_tensor(original))
    return {name: float(m.measure(pair)) for name, m in METRICS.items() if m.fits(None)}


def disagreement(sources: list[Source], runs: list[Run], temperature: float | None) -> list[float]:
    """Mean ΔE2000 between the pictures of every two methods, per photo; 0 for one method."""
    return [_disagreement(source, runs, temperature) for source in sources]


def _disagreement(source: Source, runs: list[Run], temperature: float | None) -> float:
    from itertools import combinations

    from colorize_core.color.conversions import rgb_to_lab
    from colorize_core.color.difference import delta_e2000
    from colorize_core.metrics.scores import to_tensor

    labs = []
    for run in runs:
        try:
            jpeg = show(source, run, temperature).jpeg
        except ColorizeError:
            continue
        labs.append(rgb_to_lab(to_tensor(Image.open(io.BytesIO(jpeg)))))
    differences = [float(delta_e2000(a, b).mean()) for a, b in combinations(labs, 2)]
    return float(np.mean(differences)) if differences else 0.0


def error_map(source: Source, run: Run, temperature: float | None) -> np.ndarray:
    """‖ab − ab*‖ at every pixel, (H, W), in Lab units, on a small copy."""
    from colorize_core.color.conversions import chroma, rgb_to_lab
    from colorize_core.metrics.scores import to_tensor

    picture = colorize(source, run, temperature)
    lab, true = (rgb_to_lab(to_tensor(p))[:, 1:] for p in (picture, open_photo(source)))
    return _small(chroma(lab - true)[0].numpy())


def entropy_map(source: Source, run: Run) -> np.ndarray:
    """Entropy of a classifier's distribution, (h, w) of the network's grid, in bits."""
    from colorize_core.color.classes import entropy_bits

    return entropy_bits(predict(source, run).output)[0].numpy()


def _small(values: np.ndarray) -> np.ndarray:
    """Average down to at most MAP_SIDE, so that the page stays light."""
    step = -(-max(values.shape) // MAP_SIDE)
    height, width = (length // step * step for length in values.shape)
    blocks = values[:height, :width].reshape(height // step, step, width // step, step)
    return blocks.mean((1, 3))


def metric_frame(shown: dict[str, dict[str, float]]) -> pd.DataFrame:
    """Measures as a table for people: a line per picture, titled columns."""
    from colorize_core.metrics.table import METRICS

    arrows = {True: " ↑", False: " ↓", None: ""}
    columns = {
        name: f"{m.title}{f' ({m.unit})' if m.unit else ''}{arrows[m.higher_is_better]}"
        for name, m in METRICS.items()
    }
    frame = pd.DataFrame.from_dict(shown, orient="index").round(3)
    return frame.rename(columns=columns)
