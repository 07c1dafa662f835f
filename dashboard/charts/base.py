"""What all charts share: palette, marks, axis titles, margins."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

# Okabe and Ito's palette, told apart with every common colour blindness; black and yellow are
# left out, since one of them vanishes on a dark or on a light page.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")
GREY = "#8A8A8A"
TRUTH = "#A6761D"
HEIGHT = 340
Cell = dict[str, Any]
"""A row of the long table of `results.load_metrics`."""


def colors_of(names: Sequence[str]) -> dict[str, str]:
    """One colour per name, in order; beyond six they repeat, with other symbols."""
    return {name: COLORS[i % len(COLORS)] for i, name in enumerate(names)}


def finish(
    figure: go.Figure, x_title: str, y_title: str, revision: str, height: int = HEIGHT
) -> go.Figure:
    """What all charts share: axis titles, margins, the legend above, and a zoom that stays.

    Args:
        figure: to be changed.
        x_title: with its unit.
        y_title: with its unit.
        revision: as long as it is the same, redrawing keeps the reader's zoom.
        height: pixels.
    """
    layout = figure.layout  # part by part: `update_layout` takes ten times as long
    layout.height = height
    # Fixed: with automatic margins Plotly draws every chart once more.
    layout.margin = {"l": 68, "r": 8, "t": 24, "b": 48}
    layout.legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0}
    layout.legend.title = {"text": ""}
    layout.hoverlabel = {"align": "left"}
    layout.uirevision = revision
    for axis, title, gap in ((layout.xaxis, x_title, 8), (layout.yaxis, y_title, 16)):
        axis.title = {"text": title, "standoff": gap}
        axis.automargin = False  # Streamlit's theme would set it
    return figure


def empty(text: str, height: int = HEIGHT) -> go.Figure:
    """A chart that says why it has no data."""
    figure = go.Figure()
    figure.add_annotation(
        text=text, showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper", font_size=14
    )
    figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure
