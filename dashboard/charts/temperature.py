"""What temperature does: a measure over T, and how vivid the pixels are."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.base import COLORS, GREY, TRUTH, colors_of, finish


def sweep_curve(
    temperatures: Sequence[float],
    curves: dict[str, dict[str, Sequence[float]]],
    y_title: str,
    *,
    grey: float | None = None,
    truth: float | None = None,
    marked: Sequence[float] = (),
    chosen: float | None = None,
    colors: dict[str, str] | None = None,
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
        colors: method -> colour.
    """
    figure, colors = go.Figure(), colors or colors_of(list(curves))
    for method, curve in curves.items():
        _add_band(figure, temperatures, curve, method, colors[method])
    for level, label, color in ((grey, "plain grey", GREY), (truth, "originals", TRUTH)):
        if level is not None:
            figure.add_scatter(
                x=[min(temperatures), max(temperatures)],
                y=[level, level],
                mode="lines",
                line={"color": color, "dash": "dot", "width": 1.5},
                name=label,
                hovertemplate=f"<b>{label}</b>: {level:.4g}<extra></extra>",
            )
    _add_marked(figure, marked, chosen)
    return finish(figure, "temperature T (no unit)", y_title, f"sweep-{y_title}", 300)


def _add_marked(figure: go.Figure, marked: Sequence[float], chosen: float | None) -> None:
    """Vertical lines, all at once: `add_vline` takes ten times as long."""
    lines = [(t, {"color": GREY, "width": 1, "dash": "dash"}) for t in marked]
    if chosen is not None:
        lines.append((chosen, {"color": COLORS[5], "width": 2}))
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
    color: str,
) -> None:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
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
        line={"color": color, "width": 2},
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
) -> go.Figure:
    """Shares of pixels by chroma: each method's results at one T against the originals.

    Args:
        edges: of the bins, in Lab units.
        results: method -> share of pixels in every bin, in [0, 1].
        truth: the same of the originals.
        temperature: T of the results.
    """
    middle = (np.asarray(edges[:-1]) + np.asarray(edges[1:])) / 2
    colors, figure = colors_of(list(results)), go.Figure()
    lines = {f"{name}, T = {temperature:g}": (colors[name], 2, "solid") for name in results}
    lines["originals"] = TRUTH, 2.5, "dot"
    for (name, (color, width, dash)), share in zip(
        lines.items(), [*results.values(), truth], strict=True
    ):
        figure.add_scatter(
            x=middle,
            y=100 * np.asarray(share),
            mode="lines",  # steps, which do not hide each other as bars do
            line={"color": color, "width": width, "shape": "hvh", "dash": dash},
            name=name,
            hovertemplate=f"chroma %{{x:g}}: %{{y:.2f}} % of pixels<extra>{name}</extra>",
        )
    return finish(figure, "chroma C*ab (Lab units)", "share of pixels (%)", "histogram", 320)
