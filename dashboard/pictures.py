"""Cached colorizations: photo × run × temperature -> picture and measures.

A `Source` and a `Run` carry when their files were changed last, so a changed file is another key.
"""

import importlib.util
import io
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from colorize_core.color.classes import entropy_bits
from colorize_core.color.conversions import chroma, rgb_to_lab
from colorize_core.color.difference import delta_e2000
from colorize_core.data.folders import list_photos, spread
from colorize_core.errors import ColorizeError
from colorize_core.image.read import load_image
from colorize_core.image.resize import shrink
from colorize_core.inference.colorizer import Colorizer, Prediction, load_colorizer
from colorize_core.inference.lightness import grey_picture
from colorize_core.metrics.pair import Pair, measure
from colorize_core.metrics.scores import to_tensor
from dashboard import results
from dashboard.results import Run, Stamp

SIDE = 320
"""Long side at which photos are colorized, shown and measured, pixels."""
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
    """A photo on disk."""

    path: str
    stamp: Stamp
    title: str
    """The path below the reader's folder, since two files may share a name."""


@dataclass(frozen=True)
class Shown:
    """A picture ready for the page, and how it compares with its original."""

    jpeg: bytes
    measures: dict[str, float]


# --- photos -----------------------------------------------------------------------------------


def bundled_photos() -> list[Source]:
    """The photographs inside scikit-image's wheel; nothing is downloaded."""
    spec = importlib.util.find_spec("skimage")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "data"
    found = [(folder / name, title) for name, title in BUNDLED.items()]
    return [Source(str(p), results.stamp(p), title) for p, title in found if p.is_file()]


def folder_photos(folder: str, limit: int) -> list[Source]:
    """Photos of the reader's folder, evenly thinned.

    Raises:
        DataError: no such folder, or no picture in it.
    """
    root = Path(folder).expanduser()
    paths = [file.path for file in spread(list_photos(root), limit)]
    return [Source(str(p), results.stamp(p), p.relative_to(root).as_posix()) for p in paths]


@st.cache_resource(max_entries=64, show_spinner=False)
def open_photo(source: Source) -> Image.Image:
    """The photo, shrunk to SIDE.

    Raises:
        PhotoError: it cannot be read.
    """
    return shrink(load_image(source.path), SIDE)


# --- pictures ---------------------------------------------------------------------------------


@st.cache_resource(max_entries=24, show_spinner=False)
def colorizer_of(run: Run) -> Colorizer:
    """The loaded method of a run.

    Raises:
        ColorizeError: damaged or unknown.
    """
    return load_colorizer(run.method.name, run.folder)


@st.cache_resource(max_entries=64, show_spinner=False)
def predict(source: Source, run: Run) -> Prediction:
    """One pass of the network; temperatures share it.

    Raises:
        ColorizeError: photo or method cannot be used.
    """
    return colorizer_of(run).predict(open_photo(source))


def colorize(source: Source, run: Run | str, temperature: float | None) -> Image.Image:
    """A method's picture of a photo, or that of "truth" or "grey".

    Raises:
        ColorizeError: photo or method cannot be used.
    """
    photo = open_photo(source)
    if run == "truth":
        return photo
    if run == "grey":
        return grey_picture(photo)
    return colorizer_of(run).render(photo, predict(source, run), temperature)


def show(source: Source, run: Run | str, temperature: float | None) -> Shown:
    """As `colorize`, with the picture's measures."""
    sharpened = isinstance(run, Run) and run.has_temperature
    return _show(source, run, temperature if sharpened else None)


@st.cache_data(max_entries=2048, show_spinner=False)
def _show(source: Source, run: Run | str, temperature: float | None) -> Shown:
    picture = colorize(source, run, temperature)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=92, subsampling=0)  # 20 times faster to make than PNG
    pair = Pair.of(to_tensor(picture), to_tensor(open_photo(source)))
    measures = {name: float(value) for name, value in measure(pair).items()}
    return Shown(buffer.getvalue(), measures)


def measure_table(shown: dict[str, Shown]) -> pd.DataFrame:
    """Measures for people: a line per picture, titled columns."""
    frame = pd.DataFrame({name: picture.measures for name, picture in shown.items()}).T
    return frame.round(3).rename(columns=results.column_title)


# --- comparisons ------------------------------------------------------------------------------


def disagreement(source: Source, runs: list[Run], temperature: float | None) -> float:
    """Mean ΔE2000 between the pictures of every two methods; 0 for one method."""
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
    """‖ab − ab*‖ at every pixel, (H, W), in Lab units, averaged down to MAP_SIDE at most."""
    picture = colorize(source, run, temperature)
    lab, true = (rgb_to_lab(to_tensor(p))[:, 1:] for p in (picture, open_photo(source)))
    values = chroma(lab - true)[0].numpy()
    step = -(-max(values.shape) // MAP_SIDE)
    height, width = (length // step * step for length in values.shape)
    blocks = values[:height, :width].reshape(height // step, step, width // step, step)
    return blocks.mean((1, 3))


def entropy_map(source: Source, run: Run) -> np.ndarray:
    """Entropy of a classifier's distribution, (h, w) of the network's grid, in bits."""
    return entropy_bits(predict(source, run).output)[0].numpy()
