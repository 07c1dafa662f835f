"""Metrics: two against each other, and one with its intervals."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.base import COLORS, GREY, SYMBOLS, TRUTH, Cell, colors_of, empty, finish


def row_styles(metrics: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Colour and symbol of every row: a colour per method, a symbol per variant.

    Where colours repeat, the symbols go on from those that the colour has had.
    """
    methods = list(dict.fromkeys(metrics.loc[metrics["kind"] == "method", "run"]))
    colors, styles = colors_of(methods), {"grey": (GREY, "x"), "truth": (TRUTH, "star")}
    used = dict.fromkeys(COLORS, 0)
    for run, group in metrics[metrics["kind"] == "method"].groupby("run", sort=False):
        for row in dict.fromkeys(group["row"]):
            color = colors[run]
            styles[row] = (color, SYMBOLS[used[color] % len(SYMBOLS)])
            used[color] += 1
    return styles


def metric_scatter(
    metrics: pd.DataFrame, x: str, y: str, titles: dict[str, str], trivial: Sequence[str] = ()
) -> go.Figure:
    """Rows as points on two metrics, with their 95 % intervals.

    On metrics that compare with the truth, the truth itself would stand far off and say nothing:
    it is then a line at its value on the other metric, or absent.

    Args:
        metrics: long table of `results.load_metrics`, of one test set.
        x: a metric's name.
        y: another.
        titles: axis title of each metric.
        trivial: metrics on which the truth is perfect by definition.
    """
    cells = {m: metrics[metrics["metric"] == m].set_index("row").to_dict("index") for m in (x, y)}
    rows = [row for row in cells[x] if row in cells[y]]
    if not rows:
        return empty("No row has both metrics")
    styles, figure = row_styles(metrics), go.Figure()
    for row in rows:
        a, b = cells[x][row], cells[y][row]
        if a["kind"] == "truth" and {x, y} & set(trivial):
            _add_truth_line(figure, None if x in trivial else a, None if y in trivial else b)
            continue
        color, symbol = styles[row]
        figure.add_scatter(
            x=[a["value"]],
            y=[b["value"]],
            error_x=_error_bar(a),
            error_y=_error_bar(b),
            mode="markers",
            name=row,
            marker={"color": color, "symbol": symbol, "size": 12},
            hovertemplate=f"<b>{row}</b><br>{titles[x]}: %{{x:.2f}} "
            f"[{a['low']:.2f}, {a['high']:.2f}]<br>{titles[y]}: %{{y:.2f}} "
            f"[{b['low']:.2f}, {b['high']:.2f}]<extra></extra>",
        )
    height = max(420, 320 + 16 * len(rows))  # a long legend stands above the plot
    return finish(figure, titles[x], titles[y], f"scatter-{x}-{y}", height)


def _add_truth_line(figure: go.Figure, a: Cell | None, b: Cell | None) -> None:
    style = {"line": {"color": TRUTH, "width": 1.5, "dash": "dot"}, "annotation_text": "truth"}
    if a is not None:
        figure.add_vline(x=a["value"], **style)
    if b is not None:
        figure.add_hline(y=b["value"], annotation_position="top left", **style)


def _error_bar(cell: Cell) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [cell["high"] - cell["value"]],
        "arrayminus": [cell["value"] - cell["low"]],
        "thickness": 1.2,
        "width": 4,
    }


def metric_intervals(
    metrics: pd.DataFrame, metric: str, title: str, trivial: Sequence[str] = ()
) -> go.Figure:
    """One metric for all rows, to see whether intervals overlap; `trivial` as in the scatter."""
    part = metrics[metrics["metric"] == metric]
    part = part[(part["kind"] != "truth") | (metric not in trivial)]
    if part.empty:
        return empty("No row has this metric")
    styles, figure = row_styles(metrics), go.Figure()
    for cell in part.to_dict("records"):
        color, symbol = styles[cell["row"]]
        figure.add_scatter(
            x=[cell["value"]],
            y=[cell["row"]],
            error_x=_error_bar(cell),
            mode="markers",
            showlegend=False,
            marker={"color": color, "symbol": symbol, "size": 11},
            hovertemplate=f"<b>{cell['row']}</b><br>{title}: %{{x:.2f}} "
            f"[{cell['low']:.2f}, {cell['high']:.2f}]<extra></extra>",
        )
    finish(figure, title, "", f"intervals-{metric}", 60 + 34 * len(part))
    figure.layout.margin.l = 8
    figure.layout.yaxis.automargin = True  # names of rows have any length
    figure.layout.yaxis.autorange = "reversed"
    return figure
