"""Charts: a table in, a Plotly figure out. No Streamlit, no files."""

from dashboard.charts.base import (
    ARROWS,
    GREY,
    TRUTH,
    colors_of,
    empty,
    finish,
    symbols_of,
    with_unit,
)
from dashboard.charts.curves import best_point, smooth, training_curve
from dashboard.charts.maps import heat_map
from dashboard.charts.metrics import metric_intervals, metric_scatter, row_styles
from dashboard.charts.prior import PRIOR_COLUMNS, prior_plane, prior_ranks, weight_ranks
from dashboard.charts.temperature import chroma_histogram, sweep_curve

__all__ = [
    "ARROWS",
    "GREY",
    "PRIOR_COLUMNS",
    "TRUTH",
    "best_point",
    "chroma_histogram",
    "colors_of",
    "empty",
    "finish",
    "heat_map",
    "metric_intervals",
    "metric_scatter",
    "prior_plane",
    "prior_ranks",
    "row_styles",
    "smooth",
    "sweep_curve",
    "symbols_of",
    "training_curve",
    "weight_ranks",
    "with_unit",
]
