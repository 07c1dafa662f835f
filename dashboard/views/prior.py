"""Class prior: how rare colours are, and how rebalancing makes up for it."""

import pandas as pd
import streamlit as st

from dashboard import charts, priors, results, widgets
from dashboard.heading import header
from dashboard.priors import Prior

LISTED = 10
FILLS = {
    "colour": "its own colour",
    "prior": "prior p (log)",
    "smoothed": "smoothed prior p̃ (log)",
    "weight": "weight w (log)",
}


def main() -> None:
    """Draw the page."""
    header(
        "Class prior",
        "A classifier cuts the plane of colours (a: green to red, b: blue to yellow) into cells "
        "and predicts one cell per pixel. Walls, skies and shadows make nearly grey cells many "
        "thousand times commoner than vivid ones, so a network that only counts mistakes learns "
        "to say “grey”. **Rebalancing** weighs the loss of each pixel by how rare its true "
        "colour is. The prior p is first smoothed by a Gaussian of width σ in the ab plane (p̃), "
        "then mixed with a share λ of “all colours alike”. λ = 1 switches rebalancing off; "
        "λ = 0 gives the rarest colours enormous weights.",
        r"w_q \propto \Big((1-\lambda)\,\tilde p_q + \frac{\lambda}{Q}\Big)^{-1}",
        r"\sum_q \tilde p_q\, w_q = 1",
    )
    found, problems = priors.load_priors(results.list_runs())
    widgets.warn(problems)
    prior = choose_prior(found)
    if prior is None:
        st.info("No prior is stored yet. Count one: `colorize prior --data FOLDER`.")
        return
    show(prior)


def choose_prior(found: list[Prior]) -> Prior | None:
    """Data set and grid, kept in the URL."""
    if not found:
        return None
    left, right = st.columns(2)
    with left:
        data = st.selectbox(
            "Counted on",
            list(dict.fromkeys(prior.data for prior in found)),
            key="prior_data",
            bind="query-params",
            help="`colorize prior --data FOLDER` adds a data set.",
        )
    grids = {str(p.cell): p for p in found if p.data == data}
    with right:
        titles = {cell: f"{cell} ab units wide" for cell in grids}
        grid = widgets.choose_one("Cells", titles, "prior_grid")
    return grids[grid]


def show(prior: Prior) -> None:
    """Sliders, numbers, charts and tables of one prior."""
    left, right = st.columns(2)
    with left:
        share = st.slider(
            "λ, share of the uniform", 0.0, 1.0, 0.5, 0.01, key="prior_lambda", bind="query-params"
        )
    with right:
        sigma = st.slider(
            "σ of the smoothing (ab units)",
            0.0,
            25.0,
            5.0,
            0.5,
            key="prior_sigma",
            bind="query-params",
        )
    try:
        table = priors.prior_table(prior, sigma, share)
    except ValueError as error:
        st.warning(f"No weights for λ = {share:g} and σ = {sigma:g}: {error}.", icon="⚠️")
        return
    show_numbers(prior, table)
    show_charts(prior, table)
    show_extremes(table)


def show_numbers(prior: Prior, table: pd.DataFrame) -> None:
    """The identity that the weights keep, and how unequal the classes are."""
    seen = table["prior"] > 0
    numbers = {
        "Σ p̃ w": f"{(table['smoothed'] * table['weight']).sum():.6f}",
        "Classes Q": f"{len(table)}",
        "Classes seen": f"{seen.sum()}",
        "Commonest class": f"{table['prior'].max():.1%}",
        "Largest ÷ smallest w": f"{table['weight'].max() / table['weight'].min():,.3g}",
        "Photos counted": f"{prior.photos:,}" if prior.photos else "–",
    }
    with st.container(horizontal=True):
        for label, value in numbers.items():
            st.metric(label, value, width="content")


def show_charts(prior: Prior, table: pd.DataFrame) -> None:
    """The plane on the left, the ranks on the right."""
    left, right = st.columns(2)
    with left:
        by = widgets.choose_one("Fill each cell by", FILLS, "prior_fill")
        outline = priors.disk_outline(prior.cell, prior.origin)
        widgets.chart(
            charts.prior_plane(table, prior.cell, outline, by),
            "prior_plane",
            "The ab plane with one square per colour class",
        )
        if outline is not None:
            st.caption(
                f"Report 001 counts the {len(outline)} cells that the disk touches, and keeps "
                f"the {len(table)} that 8-bit sRGB can reach."
            )
        else:
            st.caption("Faint cells: no counted pixel fell into them.")
    with right:
        st.markdown("**Prior p (bars) and smoothed prior p̃ (line)**")
        widgets.chart(
            charts.prior_ranks(table), "prior_ranks", "Prior and smoothed prior by rank, log scale"
        )
        st.markdown("**Weight w**")
        widgets.chart(charts.weight_ranks(table), "prior_weights", "Weight by rank, log scale")


def show_extremes(table: pd.DataFrame) -> None:
    """The commonest and the rarest colours."""
    seen = table[table["prior"] > 0].sort_values("prior", ascending=False)
    left, right = st.columns(2)
    with left:
        st.subheader(f"The {LISTED} commonest colours")
        list_colors(seen.head(LISTED), "prior_common")
    with right:
        st.subheader(f"The {LISTED} rarest colours seen")
        list_colors(seen.tail(LISTED)[::-1], "prior_rare")


def list_colors(part: pd.DataFrame, key: str) -> None:
    """A table with a swatch per class."""
    swatch = (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='60' height='24'%3E"
        "%3Crect width='60' height='24' fill='%23{}'/%3E%3C/svg%3E"
    )
    table = pd.DataFrame(
        {
            "Colour": [swatch.format(color[1:]) for color in part["colour"]],
            "a": part["a"],
            "b": part["b"],
            "p": 100 * part["prior"],
            "p̃": 100 * part["smoothed"],
            "w": part["weight"],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        key=key,
        column_config={
            "Colour": st.column_config.ImageColumn(width="small"),
            "p": st.column_config.NumberColumn(format="%.3g %%"),
            "p̃": st.column_config.NumberColumn(format="%.3g %%"),
            "w": st.column_config.NumberColumn(format="%.3f"),
        },
    )


main()
