"""Training curves: a term against images, epochs or seconds, with marks and references."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.base import GREY, TRUTH, colors_of, empty, finish

MARKS = {
    "best": {"symbol": "star", "size": 15, "line": {"width": 1}},
    "shipped": {"symbol": "circle-open", "size": 17, "line": {"width": 3}},
}
"""The best validation, and the point that the checkpoint holds."""


def smooth(values: pd.Series, amount: float) -> pd.Series:
    """Exponential moving average that starts unbiased; 0 leaves the values as they are."""
    return values.ewm(alpha=1 - amount, adjust=True).mean() if amount > 0 else values


def training_curve(
    histories: dict[str, pd.DataFrame],
    term: str,
    x: str,
    x_title: str,
    y_title: str,
    *,
    log: bool = False,
    smoothing: float = 0.0,
    skip: float = 0.0,
    higher_is_better: bool | None = None,
    shipped: dict[str, float] | None = None,
    colors: dict[str, str] | None = None,
) -> go.Figure:
    """One term of several runs: training solid, validation dashed, references dotted.

    Args:
        histories: run -> table with columns train_<term>, val_<term>, val_mean_<term> (T = 1),
            val_grey_<term>, val_true_<term>, or the bare <term>; any of them may be missing.
        term: such as raw_auc, l1 or lr.
        x: column of the horizontal axis: images, epoch or seconds.
        x_title: its title.
        y_title: title of the term, with its unit.
        log: logarithmic vertical axis.
        smoothing: weight of the past in [0, 1); the raw values stay visible, faintly.
        skip: how much of every run's beginning is left out, in [0, 1).
        higher_is_better: decides which validation is best; None: none is.
        shipped: run -> images seen at the point that its checkpoint holds.
        colors: run -> colour.
    """
    colors = colors or colors_of(list(histories))
    figure, late = go.Figure(), {}
    for run, frame in histories.items():
        curves = _curves_of(frame, term)
        if x not in frame or not curves:
            continue
        late[run] = frame[frame[x] >= skip * frame[x].max()]
        _add_legend_entry(figure, run, colors[run])
        for column, label, dash in curves:
            style = {"color": colors[run], "dash": dash, "width": 2}
            _add_curve(figure, late[run], x, column, run, label, style, smoothing)
        marks = _marks(frame, term, higher_is_better, (shipped or {}).get(run, 0))
        for label, (column, index) in marks.items():
            if index in late[run].index:
                at = frame[x][index], frame[column][index]
                _add_mark(figure, at, f"{run} {label}", run, MARKS[label], colors[run])
    _add_references(figure, late, term, x)
    if not figure.data:
        return empty("No run has this term yet")
    finish(figure, x_title, y_title, f"training-{term}-{x}-{log}")
    return figure.update_yaxes(type="log" if log else "linear")


def _add_legend_entry(figure: go.Figure, run: str, color: str) -> None:
    """One entry per run, which hides or shows all its curves and marks."""
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="lines",
        line={"color": color, "width": 3},
        name=run,
        legendgroup=run,
        hoverinfo="skip",
    )


def _curves_of(frame: pd.DataFrame, term: str) -> list[tuple[str, str, str]]:
    """Columns that show a term: (column, label, dash)."""
    candidates = [
        (f"train_{term}", "training", "solid"),
        (f"val_{term}", "validation", "dash"),
        (f"val_mean_{term}", "validation, T = 1", "dashdot"),
        (term, "", "solid"),
    ]
    present = [c for c in candidates if c[0] in frame and frame[c[0]].notna().any()]
    same = {"val_", "val_mean_"} <= {column.removesuffix(term) for column, _, _ in present}
    if same and frame[f"val_{term}"].equals(frame[f"val_mean_{term}"]):
        # A method without temperature: the curve at T = 1 is the same one.
        present = [c for c in present if c[0] != f"val_mean_{term}"]
    return present


def _add_curve(
    figure: go.Figure,
    frame: pd.DataFrame,
    x: str,
    column: str,
    run: str,
    label: str,
    line: dict[str, Any],
    smoothing: float,
) -> None:
    part, name = frame[[x, column]].dropna(), f"{run} {label}".strip()
    shared = {"line": line, "legendgroup": run, "showlegend": False}
    if smoothing > 0:
        figure.add_scatter(
            x=part[x], y=part[column], mode="lines", opacity=0.3, hoverinfo="skip", **shared
        )
    figure.add_scatter(
        x=part[x],
        y=smooth(part[column], smoothing),
        mode="lines+markers",
        marker={"size": 5},
        name=name,
        hovertemplate=f"<b>{name}</b><br>%{{x:,.5~g}}: %{{y:.4~g}}<extra></extra>",
        **shared,
    )


def best_point(frame: pd.DataFrame, column: str, higher_is_better: bool | None) -> int | None:
    """Index label of the best value of a column; None where no value is better than another."""
    if higher_is_better is None or column not in frame or not frame[column].notna().any():
        return None
    return int(frame[column].idxmax() if higher_is_better else frame[column].idxmin())


def _marks(
    frame: pd.DataFrame, term: str, higher_is_better: bool | None, shipped: float
) -> dict[str, tuple[str, int]]:
    """Column and index label of the best validation, and of what the checkpoint holds."""
    columns = [c for c in (f"val_{term}", f"train_{term}", term) if c in frame]
    if not columns:
        return {}
    marks = {"best": best_point(frame, f"val_{term}", higher_is_better)}
    if shipped > 0:
        marks["shipped"] = int((frame["images"] - shipped).abs().idxmin())
    return {
        label: (columns[0], index)
        for label, index in marks.items()
        if index is not None and pd.notna(frame[columns[0]][index])
    }


def _add_mark(
    figure: go.Figure, at: tuple[float, float], name: str, run: str, style: dict, color: str
) -> None:
    figure.add_scatter(
        x=[at[0]],
        y=[at[1]],
        mode="markers",
        name=name,
        legendgroup=run,
        showlegend=False,
        marker={"color": color, **style},
        hovertemplate=f"<b>{name}</b><br>%{{x:,.4~g}}: %{{y:.4~g}}<extra></extra>",
    )


def _add_references(
    figure: go.Figure, histories: dict[str, pd.DataFrame], term: str, x: str
) -> None:
    """Plain grey and the originals; runs on the same photos share one line."""
    for part, label, color in (("grey", "plain grey", GREY), ("true", "originals", TRUTH)):
        column, lines = f"val_{part}_{term}", {}
        for run, frame in histories.items():
            if column in frame and x in frame and frame[column].notna().any():
                level = float(frame[column].dropna().iloc[-1])
                low, high, names = lines.get(level, (np.inf, -np.inf, []))
                span = (min(low, frame[x].min()), max(high, frame[x].max()))
                lines[level] = (*span, [*names, run])
        for level, (low, high, names) in lines.items():
            name = label if len(lines) == 1 else f"{label} ({', '.join(names)})"
            figure.add_scatter(
                x=[low, high],
                y=[level, level],
                mode="lines",
                line={"color": color, "dash": "dot", "width": 1.5},
                name=name,
                hovertemplate=f"<b>{name}</b>: {level:.4g}<extra></extra>",
            )
