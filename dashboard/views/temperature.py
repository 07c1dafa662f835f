"""Temperature: from the mean of all candidate colours to the likeliest one."""

import numpy as np
import streamlit as st

from colorize_core.errors import ColorizeError
from dashboard import charts, pictures, results, widgets
from dashboard.heading import header
from dashboard.results import Run

SHOWN = (0.0, 0.09, 0.2, 0.38, 0.6, 0.8, 1.0)
ASKED_FOR = "classifier_confidence"
"""A measure drawn on request alone: every chart takes its time."""
WIDTH = 168  # of a picture, pixels: two fit side by side on a phone


def main() -> None:
    """Draw the page."""
    header(
        "Temperature",
        "A classifier gives every place of the picture a probability for each colour. "
        "The **temperature T** decides how these become one colour: at T = 1 it is their mean, "
        "calm and often brownish, since a mean of red and green is brown; at T = 0 it is the "
        "likeliest colour alone, vivid but patchy, since neighbours may choose differently. In "
        "between lies the annealed mean. The network runs once per photo; only this last step "
        "is repeated. Zhang et al. 2016 recommend T = 0.38, report 001 found 0.09 best.",
        r"ab = \sum_q c_q\, \frac{\exp(z_q / T)}{\sum_k \exp(z_k / T)}",
    )
    runs = [r for r in widgets.usable_runs(results.list_runs()) if pictures.takes_temperature(r)]
    if not runs:
        st.info("No trained method here has a temperature; train a classifier first.")
        return
    left, right = st.columns(2)
    with left:
        chosen = widgets.choose_runs("temperature_runs", runs)
    with right:
        temperature = widgets.temperature_slider("temperature_T")
    show_sweeps(chosen, temperature)
    show_pictures(chosen, temperature)


# --- measured curves --------------------------------------------------------------------------


def show_sweeps(runs: list[Run], temperature: float) -> None:
    """Measured curves of all methods, or how to get them; a part for each set of photos."""
    sweeps, groups = {}, {}
    for run in runs:
        sweeps[run.name], problem = results.load_sweep(run.folder)
        if problem:
            st.warning(
                f"{run.name}: {problem}. Measure it: "
                f"`colorize evaluate {run.name} --sweep --data FOLDER`.",
                icon="⚠️",
            )
            continue
        groups.setdefault(photos_of(sweeps[run.name]), []).append(run.name)
    colors = charts.colors_of([run.name for run in runs])
    for i, names in enumerate(groups.values()):
        group = {name: sweeps[name] for name in names}
        show_group(group, temperature, colors, f"_{i}" if i else "")


def photos_of(sweep: dict) -> tuple:
    """What two sweeps must share to be drawn together."""
    return sweep["data_text"], *map(tuple, (sweep["temperatures"], sweep["edges"]))


def show_group(
    group: dict[str, dict], temperature: float, colors: dict[str, str], suffix: str
) -> None:
    """Methods that were measured on the same photos."""
    first = next(iter(group.values()))
    st.subheader("Measured over T")
    st.caption(
        f"n = {first['n']:,} photos never trained on ({first['data_text']}); bands: 95 % "
        "bootstrap intervals over pictures. Dashed: the two recommended temperatures; solid: T "
        f"of the slider. {classifierd_text(group)}"
    )
    names = [n for n in results.SWEPT if any(n in sweep["measures"] for sweep in group.values())]
    if ASKED_FOR in names and not st.toggle(
        "The evaluation classifier's confidence as well",
        key=f"temperature_sure{suffix}",
        bind="query-params",
    ):
        names.remove(ASKED_FOR)
    columns = st.columns(2)
    for i, name in enumerate(names):
        with columns[i % 2]:
            show_measure(group, name, temperature, colors, suffix)
    show_histogram(group, temperature, colors, suffix)


def classifierd_text(group: dict[str, dict]) -> str:
    """On how many photos an evaluation classifier was asked, and which sweeps asked none."""
    parts = []
    unasked = [n for n, sweep in group.items() if "classifier_accuracy" not in sweep["measures"]]
    asked = [sweep for n, sweep in group.items() if n not in unasked]
    if unasked:
        parts.append(
            f"No evaluation classifier's accuracy for {', '.join(unasked)}: this sweep asked no evaluation classifier, which takes "
            "photos with labels and an evaluation classifier trained on them."
        )
    if asked:
        count = results.reference(asked[0], "truth", "classifier_accuracy", "n") or asked[0]["n"]
        parts.append(
            f"An evaluation classifier named the {int(count):,} of them that have a label."
        )
    return " ".join(parts)


def show_measure(
    group: dict[str, dict], name: str, temperature: float, colors: dict[str, str], suffix: str
) -> None:
    """One measure over T."""
    measure, first = results.SWEPT[name], next(iter(group.values()))
    title = charts.with_unit(measure.title, measure.unit)
    trivial = measure.higher_is_better is not None and name not in results.CLASSIFIERD
    curves = {n: s["measures"][name] for n, s in group.items() if name in s["measures"]}
    figure = charts.sweep_curve(
        first["temperatures"],
        curves,
        title,
        grey=results.reference(first, "grey", name),
        # The originals against themselves: 0 or 100 by definition, and far off the scale.
        truth=None if trivial else results.reference(first, "truth", name),
        marked=widgets.MARKED,
        chosen=temperature,
        revision=f"sweep-{name}{suffix}",
        colors=colors,
    )
    st.markdown(f"**{measure.title}**, {charts.ARROWS[measure.higher_is_better]}")
    widgets.chart(figure, f"temperature_{name}{suffix}", f"{title} over temperature")


def show_histogram(
    group: dict[str, dict], temperature: float, colors: dict[str, str], suffix: str
) -> None:
    """Chroma of the results at the measured T nearest to the slider's."""
    first = next(iter(group.values()))
    measured = np.asarray(first["temperatures"], dtype=float)
    index = int(np.abs(measured - temperature).argmin())
    st.subheader(f"How vivid the pixels are at T = {measured[index]:g}")
    if abs(measured[index] - temperature) > 1e-6:
        st.caption(f"The measured temperature nearest to {temperature:g}.")
    figure = charts.chroma_histogram(
        first["edges"],
        {name: sweep["chroma_histogram"]["results"][index] for name, sweep in group.items()},
        first["chroma_histogram"]["truth"],
        measured[index],
        colors,
    )
    alt = "Histogram of chroma, results against originals"
    widgets.chart(figure, f"temperature_histogram{suffix}", alt)


# --- pictures ---------------------------------------------------------------------------------


def show_pictures(runs: list[Run], temperature: float) -> None:
    """One photo at seven temperatures, the original, and T of the slider; a row per method."""
    st.subheader("One photo at seven temperatures")
    photos = {photo.title: photo for photo in pictures.bundled_photos()}
    if not photos:
        st.info("scikit-image's photographs are not installed.")
        return
    title = st.selectbox("Photo", list(photos), key="temperature_photo", bind="query-params")
    for run in runs:
        if len(runs) > 1:
            st.markdown(f"**{run.name}**")
        show_row(run, photos[title], temperature)


def show_row(run: Run, photo: pictures.Source, temperature: float) -> None:
    """One method's pictures of a photo, and the original."""
    levels = sorted({*SHOWN, temperature})
    try:
        shown = {t: pictures.show(photo, run, t) for t in levels}
        original = pictures.show(photo, "truth", None)
    except ColorizeError as error:
        st.error(f"{run.name}: {error}")
        return
    with st.container(horizontal=True):
        for t, picture in shown.items():
            mark = " ← slider" if t == temperature else ""
            show_one(picture, f"T = {t:g}{mark}")
        show_one(original, "original")


def show_one(picture: pictures.Shown, label: str) -> None:
    """A picture with its colourfulness."""
    with st.container(width=WIDTH):
        st.image(picture.jpeg, width="stretch", alt=label)
        st.caption(f"**{label}**  \ncolourfulness {picture.measures['colorfulness']:.0f}")


main()
