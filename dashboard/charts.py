"""Charts: a table in, a Plotly figure out. No Streamlit, no files."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

# Okabe and Ito's palette, told apart with every common colour blindness; black and yellow are
# left out, since one of them vanishes on a dark or on a light page.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")
GREY = "#8A8A8A"
TRUTH = "#A6761D"
HEIGHT = 340
ARROWS = {
    True: "higher is better ↑",
    False: "lower is better ↓",
    None: "near the originals is better",
}
Cell = dict[str, Any]
"""A row of the long table of `results.load_metrics`."""


def colours_of(names: Sequence[str]) -> dict[str, str]:
    """One colour per name, in order; beyond six they repeat, with other symbols."""
    return {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}


def symbols_of(names: Sequence[str]) -> dict[str, str]:
    """One marker per name, so that colour is never the only difference."""
    return {name: SYMBOLS[i % len(SYMBOLS)] for i, name in enumerate(names)}


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


# --- metrics ----------------------------------------------------------------------------------


def with_unit(title: str, unit: str) -> str:
    """Axis title such as "Raw AuC (%)"."""
    return f"{title} ({unit})" if unit else title


def row_styles(metrics: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Colour and symbol of every row: a colour per method, a symbol per variant.

    Where colours repeat, the symbols go on from those that the colour has had.
    """
    methods = list(dict.fromkeys(metrics.loc[metrics["kind"] == "method", "run"]))
    colours, styles = colours_of(methods), {"grey": (GREY, "x"), "truth": (TRUTH, "star")}
    used = dict.fromkeys(COLOURS, 0)
    for run, group in metrics[metrics["kind"] == "method"].groupby("run", sort=False):
        for row in dict.fromkeys(group["row"]):
            colour = colours[run]
            styles[row] = (colour, SYMBOLS[used[colour] % len(SYMBOLS)])
            used[colour] += 1
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
        colour, symbol = styles[row]
        figure.add_scatter(
            x=[a["value"]],
            y=[b["value"]],
            error_x=_error_bar(a),
            error_y=_error_bar(b),
            mode="markers",
            name=row,
            marker={"color": colour, "symbol": symbol, "size": 12},
            hovertemplate=f"<b>{row}</b><br>{titles[x]}: %{{x:.2f}} "
            f"[{a['low']:.2f}, {a['high']:.2f}]<br>{titles[y]}: %{{y:.2f}} "
            f"[{b['low']:.2f}, {b['high']:.2f}]<br>n = {a['n']:,}<extra></extra>",
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
        colour, symbol = styles[cell["row"]]
        figure.add_scatter(
            x=[cell["value"]],
            y=[cell["row"]],
            error_x=_error_bar(cell),
            mode="markers",
            showlegend=False,
            marker={"color": colour, "symbol": symbol, "size": 11},
            hovertemplate=f"<b>{cell['row']}</b><br>{title}: %{{x:.2f}} "
            f"[{cell['low']:.2f}, {cell['high']:.2f}]<br>n = {cell['n']:,}<extra></extra>",
        )
    finish(figure, title, "", f"intervals-{metric}", 60 + 34 * len(part))
    figure.layout.margin.l = 8
    figure.layout.yaxis.automargin = True  # names of rows have any length
    figure.layout.yaxis.autorange = "reversed"
    return figure


# --- training ---------------------------------------------------------------------------------


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
    colours: dict[str, str] | None = None,
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
    colours = colours or colours_of(list(histories))
    figure = go.Figure()
    for run, frame in histories.items():
        curves = _curves_of(frame, term)
        if x not in frame or not curves:
            continue
        _add_legend_entry(figure, run, colours[run])
        for column, label, dash in curves:
            style = {"color": colours[run], "dash": dash, "width": 2}
            _add_curve(figure, frame, x, column, run, label, style, smoothing)
        _add_marks(
            figure, run, frame, term, x, colours[run], higher_is_better, marks_best, shipped or {}
        )
    _add_references(figure, histories, term, x)
    if not figure.data:
        return empty("No run has this term yet")
    finish(figure, x_title, y_title, f"training-{term}-{x}-{log}")
    return figure.update_yaxes(type="log" if log else "linear")


def _add_legend_entry(figure: go.Figure, run: str, colour: str) -> None:
    """One entry per run, which hides or shows all its curves and marks."""
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="lines",
        line={"color": colour, "width": 3},
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
    colour: str,
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
            marker={"symbol": symbol, "size": size, "color": colour, "line": {"width": width}},
            hovertemplate=f"<b>{run}: {label}</b><br>%{{x:,.4~g}}: %{{y:.4~g}}<extra></extra>",
        )


def _add_references(
    figure: go.Figure, histories: dict[str, pd.DataFrame], term: str, x: str
) -> None:
    """Plain grey and the originals; runs on the same photos share one line."""
    for part, label, colour in (("grey", "plain grey", GREY), ("true", "originals", TRUTH)):
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
                line={"color": colour, "dash": "dot", "width": 1.5},
                name=name,
                hovertemplate=f"<b>{name}</b>: {level:.4g}<extra></extra>",
            )


# --- class prior ------------------------------------------------------------------------------

PRIOR_COLUMNS = {
    "prior": "prior p",
    "smoothed": "smoothed prior p̃",
    "weight": "weight w",
}


def prior_plane(
    table: pd.DataFrame, cell: float, outline: np.ndarray | None = None, by: str = "colour"
) -> go.Figure:
    """The ab plane, one square per class.

    Args:
        table: a, b, colour, prior, smoothed, weight; one line per class.
        cell: width of a class, in ab units.
        outline: (N, 2) centres of cells to draw empty, such as those of the report's disk.
        by: "colour" fills squares with their own colour, faintly where no pixel fell; a column
            of `PRIOR_COLUMNS` fills them by its logarithm.
    """
    figure = go.Figure()
    if outline is not None:
        figure.add_scatter(
            **_squares(outline[:, 0], outline[:, 1], cell),
            mode="lines",
            line={"color": GREY, "width": 0.6},
            hoverinfo="skip",
            name=f"the {len(outline)} cells of the disk",
        )
    if by == "colour":
        scale = [[i / (len(table) - 1), colour] for i, colour in enumerate(table["colour"])]
        style = {"colorscale": scale, "zmin": 0, "zmax": len(table) - 1, "showscale": False}
        index = pd.Series(np.arange(len(table), dtype=float), table.index)
        for seen, opacity in ((False, 0.25), (True, 1.0)):
            z = index.where((table["prior"] > 0) == seen)
            figure.add_heatmap(**_grid(table, z, cell), **style, opacity=opacity)
    else:
        z = np.log10(table[by].where(table[by] > 0))
        bar = {"title": {"text": PRIOR_COLUMNS[by]}, "thickness": 12, "tickprefix": "10^"}
        figure.add_heatmap(**_grid(table, z, cell), colorscale="Viridis", colorbar=bar)
    finish(figure, "a: green − red + (Lab units)", "b: blue − yellow + (Lab units)", "plane", 460)
    figure.update_yaxes(scaleanchor="x", scaleratio=1, zeroline=False)
    return figure.update_xaxes(zeroline=False, constrain="domain")


def _grid(table: pd.DataFrame, z: pd.Series, cell: float) -> dict[str, Any]:
    """Values per class as the matrix of a heat map, with hover texts."""
    column = ((table["a"] - table["a"].min()) / cell).round().astype(int)
    row = ((table["b"] - table["b"].min()) / cell).round().astype(int)
    shape = row.max() + 1, column.max() + 1
    values, texts = np.full(shape, np.nan), np.full(shape, "", dtype=object)
    values[row, column] = z
    texts[row, column] = [
        f"a {line.a:g}, b {line.b:g} ({line.colour})<br>prior p {line.prior:.4%}<br>"
        f"smoothed p̃ {line.smoothed:.4%}<br>weight w {line.weight:.3g}"
        for line in table.itertuples()
    ]
    return {
        "x": table["a"].min() + cell * np.arange(shape[1]),
        "y": table["b"].min() + cell * np.arange(shape[0]),
        "z": values,
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
        "hoverongaps": False,
    }


def _squares(a: Any, b: Any, cell: float) -> dict[str, list[float | None]]:
    """Outlines of squares as one broken line."""
    h = cell / 2
    xs, ys = [], []
    for x, y in zip(a, b, strict=True):
        xs += [x - h, x + h, x + h, x - h, x - h, None]
        ys += [y - h, y - h, y + h, y + h, y - h, None]
    return {"x": xs, "y": ys}


def prior_ranks(table: pd.DataFrame) -> go.Figure:
    """Prior (bars in the classes' colours) and smoothed prior, commonest class first, log axis."""
    part = table.sort_values("prior", ascending=False, ignore_index=True)
    figure = _rank_bars(part, "prior")
    figure.add_scatter(
        x=part.index + 1,
        y=part["smoothed"],
        mode="lines",
        line={"color": COLOURS[0], "width": 2},
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
    part = table.sort_values("prior", ascending=False, ignore_index=True)
    figure = _rank_bars(part, "weight")
    figure.add_hline(y=1, line={"color": GREY, "width": 1, "dash": "dot"})
    finish(figure, "class, commonest first (rank)", "weight w (no unit, log scale)", "weights")
    return figure.update_yaxes(type="log")


def _rank_bars(part: pd.DataFrame, column: str) -> go.Figure:
    figure = go.Figure()
    figure.add_bar(
        x=part.index + 1,
        y=part[column].where(part[column] > 0),
        marker={"color": part["colour"], "line": {"width": 0}},
        name=PRIOR_COLUMNS[column],
        customdata=part[["a", "b"]],
        hovertemplate="rank %{x}: a %{customdata[0]:g}, b %{customdata[1]:g}<br>"
        f"{PRIOR_COLUMNS[column]} %{{y:.4g}}<extra></extra>",
    )
    return figure.update_layout(bargap=0)


# --- temperature ------------------------------------------------------------------------------


def sweep_curve(
    temperatures: Sequence[float],
    curves: dict[str, dict[str, Sequence[float]]],
    y_title: str,
    *,
    grey: float | None = None,
    truth: float | None = None,
    marked: Sequence[float] = (),
    chosen: float | None = None,
    revision: str = "sweep",
    colours: dict[str, str] | None = None,
) -> go.Figure:
    """A measure over T with its 95 % band.

    Args:
        temperatures: T, ascending.
        curves: method -> value, low, high over T.
        y_title: of the measure, with its unit.
        grey: its value for plain grey.
        truth: its value for the originals.
        marked: temperatures with a vertical line.
        chosen: the temperature of the slider.
        revision: keeps the zoom.
        colours: method -> colour.
    """
    figure, colours = go.Figure(), colours or colours_of(list(curves))
    for method, curve in curves.items():
        _add_band(figure, temperatures, curve, method, colours[method])
    for level, label, colour in ((grey, "plain grey", GREY), (truth, "originals", TRUTH)):
        if level is not None:
            figure.add_scatter(
                x=[min(temperatures), max(temperatures)],
                y=[level, level],
                mode="lines",
                line={"color": colour, "dash": "dot", "width": 1.5},
                name=label,
                hovertemplate=f"<b>{label}</b>: {level:.4g}<extra></extra>",
            )
    _add_marked(figure, marked, chosen)
    return finish(figure, "temperature T (no unit)", y_title, revision, 300)


def _add_marked(figure: go.Figure, marked: Sequence[float], chosen: float | None) -> None:
    """Vertical lines, all at once: `add_vline` takes ten times as long."""
    lines = [(t, {"color": GREY, "width": 1, "dash": "dash"}) for t in marked]
    if chosen is not None:
        lines.append((chosen, {"color": COLOURS[5], "width": 2}))
    spans = {"type": "line", "yref": "y domain", "y0": 0, "y1": 1}
    place = {"yref": "y domain", "y": 1, "xanchor": "left", "yanchor": "top", "showarrow": False}
    texts = [{**place, "x": t, "text": f"{t:g}", "font": {"size": 11}} for t in marked]
    figure.layout.shapes = [{**spans, "x0": t, "x1": t, "line": style} for t, style in lines]
    figure.layout.annotations = texts


def _add_band(
    figure: go.Figure,
    temperatures: Sequence[float],
    curve: dict[str, Sequence[float]],
    name: str,
    colour: str,
) -> None:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    figure.add_scatter(
        x=[*temperatures, *reversed(temperatures)],
        y=[*curve["high"], *reversed(curve["low"])],
        fill="toself",
        fillcolor=f"rgba({red},{green},{blue},0.2)",
        line={"width": 0},
        hoverinfo="skip",
        name=f"{name}: 95 % interval",
        showlegend=False,
    )
    figure.add_scatter(
        x=list(temperatures),
        y=list(curve["value"]),
        mode="lines+markers",
        marker={"size": 5},
        line={"color": colour, "width": 2},
        name=name,
        customdata=np.column_stack((curve["low"], curve["high"])),
        hovertemplate=f"<b>{name}</b><br>T = %{{x:g}}: %{{y:.4g}} "
        "[%{customdata[0]:.4g}, %{customdata[1]:.4g}]<extra></extra>",
    )


def chroma_histogram(
    edges: Sequence[float],
    results: dict[str, Sequence[float]],
    truth: Sequence[float],
    temperature: float,
    colours: dict[str, str] | None = None,
) -> go.Figure:
    """Shares of pixels by chroma: each method's results at one T against the originals.

    One method is drawn as bars, several as steps, which do not hide each other.
    """
    edges = np.asarray(edges, dtype=float)
    middle, width = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    figure, colours = go.Figure(), colours or colours_of(list(results))
    for name, result in results.items():
        hover = f"chroma %{{x:g}}: %{{y:.2f}} % of pixels<extra>{name}</extra>"
        shown = {
            "x": middle,
            "y": 100 * np.asarray(result),
            "name": f"{name}, T = {temperature:g}",
            "hovertemplate": hover,
        }
        if len(results) == 1:
            bars = {"color": colours[name], "line": {"width": 0}}
            figure.add_bar(**shown, width=width, marker=bars, opacity=0.75)
        else:
            line = {"color": colours[name], "width": 2, "shape": "hvh"}
            figure.add_scatter(**shown, mode="lines", line=line)
    figure.add_scatter(
        x=middle,
        y=100 * np.asarray(truth),
        mode="lines",
        line={"color": TRUTH, "width": 2.5, "shape": "hvh", "dash": "dot"},
        name="originals",
        hovertemplate="chroma %{x:g}: %{y:.2f} % of pixels<extra>originals</extra>",
    )
    figure.update_layout(bargap=0)
    return finish(figure, "chroma C*ab (Lab units)", "share of pixels (%)", "histogram", 320)


# --- pictures ---------------------------------------------------------------------------------


def heat_map(values: np.ndarray, unit: str, title: str, maximum: float | None = None) -> go.Figure:
    """A map over a picture, upright, with square pixels.

    Args:
        values: (H, W).
        unit: of the values, for colour bar and hover text.
        title: of the colour bar.
        maximum: upper end of the colour scale, so that several maps can be compared.
    """
    figure = go.Figure(
        go.Heatmap(
            z=np.round(values, 2),
            zmin=0,
            zmax=float(values.max()) if maximum is None else maximum,
            colorscale="Cividis",
            colorbar={
                "title": {"text": f"{title} ({unit})", "side": "top"},
                "orientation": "h",
                "thickness": 10,
                "y": 1.02,
                "yanchor": "bottom",
            },
            hovertemplate=f"x %{{x}}, y %{{y}}: %{{z:.2f}} {unit}<extra></extra>",
        )
    )
    finish(figure, "x (pixels)", "y (pixels)", f"map-{title}", 320)
    figure.update_yaxes(autorange="reversed", scaleanchor="x", constrain="domain", showgrid=False)
    return figure.update_xaxes(constrain="domain", showgrid=False, title_standoff=22)
