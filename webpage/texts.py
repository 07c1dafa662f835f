"""The words and tables of the page, as HTML."""

import html
import os

from gradio.utils import get_space

from colorize_core import METHODS
from colorize_core.inference import grey_picture
from colorize_core.metrics import scores
from webpage.visit import Shown


def head(name: str, seconds: float | None = None) -> str:
    """The top line of a column: its method, and how long the network took."""
    time = "" if seconds is None else f"<span title='time of the network'>{seconds:.2f} s</span>"
    return f"<h2>{html.escape(METHODS[name].title)}</h2>{time}"


def note(name: str) -> str:
    """How a method works and why its pictures look so."""
    method = METHODS[name]
    title, idea, why = map(html.escape, (method.title, method.idea, method.why))
    return f"<h3>{title}</h3><p>{idea}</p><p>{why}</p>"


def measures(shown: Shown, temperature: float, saturation: float) -> str:
    """Plain grey and every column against the photo's own colours, as an HTML table."""
    if not shown.coloured:
        return "<p>This photo has no colours of its own to compare the results with.</p>"
    original = shown.preview
    rows = [("Plain grey", grey_picture(original))]
    for column, (name, _) in enumerate(shown.predictions):
        rows.append((METHODS[name].title, shown.render(column, temperature, saturation)))
    lines = [measures_row(title, scores.compare(picture, original)) for title, picture in rows]
    own = scores.compare(original, original)["colourfulness"]
    return (
        "<table><caption>Against the photo's own colours, which no network has seen</caption>"
        "<thead><tr><td></td><th>ΔE2000 ↓</th><th>PSNR ↑</th><th>Colourfulness</th></tr></thead>"
        f"<tbody>{''.join(lines)}"
        f"<tr><th>Original</th><td>0</td><td>–</td><td>{own:.0f}</td></tr></tbody></table>"
    )


def measures_row(title: str, values: dict[str, float]) -> str:
    """One picture's line of the table."""
    return (
        f"<tr><th>{html.escape(title)}</th><td>{values['delta_e2000']:.1f}</td>"
        f"<td>{values['psnr']:.1f} dB</td><td>{values['colourfulness']:.0f}</td></tr>"
    )


def header() -> str:
    """Title, one sentence, links."""
    board = os.environ.get("COLORIZE_DASHBOARD") or ("" if get_space() else "http://localhost:8501")
    anchors = f"<a href='{html.escape(board)}'>Dashboard</a>" if board else ""
    # Gradio loads its API page when its own footer button is pressed, not by the address alone.
    press = "event.preventDefault(); document.querySelector(`.show-api`).click()"
    anchors += f"<a href='?view=api' onclick='{press}'>API</a>"
    return (
        "<h1>Colorize Studio</h1><p>One grey photo, coloured by networks that differ only in "
        f"what they were trained to do.</p><nav>{anchors}</nav>"
    )
