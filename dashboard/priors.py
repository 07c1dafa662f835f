"""Class priors as tables: smoothing and weights by the formulas of `colorize_core.bins`."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.results import Prior


@st.cache_data(max_entries=64, show_spinner=False)
def prior_table(prior: Prior, sigma: float, uniform_share: float) -> pd.DataFrame:
    """A line per class: a, b, colour, prior p, smoothed prior p̃ and weight w.

    Raises:
        ValueError: counts that do not fit the grid, or λ = 0 with an empty class.
    """
    import torch

    from colorize_core import bins

    counts = torch.tensor(prior.counts, dtype=torch.float64)
    centres = bins.grid_centres(prior.cell, prior.origin)
    if len(centres) != len(counts):
        raise ValueError(f"the grid has {len(centres)} classes, the file counts {len(counts)}")
    smoothed = bins.smooth_prior(counts, centres, sigma)
    weights = bins.rebalancing_weights(smoothed, uniform_share)
    return pd.DataFrame(
        {
            "a": centres[:, 0].numpy(),
            "b": centres[:, 1].numpy(),
            "colour": _colours(prior.cell, prior.origin),
            "prior": (counts / counts.sum()).numpy(),
            "smoothed": smoothed.numpy(),
            "weight": weights.numpy(),
        }
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _colours(cell: int, origin: int) -> list[str]:
    from colorize_core import bins
    from colorize_core.prior import class_colours

    return class_colours(bins.grid_centres(cell, origin))


@st.cache_data(max_entries=4, show_spinner=False)
def disk_outline(cell: int, origin: int) -> np.ndarray | None:
    """The cells of report 001's disk, for its grid; None for other grids."""
    from colorize_core.prior import GRIDS, Grid, disk_cells

    grid = Grid(cell, origin)
    return disk_cells(grid).numpy() if grid == GRIDS["16"] else None
