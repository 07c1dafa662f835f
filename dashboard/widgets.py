"""Parts that several pages share."""

from collections.abc import Iterable

import plotly.graph_objects as go
import streamlit as st

from dashboard import results
from dashboard.results import Run

PLOTLY = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d"]}
MARKED = (0.09, 0.38)
"""Temperatures that report 001 and Zhang et al. 2016 recommend."""


def chart(figure: go.Figure, key: str, alt: str) -> None:
    """A chart with a text for those who cannot see it."""
    st.plotly_chart(figure, key=key, alt=alt, config=PLOTLY)


def choose_runs(key: str, runs: list[Run], label: str = "Methods") -> list[Run]:
    """A choice of method folders, kept in the URL; at first the studio's, or all without them."""
    names = [run.name for run in runs]
    own = {run.name for run in runs if results.is_studio(run)}
    default = [name for name in names if name in own] or names
    chosen = st.multiselect(label, names, default=default, key=key, bind="query-params")
    by_name = {run.name: run for run in runs}
    return [by_name[name] for name in names if name in chosen]


def choose_one(
    label: str,
    titles: dict[str, str],
    key: str,
    default: str | None = None,
    help: str | None = None,
) -> str:
    """One of several, shown by title and kept in the URL by name.

    A link then outlives other titles; Streamlit's own binding would write the title.
    """
    default = default or next(iter(titles))
    if st.session_state.get(key) not in titles:
        asked = st.query_params.get(key)
        st.session_state[key] = asked if asked in titles else default
    chosen = st.selectbox(label, list(titles), format_func=titles.get, key=key, help=help)
    remember(key, [] if chosen == default else [chosen])
    return chosen


def choose_some(label: str, titles: dict[str, str], key: str, default: list[str]) -> list[str]:
    """Several, as `choose_one`; none at all is an empty value in the URL."""
    if key not in st.session_state:
        asked = st.query_params.get_all(key)
        st.session_state[key] = [n for n in asked if n in titles] if asked else default
    st.session_state[key] = [name for name in st.session_state[key] if name in titles]
    chosen = st.multiselect(label, list(titles), format_func=titles.get, key=key)
    remember(key, [] if chosen == default else chosen or [""])
    return chosen


def remember(key: str, values: list[str]) -> None:
    """Write names into the URL, or take them out."""
    if values == st.query_params.get_all(key):
        return
    if values:
        st.query_params[key] = values
    else:
        st.query_params.pop(key, None)


def warn(lines: Iterable[str]) -> None:
    """One warning box with a line for each problem; nothing without problems."""
    lines = list(lines)
    if lines:
        st.warning("\n".join(f"- {line}" for line in lines), icon="⚠️")


def usable_runs(runs: list[Run]) -> list[Run]:
    """Runs whose network can be loaded; a warning names the others."""
    warn(f"**{r.name}** is left out: {'; '.join(r.problems)}" for r in runs if not r.usable)
    return [run for run in runs if run.usable]


def no_checkpoints() -> None:
    """What to do when there is nothing to show."""
    st.info(
        f"There is no trained method in the folder `{results.root().name}`. Train one with "
        "`colorize train NAME --data FOLDER --out checkpoints/NAME`, or point the variable "
        "`COLORIZE_CHECKPOINTS` at a folder that holds some.",
        icon="ℹ️",
    )


def temperature_slider(key: str) -> float:
    """T for classification methods, kept in the URL."""
    return st.slider(
        "Temperature T (classification only)",
        0.0,
        1.0,
        0.38,
        0.01,
        key=key,
        bind="query-params",
        help="0 takes the likeliest colour (vivid), 1 the mean of all (calm).",
    )
