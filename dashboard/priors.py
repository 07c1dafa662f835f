"""Class priors: read from the checkpoints; smoothed and turned into weights by `bins`."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import results


@dataclass(frozen=True)
class Prior:
    """Counts of colour classes, and on what they were counted."""

    data: str
    """Name of the data set, or of the training run."""
    photos: int
    cell: int
    origin: int
    counts: tuple[float, ...]
    """Per class, in the order of `classes.grid_centres`; any positive scale."""


def load_priors(runs: list[results.Run]) -> tuple[list[Prior], list[str]]:
    """Every prior stored beside or in the checkpoints, and what could not be read."""
    priors, problems = [], []
    path = results.root() / results.PRIOR
    content, problem = results.read_json(path)
    if problem is None:
        found, problem = results.guarded(_stored_priors, content)
        priors += found or []
        problem = problem and f"{results.PRIOR} {problem}"
    if problem and path.exists():
        problems.append(problem)
    for run in runs:
        prior = _trained_prior(run)
        priors += [prior] if prior else []
    return priors, problems


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


def _trained_prior(run: results.Run) -> Prior | None:
    """The prior inside a classifier's weights."""
    config = run.config or {}
    if not run.usable or not {"cell", "origin"} <= config.keys():
        return None
    if config.get("color_space", "lab") != "lab":
        return None  # the page draws the plane of a and b
    path = run.folder / results.WEIGHTS
    counts = _stored_tensor(str(path), "prior", results.stamp(path))
    if counts is None:
        return None
    training = run.training or {}
    names = [str(name) for name in training.get("data") or []]
    data = f"{run.name}, as trained" + (f" on {' + '.join(names)}" if names else "")
    photos = int(training.get("training_photos") or 0)
    return Prior(data, photos, config["cell"], config["origin"], counts)


@st.cache_data(max_entries=32, show_spinner=False)
def _stored_tensor(path: str, name: str, key: results.Stamp) -> tuple[float, ...] | None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            return tuple(float(value) for value in file.get_tensor(name))
    except (SafetensorError, OSError, ValueError, TypeError):
        return None


@st.cache_data(max_entries=64, show_spinner=False)
def prior_table(prior: Prior, sigma: float, uniform_share: float) -> pd.DataFrame:
    """A line per class: a, b, colour, prior p, smoothed prior p̃ and weight w.

    Raises:
        ValueError: counts that do not fit the grid, or λ = 0 with an empty class.
    """
    import torch

    from colorize_core.color import classes

    counts = torch.tensor(prior.counts, dtype=torch.float64)
    centres = classes.grid_centres(prior.cell, prior.origin)
    if len(centres) != len(counts):
        raise ValueError(f"the grid has {len(centres)} classes, the file counts {len(counts)}")
    smoothed = classes.smooth_prior(counts, centres, sigma)
    weights = classes.rebalancing_weights(smoothed, uniform_share)
    return pd.DataFrame(
        {
            "a": centres[:, 0].numpy(),
            "b": centres[:, 1].numpy(),
            "colour": _colors(prior.cell, prior.origin),
            "prior": (counts / counts.sum()).numpy(),
            "smoothed": smoothed.numpy(),
            "weight": weights.numpy(),
        }
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _colors(cell: int, origin: int) -> list[str]:
    from colorize_core.color import classes
    from colorize_core.evaluation.class_prior import class_colors

    return class_colors(classes.grid_centres(cell, origin))


@st.cache_data(max_entries=4, show_spinner=False)
def disk_outline(cell: int, origin: int) -> np.ndarray | None:
    """The cells of report 001's disk, for its grid; None for other grids."""
    from colorize_core.evaluation.class_prior import GRIDS, Grid, disk_cells

    grid = Grid(cell, origin)
    return disk_cells(grid).numpy() if grid == GRIDS["16"] else None
