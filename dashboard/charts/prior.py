"""The class prior: the colour plane, and the ranks of classes."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.base import COLORS, GREY, finish

PRIOR_COLUMNS = {
    "prior": "prior p",
    "smoothed": "smoothed prior p̃",
    "weight": "weight w",
}


def prior_plane(table: pd.DataFrame, cell: float, by: str = "color") -> go.Figure:
    """The ab plane, one square per class.

    Args:
        table: a, b, color, prior, smoothed, weight; one line per class.
        cell: width of a class, in ab units.
        by: "color" fills squares with their own colour, faintly where no pixel fell; a column
            of `PRIOR_COLUMNS` fills them by its logarithm.
    """
    figure = go.Figure()
    if by == "color":
        scale = [[i / (len(table) - 1), color] for i, color in enumerate(table["color"])]
        style = {"colorscale": scale, "zmin": 0, "zmax": len(table) - 1, "showscale": False}
        index = pd.Series(np.arange(len(table), dtype=float), table.index)
        for seen, opacity in ((False, 0.25), (True, 1.0)):
            z = index.where((table["prior"] > 0) == seen)
            _add_cells(figure, table, z, cell, opacity=opacity, **style)
    else:
        z = np.log10(table[by].where(table[by] > 0))
        bar = {"title": {"text": PRIOR_COLUMNS[by]}, "thickness": 12, "tickprefix": "10^"}
        _add_cells(figure, table, z, cell, colorscale="Viridis", colorbar=bar)
    finish(figure, "a: green − red + (Lab units)", "b: blue − yellow + (Lab units)", "plane", 460)
    figure.update_yaxes(scaleanchor="x", scaleratio=1, zeroline=False)
    return figure.update_xaxes(zeroline=False, constrain="domain")


def _add_cells(figure: go.Figure, table: pd.DataFrame, z: pd.Series, cell: float, **style) -> None:
    """Values per class as a heat map, with hover texts."""
    column = ((table["a"] - table["a"].min()) / cell).round().astype(int)
    row = ((table["b"] - table["b"].min()) / cell).round().astype(int)
    shape = row.max() + 1, column.max() + 1
    values, texts = np.full(shape, np.nan), np.full(shape, "", dtype=object)
    values[row, column] = z
    texts[row, column] = [
        f"a {line.a:g}, b {line.b:g} ({line.color})<br>prior p {line.prior:.4%}<br>"
        f"smoothed p̃ {line.smoothed:.4%}<br>weight w {line.weight:.3g}"
        for line in table.itertuples()
    ]
    figure.add_heatmap(
        x=table["a"].min() + cell * np.arange(shape[1]),
        y=table["b"].min() + cell * np.arange(shape[0]),
        z=values,
        text=texts,
        hovertemplate="%{text}<extra></extra>",
        hoverongaps=False,
        **style,
    )


def prior_ranks(table: pd.DataFrame) -> go.Figure:
    """Prior (bars in the classes' colours) and smoothed prior, commonest class first, log axis."""
    figure, part = _rank_bars(table, "prior")
    figure.add_scatter(
        x=part.index + 1,
        y=part["smoothed"],
        mode="lines",
        line={"color": COLORS[0], "width": 2},
        name=PRIOR_COLUMNS["smoothed"],
        hovertemplate="rank %{x}: p̃ %{y:.4%}<extra></extra>",
    )
    finish(figure, "class, commonest first (rank)", "share of pixels (log scale)", "ranks")
    # Far from all counted colours p̃ falls to 10^-30 and less: not worth the room.
    rarest = part["prior"].where(part["prior"] > 0).min()
    return figure.update_yaxes(
        type="log", exponentformat="power", dtick=1, range=[np.log10(rarest) - 1, 0]
    )


def weight_ranks(table: pd.DataFrame) -> go.Figure:
    """Weight of every class, in the order of `prior_ranks`, log axis."""
    figure, _ = _rank_bars(table, "weight")
    figure.add_hline(y=1, line={"color": GREY, "width": 1, "dash": "dot"})
    finish(figure, "class, commonest first (rank)", "weight w (no unit, log scale)", "weights")
    return figure.update_yaxes(type="log")


def _rank_bars(table: pd.DataFrame, column: str) -> tuple[go.Figure, pd.DataFrame]:
    """A bar for each class, and the table in their order."""
    part = table.sort_values("prior", ascending=False, ignore_index=True)
    figure = go.Figure()
    figure.add_bar(
        x=part.index + 1,
        y=part[column].where(part[column] > 0),
        marker={"color": part["color"], "line": {"width": 0}},
        name=PRIOR_COLUMNS[column],
        customdata=part[["a", "b"]],
        hovertemplate="rank %{x}: a %{customdata[0]:g}, b %{customdata[1]:g}<br>"
        f"{PRIOR_COLUMNS[column]} %{{y:.4g}}<extra></extra>",
    )
    return figure.update_layout(bargap=0), part
