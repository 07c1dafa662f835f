"""Charts: a table in, a Plotly figure out. No Streamlit, no files."""

from dashboard.charts.base import colors_of
from dashboard.charts.curves import training_curve
from dashboard.charts.maps import heat_map
from dashboard.charts.metrics import metric_intervals, metric_scatter
from dashboard.charts.prior import prior_plane, prior_ranks, weight_ranks
from dashboard.charts.temperature import chroma_histogram, sweep_curve

__all__ = [
    "chroma_histogram",
    "colors_of",
    "heat_map",
    "metric_intervals",
    "metric_scatter",
    "prior_plane",
    "prior_ranks",
    "sweep_curve",
    "training_curve",
    "weight_ranks",
]
