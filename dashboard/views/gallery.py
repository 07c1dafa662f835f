"""Gallery: photos and what each method makes of them, best and worst first."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from colorize_core.errors import ColorizeError
from dashboard import charts, pictures, results, widgets
from dashboard.pictures import Shown, Source
from dashboard.results import Run

ORDERS = {
    "best": "Best first (least ΔE2000)",
    "worst": "Worst first (failure gallery)",
    "colorful": "Most colourful first",
    "disagreement": "Largest disagreement between methods",
}
SMALL, LARGE = 150, 264  # widths of pictures, pixels; four large ones fit on a desktop
PER_PAGE = 4
MOST_PHOTOS = 200

Table = dict[Source, dict[str, Shown]]
"""Every photo with its pictures, by name of the run."""


def main() -> None:
    """Draw the page."""
    widgets.header(
        "Gallery",
        "Numbers hide what people notice. Here are whole photos: the truth, plain grey, and what "
        "each method made of the grey. ΔE2000 says how far the colours are from the true ones, "
        "as an eye would judge (1 is barely visible, grey scores about 10); a low number with "
        "pale colours is a safe bet, a high one with vivid colours a bold mistake. Look at the "
        "failures first, and at photos on which the methods disagree: there the colour cannot "
        "be known from the grey.",
        r"\text{disagreement} = \operatorname*{mean}_{i<j} \; \overline{\Delta E_{00}}\,(i, j)",
    )
    runs = widgets.usable_runs(results.list_runs())
    if not runs:
        widgets.no_checkpoints()
    photos = choose_photos()
    left, right = st.columns(2)
    with left:
        chosen = widgets.choose_runs("gallery_runs", runs)
    with right:
        temperature = widgets.temperature_slider("gallery_T")
    opened = [photo for photo in photos if photo.title == st.query_params.get("gallery_photo")]
    table = colorize_all(opened or photos, chosen, temperature)
    if opened and table:
        show_large(opened[0], table[opened[0]], chosen, temperature)
    else:
        show_grid(table, chosen, temperature)


def choose_photos() -> list[Source]:
    """Those of the reader's folder, or the photographs inside scikit-image."""
    left, right = st.columns([3, 1])
    with left:
        folder = st.text_input(
            "Folder of photos",
            key="gallery_folder",
            bind="query-params",
            placeholder="empty: the photographs that come with scikit-image",
        ).strip()
    with right:
        limit = st.number_input(
            "At most", 1, MOST_PHOTOS, 24, key="gallery_limit", bind="query-params"
        )
    if folder:
        try:
            return pictures.folder_photos(folder, int(limit))
        except ColorizeError as error:
            widgets.warn([str(error)])
    return pictures.bundled_photos()[: int(limit)]


def colorize_all(photos: list[Source], runs: list[Run], temperature: float) -> Table:
    """Every photo with all its pictures; broken ones are named and left out."""
    table, problems = {}, {}
    bar = st.progress(0.0, "colorizing")
    for i, photo in enumerate(photos):
        bar.progress((i + 1) / len(photos), f"colorizing {photo.title}")
        shown = {}
        for name, run in {"truth": "truth", "grey": "grey", **{r.name: r for r in runs}}.items():
            try:
                shown[name] = pictures.show(photo, run, temperature)
            except ColorizeError as error:
                problems[str(error)] = None
        if "truth" in shown:
            table[photo] = shown
    bar.empty()
    widgets.warn(problems)
    return table


def open_photo(title: str | None) -> None:
    """Put the large view into the URL, or take it out."""
    if title is None:
        st.query_params.pop("gallery_photo", None)
    else:
        st.query_params["gallery_photo"] = title


# --- grid -------------------------------------------------------------------------------------


def show_grid(table: Table, runs: list[Run], temperature: float) -> None:
    """One row per photo, in the chosen order, a few at a time."""
    a, b, c = st.columns([2, 1, 1])
    with a:
        order = widgets.choose_one("Order", ORDERS, "gallery_order")
    with b:
        names = [run.name for run in runs] or ["grey"]
        by = widgets.choose_one("Ordered by", names, "gallery_by")
    photos = sort_photos(table, runs, order, by, temperature)
    pages = max(1, -(-len(photos) // PER_PAGE))
    with c:
        page = st.number_input(
            f"Page (1 to {pages})", 1, pages, 1, key="gallery_page", bind="query-params"
        )
    for photo in photos[(page - 1) * PER_PAGE : page * PER_PAGE]:
        show_row(photo, table[photo])


def sort_photos(
    table: Table, runs: list[Run], order: str, by: str, temperature: float
) -> list[Source]:
    """Photos in the chosen order; those that the method failed on come last."""
    key: Callable[[Source], float] = {
        "best": lambda photo: table[photo][by].measures["delta_e2000"],
        "worst": lambda photo: -table[photo][by].measures["delta_e2000"],
        "colorful": lambda photo: -table[photo][by].measures["colorfulness"],
        "disagreement": lambda photo: -pictures.disagreement(photo, runs, temperature),
    }[order]
    done = [photo for photo in table if by in table[photo]]
    return sorted(done, key=key) + [photo for photo in table if photo not in done]


def show_row(photo: Source, shown: dict[str, Shown]) -> None:
    """A photo with all its pictures."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{photo.title}**", width="content")
            st.button(
                "🔍 Large view",
                key=f"gallery_open_{photo.path}",
                on_click=open_photo,
                args=(photo.title,),
                type="tertiary",
            )
        with st.container(horizontal=True):
            for name, picture in shown.items():
                widgets.picture(picture, name, SMALL)


# --- large view -------------------------------------------------------------------------------


def show_large(photo: Source, shown: dict[str, Shown], runs: list[Run], temperature: float) -> None:
    """One photo large, with maps of where and why colours are wrong."""
    st.button("← Back to the gallery", on_click=open_photo, args=(None,), key="gallery_back")
    st.subheader(photo.title)
    with st.container(horizontal=True):
        for name, picture in shown.items():
            widgets.picture(picture, name, LARGE)
    table = pictures.measure_table(shown)
    widgets.table(table, "gallery_measures", column_config={"_index": "Picture"})
    done = [run for run in runs if run.name in shown]
    show_maps(
        {run.name: pictures.error_map(photo, run, temperature) for run in done},
        "error",
        "**Where the colours are wrong.** Distance of every pixel's (a, b) from the true one; "
        "bright is far.",
        "Lab units",
    )
    show_maps(
        {run.name: pictures.entropy_map(photo, run) for run in done if run.has_temperature},
        "entropy",
        "**Where a classifier does not know.** Entropy of its distribution over colours, on the "
        "network's own grid: 0 bits is certainty, one bit a choice between two, eight bits any "
        "colour at all. Doubt and error need not meet: a confident mistake is dark here and "
        "bright above.",
        "bits",
    )


def show_maps(maps: dict[str, np.ndarray], kind: str, text: str, unit: str) -> None:
    """A map for each run, all on one scale."""
    if not maps:
        return
    st.markdown(f"{text} All maps share one scale.")
    top = max(float(np.quantile(values, 0.995)) for values in maps.values())
    columns = st.columns(max(2, len(maps)))
    for column, (name, values) in zip(columns[: len(maps)], maps.items(), strict=True):
        with column:
            st.caption(f"**{name}**, mean {values.mean():.1f} {unit}")
            figure = charts.heat_map(values, unit, kind, top)
            widgets.chart(figure, f"gallery_{kind}_{name}", f"Map of {kind} of {name}")


main()
