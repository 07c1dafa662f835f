"""Parts that several pages share."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import results
from dashboard.results import Run

if TYPE_CHECKING:  # it needs torch, and the first page does not
    from dashboard.pictures import Shown

PLOTLY = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d"]}


def header(title: str, text: str, *formulas: str) -> None:
    """How every page begins: title, a paragraph in plain words, and its formulas."""
    st.title(title)
    st.markdown(text)
    for formula in formulas:
        st.latex(formula)


def chart(figure: go.Figure, key: str, alt: str) -> None:
    """A chart with a text for those who cannot see it."""
    st.plotly_chart(figure, key=key, alt=alt, config=PLOTLY)


def table(frame: pd.DataFrame, key: str, **options: Any) -> None:
    """A table in which what was not measured is empty."""
    st.dataframe(frame, key=key, placeholder="", **options)


def picture(shown: "Shown", name: str, width: int) -> None:
    """A picture with its measures."""
    numbers = f"colourfulness {shown.measures['colorfulness']:.0f}"
    if shown.measures["delta_e2000"]:  # 0 is the photo itself
        numbers = f"ΔE {shown.measures['delta_e2000']:.1f} · {numbers}"
    with st.container(width=width):
        st.image(shown.jpeg, width="stretch", alt=name)
        st.caption(f"**{name}**  \n{numbers}")


def choose_runs(key: str, runs: list[Run], label: str = "Methods") -> list[Run]:
    """A choice of method folders, kept in the URL; at first the studio's, or all without them."""
    names = [run.name for run in runs]
    default = [run.name for run in runs if run.is_studio] or names
    chosen = st.multiselect(label, names, default=default, key=key, bind="query-params")
    return [run for run in runs if run.name in chosen]


def choose_one(
    label: str, options: list[str] | dict[str, str], key: str, default: str | None = None, **more
) -> str:
    """One of several, kept in the URL; a dictionary gives each option its title."""
    names = list(options)
    index = names.index(default) if default in names else 0
    titles = {"format_func": options.get} if isinstance(options, dict) else {}
    return st.selectbox(label, names, index, key=key, bind="query-params", **titles, **more)


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
