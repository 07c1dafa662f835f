"""Maps of one picture: a number for each pixel."""

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.base import finish


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
