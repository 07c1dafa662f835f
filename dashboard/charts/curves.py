"""Training curves: a term against images, epochs or seconds, with marks and references."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.base import GREY, TRUTH, colors_of, empty, finish


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
    higher_is_better: bool | None = None,
    marks_best: bool = False,
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
        higher_is_better: decides which point is best.
        marks_best: whether "best" makes sense for this term.
        shipped: run -> images seen at the point that its checkpoint holds.
        colours: run -> colour.
    """
    colors = colors or colors_of(list(histories))
    figure = go.Figure()
    for run, frame in histories.items():
        curves = _curves_of(frame, term)
        if x not in frame or not curves:
            continue
        _add_legend_entry(figure, run, colors[run])
        for column, label, dash in curves:
            style = {"color": colors[run], "dash": dash, "width": 2}
            _add_curve(figure, frame, x, column, run, label, style, smoothing)
        _add_marks(
            figure, run, frame, term, x, colors[run], higher_is_better, marks_best, shipped or {}
        )
    _add_references(figure, histories, term, x)
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


def _add_marks(
    figure: go.Figure,
    run: str,
    frame: pd.DataFrame,
    term: str,
    x: str,
    color: str,
    higher_is_better: bool | None,
    marks_best: bool,
    shipped: dict[str, float],
) -> None:
    """A star at the best validation, a ring at the point that the checkpoint holds."""
    columns = [c for c in (f"val_{term}", f"train_{term}", term) if c in frame]
    if not columns:
        return
    column = columns[0]
    marks = []
    best = best_point(frame, column, higher_is_better) if marks_best else None
    if best is not None:
        marks.append(("best", best, "star", 15, 1))
    if run in shipped and shipped[run] > 0:
        nearest = (frame["images"] - shipped[run]).abs().idxmin()
        marks.append(("shipped", int(nearest), "circle-open", 17, 3))
    for label, index, symbol, size, width in marks:
        if pd.isna(frame[column][index]):
            continue
        figure.add_scatter(
            x=[frame[x][index]],
            y=[frame[column][index]],
            mode="markers",
            name=f"{run} {label}",
            legendgroup=run,
            showlegend=False,
            marker={"symbol": symbol, "size": size, "color": color, "line": {"width": width}},
            hovertemplate=f"<b>{run}: {label}</b><br>%{{x:,.4~g}}: %{{y:.4~g}}<extra></extra>",
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
