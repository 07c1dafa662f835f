"""What the page says of methods and pictures, as HTML."""

import html
import os
from collections.abc import Iterable

from gradio.utils import get_space

from colorize_core import METHODS
from colorize_core.methods.checkpoint import Checkpoint
from colorize_core.metrics import scores
from colorize_core.runs import training_totals
from webpage import networks
from webpage.session import Session

FAMILIES = {"regression": "Regression", "gan": "GAN", "classification": "Classification"}
TEMPERATURE_LABEL = "Temperature T"
SLOGAN = (
    "One grey photo, coloured by three networks side by side: what each was trained to do decides "
    "how it colours."
)
OWN_L = "The photo's own lightness L is kept."
RGB = "It answers with a whole picture; only its colours are used, on the photo's own lightness L."
NO_COLORS = "<p>This photo has no colours of its own to compare the results with.</p>"
MEASURES = """<table><caption>Against the photo's own colours, which no network has seen</caption>
<thead><tr><td></td><th>ΔE2000 ↓</th><th>PSNR ↑</th><th>Colourfulness</th></tr></thead>
<tbody>{rows}<tr><th>Original</th><td>0</td><td>–</td><td>{own:.0f}</td></tr></tbody></table>"""
MEASURES_ROW = (
    "<tr><th>{title}</th><td>{delta_e2000:.1f}</td><td>{psnr:.1f} dB</td>"
    "<td>{colorfulness:.0f}</td></tr>"
)


def notes(sentences: Iterable[str]) -> str:
    """What there is to say about a photo's file, as HTML."""
    return "".join(f"<p>{html.escape(sentence)}.</p>" for sentence in sentences)


def unusable() -> str:
    """Methods whose folders are damaged, as HTML; why, the log of the server tells."""
    names = [METHODS[name].title for name in networks.unusable()]
    if not names:
        return ""
    text = f"Not available, since their files on this server are damaged: {', '.join(names)}."
    return f"<p class='unusable'>{html.escape(text)}</p>"


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
    """What the weights are, in a few short sentences, as HTML."""
    found = networks.described(name)
    report = found.method.report
    sentences = [
        f"After report {report}." if report else "",
        trained_on(found),
        f"The network sees {found.config.side} px.",
        RGB if found.config.color_space == "rgb" else OWN_L,
        f"Meant for T = {found.config.temperature:g}." if found.method.has_temperature else "",
    ]
    return html.escape(" ".join(sentence for sentence in sentences if sentence))


def trained_on(found: Checkpoint) -> str:
    """Data sets, and images seen with the runs that it started from, as far as is recorded."""
    data = [str(name) for name in found.training.get("data") or []]
    if not data:
        return "What it was trained on is not recorded."
    names = " and ".join(filter(None, (", ".join(data[:-1]), data[-1])))
    totals = training_totals(found.folder)
    if totals is None:
        return f"Trained on {names}."
    least = "" if totals.whole else "at least "
    return f"Trained on {names}: {least}{totals.images:,} images seen."


def temperature_label(names: Iterable[str]) -> str:
    """What the temperature slider is called: it names the methods that it moves.

    One slider serves all columns; at first it moves one, in whose card it stands.
    """
    moved = [name for name in dict.fromkeys(names) if METHODS[name].has_temperature]
    if not moved or [METHODS[name].report for name in moved] == [None]:
        return TEMPERATURE_LABEL
    return f"{TEMPERATURE_LABEL} of {', '.join(METHODS[name].title for name in moved)}"


def measures(session: Session, temperature: float, saturation: float) -> str:
    """Plain grey and every column against the photo's own colours, as a table."""
    if not session.colored:
        return NO_COLORS
    original = session.preview
    pictures = [("Plain grey", session.grey)]
    for index, column in enumerate(session.columns):
        pictures.append((column.title, session.render(index, temperature, saturation)))
    rows = (
        MEASURES_ROW.format(title=html.escape(title), **scores.score(picture, original))
        for title, picture in pictures
    )
    own = scores.score(original, original)["colorfulness"]
    return MEASURES.format(rows="".join(rows), own=own)


def header() -> str:
    """Title, one sentence, links."""
    board = os.environ.get("COLORIZE_DASHBOARD") or ("" if get_space() else "http://localhost:8501")
    links = f"<a href='{html.escape(board)}'>Dashboard</a>" if board else ""
    # Gradio loads its API page when its own footer button is pressed, not by the address alone.
    press = "event.preventDefault(); document.querySelector(`.show-api`).click()"
    links += f"<a href='?view=api' onclick='{press}'>API</a>"
    return f"<h1>Colorize Studio</h1><p>{SLOGAN}</p><nav>{links}</nav>"
