"""Gallery: photos that no method was trained on, side by side, best and worst first."""

import pandas as pd
import streamlit as st

from colorize_core.errors import ColorizeError
from dashboard import charts, pictures, results, widgets
from dashboard.heading import header
from dashboard.pictures import Shown, Source
from dashboard.results import Run

ORDERS = {
    "best": "Best first (least ΔE2000)",
    "worst": "Worst first (failure gallery)",
    "colourful": "Most colourful first",
    "disagreement": "Largest disagreement between methods",
}
WIDTHS = {"small": 150, "large": 264}
LARGE = 264  # four beside each other on a desktop
PER_PAGE = 4
MOST_PHOTOS = 200


def main() -> None:
    """Draw the page."""
    header(
        "Gallery",
        "Numbers hide what people notice. Here are whole photos: the truth, plain grey, and what "
        "each method made of the grey. ΔE2000 says how far the colours are from the true ones, "
        "as an eye would evaluation classifier (1 is barely visible, grey scores about 10); a low number with "
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
    table = measured(photos, chosen, temperature)
    opened = st.query_params.get("gallery_photo")
    source = next((s for s in table if s.title == opened), None)
    if source is not None:
        show_large(source, table[source], chosen, temperature)
    else:
        show_grid(table, chosen, temperature)


# --- what to show -----------------------------------------------------------------------------


def choose_photos() -> list[Source]:
    """The user's folder, or the photographs inside scikit-image."""
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
            st.warning(str(error), icon="⚠️")
    return pictures.bundled_photos()[: int(limit)]


def measured(
    photos: list[Source], runs: list[Run], temperature: float
) -> dict[Source, dict[str, Shown]]:
    """Every photo with all its pictures; broken ones are named and left out."""
    table, problems = {}, {}
    bar = st.progress(0.0, "colorizing")
    for i, photo in enumerate(photos):
        bar.progress((i + 1) / len(photos), f"colorizing {photo.title}")
        shown = {}
        for run in ("truth", "grey", *runs):
            name = run if isinstance(run, str) else run.name
            try:
                shown[name] = pictures.show(photo, run, temperature)
            except ColorizeError as error:
                problems[str(error)] = None
        if "truth" in shown:
            table[photo] = shown
    bar.empty()
    widgets.warn(problems)
    return table


def sort_photos(
    table: dict[Source, dict[str, Shown]], runs: list[Run], order: str, by: str, temperature: float
) -> list[Source]:
    """Photos in the chosen order; those that the method failed on come last."""
    photos = [photo for photo in table if by in table[photo]]
    if order == "disagreement":
        keys = pictures.disagreement(photos, runs, temperature)
    else:
        measure = "colorfulness" if order == "colourful" else "delta_e2000"
        keys = [table[photo][by].measures[measure] for photo in photos]
    ranked = sorted(zip(keys, range(len(photos)), strict=True), reverse=order != "best")
    return [photos[i] for _, i in ranked] + [photo for photo in table if photo not in photos]


# --- grid -------------------------------------------------------------------------------------


def show_grid(table: dict[Source, dict[str, Shown]], runs: list[Run], temperature: float) -> None:
    """One row per photo, in the chosen order, a few at a time."""
    a, b, c = st.columns([2, 1, 1])
    with a:
        order = widgets.choose_one("Order", ORDERS, "gallery_order")
    with b:
        names = [run.name for run in runs] or ["grey"]
        by = st.selectbox("Evaluation classifierd by", names, key="gallery_by", bind="query-params")
    with c:
        size = st.selectbox("Pictures", list(WIDTHS), key="gallery_size", bind="query-params")
    photos = sort_photos(table, runs, order, by, temperature)
    pages = max(1, -(-len(photos) // PER_PAGE))
    page = 1
    if pages > 1:
        page = st.number_input(
            f"Page (1 to {pages})", 1, pages, 1, key="gallery_page", bind="query-params"
        )
    for photo in photos[(int(page) - 1) * PER_PAGE : int(page) * PER_PAGE]:
        show_row(photo, table[photo], WIDTHS[size])


def show_row(photo: Source, shown: dict[str, Shown], width: int) -> None:
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
                show_picture(name, picture, width)


def show_picture(name: str, picture: Shown, width: int) -> None:
    """One picture and its measures."""
    measures = picture.measures
    text = f"**{name}**  \ncolourfulness {measures['colorfulness']:.0f}"
    if name != "truth":
        text = f"**{name}**  \nΔE {measures['delta_e2000']:.1f} · colourfulness "
        text += f"{measures['colorfulness']:.0f}"
    with st.container(width=width):
        st.image(picture.jpeg, width="stretch", alt=name)
        st.caption(text)


def open_photo(title: str | None) -> None:
    """Put the large view into the URL, or take it out."""
    if title is None:
        st.query_params.pop("gallery_photo", None)
    else:
        st.query_params["gallery_photo"] = title


# --- large view -------------------------------------------------------------------------------


def show_large(photo: Source, shown: dict[str, Shown], runs: list[Run], temperature: float) -> None:
    """One photo large, with maps of where and why colours are wrong."""
    st.button("← Back to the gallery", on_click=open_photo, args=(None,), key="gallery_back")
    st.subheader(photo.title)
    with st.container(horizontal=True):
        for name, picture in shown.items():
            show_picture(name, picture, LARGE)
    st.dataframe(
        pictures.metric_frame({name: picture.measures for name, picture in shown.items()}),
        column_config={"_index": "Picture"},
        key="gallery_measures",
    )
    done = [run for run in runs if run.name in shown]
    show_errors(photo, done, temperature)
    show_entropies(photo, [run for run in done if pictures.takes_temperature(run)])


def show_errors(photo: Source, runs: list[Run], temperature: float) -> None:
    """Where each method's colours are wrong, on one scale."""
    if not runs:
        return
    st.markdown(
        "**Where the colours are wrong.** Distance of every pixel's (a, b) from the true one; "
        "bright is far. All maps share one scale."
    )
    maps = {run.name: pictures.error_map(photo, run, temperature) for run in runs}
    top = max(float(pd.Series(m.ravel()).quantile(0.995)) for m in maps.values())
    columns = st.columns(max(2, len(maps)))[: len(maps)]
    for column, (name, values) in zip(columns, maps.items(), strict=True):
        with column:
            st.caption(f"**{name}**, mean {values.mean():.1f}")
            figure = charts.heat_map(values, "Lab units", "ab error", top)
            widgets.chart(figure, f"gallery_error_{name}", f"Map of ab error of {name}")


def show_entropies(photo: Source, runs: list[Run]) -> None:
    """Where the classifiers do not know."""
    if not runs:
        return
    st.markdown(
        "**Where a classifier does not know.** Entropy of its distribution over colours, on the "
        "network's own grid: 0 bits is certainty, one bit a choice between two, eight bits any "
        "colour at all. Doubt and error need not meet: a confident mistake is dark here and "
        "bright above."
    )
    columns = st.columns(max(2, len(runs)))[: len(runs)]
    for column, run in zip(columns, runs, strict=True):
        values = pictures.entropy_map(photo, run)
        with column:
            st.caption(f"**{run.name}**, mean {values.mean():.1f} bits")
            figure = charts.heat_map(values, "bits", "entropy")
            widgets.chart(figure, f"gallery_entropy_{run.name}", f"Entropy map of {run.name}")


main()
