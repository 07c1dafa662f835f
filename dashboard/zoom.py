"""The reader's zoom, kept while charts are redrawn.

Streamlit draws a chart anew whenever its figure changes, and the zoom is lost with the old one.
So a script in the page tells which part of each chart the reader chose, and the next figure is
drawn with these ranges.
"""

import plotly.graph_objects as go
import streamlit as st

# Charts are found by their `uirevision`, which names what is on the axes.
SCRIPT = """
const views = {};
const heard = new WeakSet();

function listen(graph, tell) {
  const events = graph._ev;  // Plotly's own; a redrawn chart has a new one
  if (!events || heard.has(events)) return;
  heard.add(events);
  graph.on("plotly_relayout", change => {
    if (!Object.keys(change).some(key => /^[xy]axis\\./.test(key))) return;
    const { xaxis, yaxis, uirevision } = graph.layout;
    const [x, y] = [xaxis, yaxis].map(axis => (axis.autorange ? null : axis.range));
    views[uirevision] = { x, y };
    tell({ ...views });
  });
}

export default function ({ setStateValue }) {
  const tell = value => setStateValue("views", value);
  const look = () =>
    document.querySelectorAll(".js-plotly-plot").forEach(graph => listen(graph, tell));
  const timer = setInterval(look, 250);
  return () => clearInterval(timer);
}
"""

_listener = st.components.v2.component("colorize_zoom", js=SCRIPT)


def chosen_views(key: str) -> dict[str, dict[str, list[float] | None]]:
    """Ranges of the axes that the reader zoomed into, by the `uirevision` of the chart."""
    passes = _listener(key=key, on_views_change=_nothing).get("views")
    return passes if isinstance(passes, dict) else {}


def _nothing() -> None:
    """Streamlit keeps only states that have a callback."""


def apply_view(figure: go.Figure, passes: dict[str, dict[str, list[float] | None]]) -> go.Figure:
    """Draw the part that the reader chose, if any."""
    view = passes.get(figure.layout.uirevision) or {}
    for axis, update in (("x", figure.update_xaxes), ("y", figure.update_yaxes)):
        chosen = view.get(axis)
        if isinstance(chosen, list) and len(chosen) == 2:
            update(range=chosen)
    return figure
