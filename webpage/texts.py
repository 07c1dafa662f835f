"""The words and tables of the page, as HTML."""

import html
import os
from collections.abc import Iterable
from typing import Any

from gradio.utils import get_space

from colorize_core import METHODS
from colorize_core.inference.colorizer import grey_picture
from colorize_core.metrics import scores
from webpage import visit
from webpage.visit import Shown
from webpage.words import spoken

FAMILIES = {"regression": "Regression", "gan": "GAN", "classification": "Classification"}
TEMPERATURE_LABEL = "Temperature T"
OWN_L = "The photo's own lightness L is kept."
RGB = "It answers with a whole picture; only its colours are used, on the photo's own lightness L."


def head(name: str, seconds: float | None = None) -> str:
    """The top line of a column: its method, and how long the network took."""
    time = "" if seconds is None else f"<span title='time of the network'>{seconds:.2f} s</span>"
    return f"<h2>{html.escape(METHODS[name].title)}</h2>{time}"


def label(name: str) -> str:
    """A method in a menu: the family first, since menus have no groups."""
    method = METHODS[name]
    family = FAMILIES.get(method.family, method.family)
    return f"{family} · {'Studio' if method.report is None else method.title}"


def note(name: str) -> str:
    """How a method works, why its pictures look so, and what its network has seen."""
    method = METHODS[name]
    title, idea, why = map(html.escape, (method.title, method.idea, method.why))
    return f"<h3>{title}</h3><p>{idea}</p><p>{why}</p><p class='facts'>{facts(name)}</p>"


def facts(name: str) -> str:
    """What the shipped weights are, in a few short sentences, as HTML."""
    found = visit.described(name)
    report = found.method.report
    sentences = [
        f"After report {report}." if report else "",
        trained_on(found.training),
        f"The network sees {found.config.side} px.",
        RGB if found.config.color_space == "rgb" else OWN_L,
        f"Meant for T = {found.config.temperature:g}." if found.method.has_temperature else "",
    ]
    return html.escape(" ".join(sentence for sentence in sentences if sentence))


def trained_on(training: dict[str, Any]) -> str:
    """Data sets and images seen, as far as config.json tells."""
    data = [str(name) for name in training.get("data") or []]
    seen = training.get("images_seen")
    if not data:
        return "What it was trained on is not recorded."
    names = " and ".join(filter(None, (", ".join(data[:-1]), data[-1])))
    return f"Trained on {names}" + (f": {seen:,} images seen." if seen else ".")


def temperature_label(names: Iterable[str]) -> str:
    """What the temperature slider is called: it names the methods that it moves.

    One slider serves all columns; at first it moves one, in whose card it stands.
    """
    moved = [name for name in dict.fromkeys(names) if METHODS[name].has_temperature]
    if not moved or [METHODS[name].report for name in moved] == [None]:
        return TEMPERATURE_LABEL
    return f"{TEMPERATURE_LABEL} of {', '.join(METHODS[name].title for name in moved)}"


def measures(shown: Shown, temperature: float, saturation: float) -> str:
    """Plain grey and every column against the photo's own colours, as an HTML table."""
    if not shown.colored:
        return f"<p>{spoken('no_colors')}</p>"
    original = shown.preview
    rows = [(spoken("grey"), grey_picture(original))]
    for column, (name, _) in enumerate(shown.predictions):
        rows.append(
            (html.escape(METHODS[name].title), shown.render(column, temperature, saturation))
        )
    lines = [measures_row(title, scores.compare(picture, original)) for title, picture in rows]
    own = scores.compare(original, original)["colorfulness"]
    return (
        f"<table><caption>{spoken('against')}</caption><thead><tr><td></td><th>ΔE2000 ↓</th>"
        f"<th>PSNR ↑</th><th>{spoken('colorfulness')}</th></tr></thead>"
        f"<tbody>{''.join(lines)}"
        f"<tr><th>{spoken('original_row')}</th><td>0</td><td>–</td><td>{own:.0f}</td></tr></tbody></table>"
    )


def measures_row(title: str, values: dict[str, float]) -> str:
    """One picture's line of the table; `title` is HTML."""
    return (
        f"<tr><th>{title}</th><td>{values['delta_e2000']:.1f}</td>"
        f"<td>{values['psnr']:.1f} dB</td><td>{values['colorfulness']:.0f}</td></tr>"
    )


def header() -> str:
    """Title, one sentence, links."""
    board = os.environ.get("COLORIZE_DASHBOARD") or ("" if get_space() else "http://localhost:8501")
    anchors = f"<a href='{html.escape(board)}'>{spoken('dashboard')}</a>" if board else ""
    # Gradio loads its API page when its own footer button is pressed, not by the address alone.
    press = "event.preventDefault(); document.querySelector(`.show-api`).click()"
    anchors += f"<a href='?view=api' onclick='{press}'>API</a>"
    return f"<h1>Colorize Studio</h1><p>{spoken('slogan')}</p><nav>{anchors}</nav>"
