"""Temperature: from the mean of all candidate colours to the likeliest one."""

import numpy as np
import streamlit as st

from colorize_core.errors import ColorizeError
from colorize_core.metrics.table import METRICS
from dashboard import charts, pictures, results, widgets
from dashboard.results import Run

SHOWN = (0.0, 0.09, 0.2, 0.38, 0.6, 0.8, 1.0)
RECOMMENDED = (0.09, 0.38)
"""By report 001 and by Zhang et al. 2016."""
WIDTH = 168  # of a picture, pixels: two fit side by side on a phone


def main() -> None:
    """Draw the page."""
    widgets.header(
        "Temperature",
        "A classifier gives every place of the picture a probability for each colour. "
        "The **temperature T** decides how these become one colour: at T = 1 it is their mean, "
        "calm and often brownish, since a mean of red and green is brown; at T = 0 it is the "
        "likeliest colour alone, vivid but patchy, since neighbours may choose differently. In "
        "between lies the annealed mean. The network runs once per photo; only this last step "
        "is repeated. Zhang et al. 2016 recommend T = 0.38, report 001 found 0.09 best.",
        r"ab = \sum_q c_q\, \frac{\exp(z_q / T)}{\sum_k \exp(z_k / T)}",
    )
    runs = [run for run in widgets.usable_runs(results.list_runs()) if run.has_temperature]
    if not runs:
        st.info("No trained method here has a temperature; train a classifier first.")
        return
    left, right = st.columns(2)
    with left:
        chosen = widgets.choose_runs("temperature_runs", runs)
    with right:
        temperature = widgets.temperature_slider("temperature_T")
    sweeps = comparable_sweeps(chosen)
    if sweeps:
        show_sweeps(sweeps, temperature)
    show_pictures(chosen, temperature)


# --- measured curves --------------------------------------------------------------------------


def comparable_sweeps(runs: list[Run]) -> dict[str, dict]:
    """Sweeps of the same photos as the first; a warning says why others are not drawn."""
    sweeps, problems = {}, []
    for run in runs:
        sweep, problem = results.load_sweep(run.folder)
        if problem:
            problem += f". Measure it: `colorize evaluate {run.name} --sweep --data FOLDER`"
        elif sweeps and photos_of(sweep) != photos_of(next(iter(sweeps.values()))):
            problem = f"measured on other photos, {sweep['photos']}, so it is not drawn"
        else:
            sweeps[run.name] = sweep
        problems += [f"**{run.name}**: {problem}."] if problem else []
    widgets.warn(problems)
    return sweeps


def photos_of(sweep: dict) -> tuple:
    """What two sweeps must share to be drawn together."""
    return sweep["photos"], sweep["temperatures"], sweep["chroma_histogram"]["edges"]


def show_sweeps(sweeps: dict[str, dict], temperature: float) -> None:
    """Every metric over T, and the chroma of the results."""
    first = next(iter(sweeps.values()))
    st.subheader("Measured over T")
    st.caption(
        f"{first['photos']}; bands: 95 % bootstrap intervals "
        "over pictures. Dashed: the two recommended temperatures; solid: T of the slider. "
        f"{recognition_text(sweeps)}"
    )
    columns = st.columns(2)
    names = [n for n in METRICS if any(n in sweep["measures"] for sweep in sweeps.values())]
    for i, name in enumerate(names):
        with columns[i % 2]:
            show_metric(sweeps, name, temperature)
    show_histogram(sweeps, temperature)


def recognition_text(sweeps: dict[str, dict]) -> str:
    """On how many photos an evaluation classifier was asked, and which sweeps asked none."""
    named = {name: sum((sweep.get("classifier") or {}).values()) for name, sweep in sweeps.items()}
    unasked = ", ".join(name for name, count in named.items() if not count)
    text = ""
    if any(named.values()):
        text = f"An evaluation classifier named the {max(named.values()):,} that have a label. "
    if unasked:
        text += (
            f"No evaluation classifier's accuracy for {unasked}: none was asked, since that takes "
            "photos with labels and a classifier trained on them."
        )
    return text


def show_metric(sweeps: dict[str, dict], name: str, temperature: float) -> None:
    """One metric over T."""
    first, title = next(iter(sweeps.values())), METRICS[name].heading
    figure = charts.sweep_curve(
        first["temperatures"],
        {run: s["measures"][name] for run, s in sweeps.items() if name in s["measures"]},
        title,
        grey=results.reference(first, "grey", name),
        # The originals against themselves: 0 or 100 by definition, and far off the scale.
        truth=None if results.is_trivial(name) else results.reference(first, "truth", name),
        marked=RECOMMENDED,
        chosen=temperature,
        colors=charts.colors_of(list(sweeps)),
    )
    st.markdown(f"**{METRICS[name].title}**, {results.DIRECTIONS[METRICS[name].higher_is_better]}")
    widgets.chart(figure, f"temperature_{name}", f"{title} over temperature")


def show_histogram(sweeps: dict[str, dict], temperature: float) -> None:
    """Chroma of the results at the measured T nearest to the slider's."""
    first = next(iter(sweeps.values()))
    measured = np.asarray(first["temperatures"], dtype=float)
    index = int(np.abs(measured - temperature).argmin())
    st.subheader(f"How vivid the pixels are at T = {measured[index]:g}")
    if abs(measured[index] - temperature) > 1e-6:
        st.caption(f"The measured temperature nearest to {temperature:g}.")
    figure = charts.chroma_histogram(
        first["chroma_histogram"]["edges"],
        {name: sweep["chroma_histogram"]["results"][index] for name, sweep in sweeps.items()},
        first["chroma_histogram"]["truth"],
        measured[index],
    )
    alt = "Histogram of chroma, results against originals"
    widgets.chart(figure, "temperature_histogram", alt)


# --- pictures ---------------------------------------------------------------------------------


def show_pictures(runs: list[Run], temperature: float) -> None:
    """One photo at seven temperatures, the original, and T of the slider; a row per method."""
    st.subheader("One photo at seven temperatures")
    photos = {photo.title: photo for photo in pictures.bundled_photos()}
    if not photos:
        st.info("scikit-image's photographs are not installed.")
        return
    photo = photos[widgets.choose_one("Photo", list(photos), "temperature_photo")]
    for run in runs:
        st.markdown(f"**{run.name}**")
        try:
            shown = {t: pictures.show(photo, run, t) for t in sorted({*SHOWN, temperature})}
            original = pictures.show(photo, "truth", None)
        except ColorizeError as error:
            st.error(f"{run.name}: {error}")
            continue
        with st.container(horizontal=True):
            for t, picture in shown.items():
                mark = " ← slider" if t == temperature else ""
                widgets.picture(picture, f"T = {t:g}{mark}", WIDTH)
            widgets.picture(original, "original", WIDTH)


main()
