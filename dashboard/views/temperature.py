"""Temperature: from the mean of all candidate colours to the likeliest one."""

import numpy as np
import streamlit as st

from colorize_core.errors import ColorizeError
from dashboard import charts, pictures, results, widgets
from dashboard.results import Run

SHOWN = (0.0, 0.09, 0.2, 0.38, 0.6, 0.8, 1.0)
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
    runs = [r for r in widgets.usable_runs(results.list_runs()) if pictures.takes_temperature(r)]
    if not runs:
        st.info("No trained method here has a temperature; train a classifier first.")
        return
    names = results.method_order([run.name for run in runs])
    left, right = st.columns(2)
    with left:
        name = st.selectbox("Method", names, key="temperature_method", bind="query-params")
    with right:
        temperature = widgets.temperature_slider("temperature_T")
    run = next(run for run in runs if run.name == name)
    show_sweep(run, temperature)
    show_pictures(run, temperature)


# --- measured curves --------------------------------------------------------------------------


def show_sweep(run: Run, temperature: float) -> None:
    """Measured curves and the chroma histogram, or how to get them."""
    sweep, problem = results.load_sweep(run.folder)
    if sweep is None:
        st.warning(
            f"{run.name}: {problem}. Measure it: "
            f"`colorize evaluate {run.name} --sweep --data FOLDER`.",
            icon="⚠️",
        )
        return
    st.subheader("Measured over T")
    st.caption(
        f"n = {sweep['n']:,} photos never trained on ({sweep['data_text']}); bands: 95 % "
        "bootstrap intervals over pictures. Dashed: the two recommended temperatures; solid: T "
        "of the slider."
    )
    columns = st.columns(2)
    for i, (name, curve) in enumerate(sweep["measures"].items()):
        with columns[i % 2]:
            show_measure(run, sweep, name, curve, temperature)
    show_histogram(sweep, temperature)


def show_measure(run: Run, sweep: dict, name: str, curve: dict, temperature: float) -> None:
    """One measure over T."""
    title, direction = measure_titles().get(name, (name, None))
    grey, truth = (sweep.get(kind, {}).get(name, {}).get("value") for kind in results.REFERENCES)
    if direction is not None:
        # The originals against themselves: 0 or 100 by definition, and far off the scale.
        truth = None
    figure = charts.sweep_curve(
        sweep["temperatures"],
        {run.name: curve},
        title,
        grey=grey,
        truth=truth,
        marked=widgets.MARKED,
        chosen=temperature,
        revision=f"sweep-{run.name}-{name}",
    )
    st.markdown(f"**{title.partition(' (')[0]}**, {charts.ARROWS[direction]}")
    widgets.chart(figure, f"temperature_{name}", f"{title} over temperature")


def measure_titles() -> dict[str, tuple[str, bool | None]]:
    """Title with unit, and direction, of every measure of a sweep."""
    from colorize_core.sweep import SWEEP_METRICS

    return {
        name: (charts.with_unit(m.title, m.unit), m.higher_is_better)
        for name, m in SWEEP_METRICS.items()
    }


def show_histogram(sweep: dict, temperature: float) -> None:
    """Chroma of the results at the measured T nearest to the slider's."""
    measured = np.asarray(sweep["temperatures"], dtype=float)
    index = int(np.abs(measured - temperature).argmin())
    histogram = sweep["chroma_histogram"]
    st.subheader(f"How vivid the pixels are at T = {measured[index]:g}")
    if abs(measured[index] - temperature) > 1e-6:
        st.caption(f"The measured temperature nearest to {temperature:g}.")
    figure = charts.chroma_histogram(
        histogram["edges"], histogram["results"][index], histogram["truth"], measured[index]
    )
    alt = "Histogram of chroma, results against originals"
    widgets.chart(figure, "temperature_histogram", alt)


# --- pictures ---------------------------------------------------------------------------------


def show_pictures(run: Run, temperature: float) -> None:
    """One photo at seven temperatures, the original, and T of the slider."""
    st.subheader("One photo at seven temperatures")
    photos = pictures.bundled_photos()
    if not photos:
        st.info("scikit-image's photographs are not installed.")
        return
    title = st.selectbox(
        "Photo", [photo.title for photo in photos], key="temperature_photo", bind="query-params"
    )
    photo = next(photo for photo in photos if photo.title == title)
    levels = sorted({*SHOWN, temperature})
    try:
        shown = {t: pictures.show(photo, run, t) for t in levels}
        original = pictures.show(photo, "truth", None)
    except ColorizeError as error:
        st.error(str(error))
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
        st.caption(f"**{label}**  \ncolourfulness {picture.measures['colourfulness']:.0f}")


main()
