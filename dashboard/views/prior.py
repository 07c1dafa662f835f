"""Class prior: how rare colours are, and how rebalancing makes up for it."""

import pandas as pd
import streamlit as st

from dashboard import charts, priors, results, widgets
from dashboard.priors import Prior

FILLS = {
    "color": "its own colour",
    "prior": "prior p (log)",
    "smoothed": "smoothed prior p̃ (log)",
    "weight": "weight w (log)",
}


def main() -> None:
    """Draw the page."""
    widgets.header(
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
    found, problem = priors.load_priors(results.list_runs())
    widgets.warn([problem] if problem else [])
    if not found:
        st.info("No prior is stored yet. Count one: `colorize prior --data FOLDER`.")
        return
    prior = choose_prior(found)
    left, right = st.columns(2)
    with left:
        share = st.slider(
            "λ, share of the uniform", 0.0, 1.0, 0.5, 0.01, key="prior_lambda", bind="query-params"
        )
    with right:
        sigma = st.slider(
            "σ of the smoothing (ab units)", 0.0, 25.0, 5.0, 0.5,
            key="prior_sigma", bind="query-params",
        )  # fmt: skip
    try:
        table = priors.prior_table(prior, sigma, share)
    except ValueError as error:
        st.warning(f"No weights for λ = {share:g} and σ = {sigma:g}: {error}.", icon="⚠️")
        return
    show_numbers(prior, table)
    show_charts(prior, table)


def choose_prior(found: list[Prior]) -> Prior:
    """Data set and grid, kept in the URL."""
    left, right = st.columns(2)
    with left:
        names = list(dict.fromkeys(prior.data for prior in found))
        data = widgets.choose_one(
            "Counted on",
            names,
            "prior_data",
            help="`colorize prior --data FOLDER` adds to these.",
        )
    grids = {f"{p.cell} ab units wide": p for p in found if p.data == data}
    with right:
        return grids[widgets.choose_one("Cells", list(grids), "prior_grid")]


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
        figure = charts.prior_plane(table, prior.cell, by)
        widgets.chart(figure, "prior_plane", "The ab plane with one square per colour class")
        st.caption("Faint cells: no counted pixel fell into them.")
    with right:
        st.markdown("**Prior p (bars) and smoothed prior p̃ (line)**")
        figure = charts.prior_ranks(table)
        widgets.chart(figure, "prior_ranks", "Prior and smoothed prior by rank, log scale")
        st.markdown("**Weight w**")
        widgets.chart(charts.weight_ranks(table), "prior_weights", "Weight by rank, log scale")


main()
