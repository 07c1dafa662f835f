"""Class priors: read from the checkpoints, smoothed and turned into weights by the core."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
import torch
from safetensors import SafetensorError, safe_open

from colorize_core import runs
from colorize_core.color.classes import grid_centres, rebalancing_weights, smooth_prior
from colorize_core.evaluation.class_prior import class_colors
from dashboard import results
from dashboard.results import Run


@dataclass(frozen=True)
class Prior:
    """Counts of colour classes, and on what they were counted."""

    data: str
    """Name of the data set, or of the training run."""
    photos: int
    cell: int
    origin: int
    counts: tuple[float, ...]
    """Per class, in the order of `grid_centres`; any positive scale."""


def load_priors(found: list[Run]) -> tuple[list[Prior], str | None]:
    """Every prior stored beside or in the checkpoints, and what could not be read."""
    root = results.root()
    stored, problem = results.try_read(root / runs.PRIOR, _stored_priors, runs.read_prior)
    trained = [_trained_prior(run) for run in found]
    missing = not (root / runs.PRIOR).exists()
    return [*(stored or []), *filter(None, trained)], None if missing else problem


def _stored_priors(content: dict[str, Any]) -> list[Prior]:
    return [
        Prior(
            name,
            int(entry["photos"]),
            int(grid["cell"]),
            int(grid["origin"]),
            tuple(float(count) for count in grid["counts"]),
        )
        for name, entry in content["data"].items()
        for grid in entry["grids"].values()
    ]


@st.cache_data(max_entries=64, show_spinner=False)
def _trained_prior(run: Run) -> Prior | None:
    """The prior inside a classifier's weights; only those in Lab fit the page's plane."""
    config = run.config
    if not run.has_temperature or config.get("color_space", "lab") != "lab":
        return None
    try:
        with safe_open(run.folder / runs.WEIGHTS, framework="numpy") as file:
            counts = tuple(float(value) for value in file.get_tensor("prior"))
        cell, origin = int(config["cell"]), int(config["origin"])
        photos = int(run.training.get("training_photos") or 0)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError):
        return None
    names = " + ".join(map(str, run.training.get("data") or []))
    data = f"{run.name}, as trained" + (f" on {names}" if names else "")
    return Prior(data, photos, cell, origin, counts)


@st.cache_data(max_entries=64, show_spinner=False)
def prior_table(prior: Prior, sigma: float, uniform_share: float) -> pd.DataFrame:
    """A line per class: a, b, colour, prior p, smoothed prior p̃ and weight w.

    Raises:
        ValueError: counts that do not fit the grid, or λ = 0 with an empty class.
    """
    counts = torch.tensor(prior.counts, dtype=torch.float64)
    centres = grid_centres(prior.cell, prior.origin)
    if len(centres) != len(counts):
        raise ValueError(f"the grid has {len(centres)} classes, the file counts {len(counts)}")
    smoothed = smooth_prior(counts, centres, sigma)
    weights = rebalancing_weights(smoothed, uniform_share)
    return pd.DataFrame(
        {
            "a": centres[:, 0].numpy(),
            "b": centres[:, 1].numpy(),
            "color": _colors(prior.cell, prior.origin),
            "prior": (counts / counts.sum()).numpy(),
            "smoothed": smoothed.numpy(),
            "weight": weights.numpy(),
        }
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _colors(cell: int, origin: int) -> list[str]:
    return class_colors(grid_centres(cell, origin))
