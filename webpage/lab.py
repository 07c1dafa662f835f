"""The temperature lab: its widgets, its handlers, its events."""

import math
from dataclasses import dataclass
from typing import Any

import gradio as gr
import torch
from PIL import Image

from colorize_core import METHODS
from colorize_core.color.conversions import lab_to_rgb, rgb_to_lab
from colorize_core.errors import ConfigError
from colorize_core.evaluation.tradeoff import FILM, GAINS, TEMPERATURES, gain_curve, measure
from colorize_core.inference.probe import Probe, probe
from webpage import visit
from webpage.handling import DIRECT, MODEL, PRIVATE, explained, needed
from webpage.visit import Shown
from webpage.widgets import build_part

THUMB = 200
"""Long side of the filmstrip's pictures, pixels."""
TOP = 5


@dataclass(frozen=True)
class Lab:
    """The widgets that events read or write."""

    board: gr.HTML
    answers: gr.HTML
    """Not seen: carries what the server answers to a probe."""


def build_lab() -> Lab:
    """The lab: all of it is drawn by lab.js, from values that handlers give."""
    board = build_part("lab", elem_id="lab", rungs=list(FILM))
    carry = "watch('value', () => window.labAnswer?.(props.value))"
    answers = gr.HTML(html_template="", js_on_load=carry, visible="hidden")
    return Lab(board, answers)


def first_column(shown: Shown, has_temperature: bool) -> int | None:
    """The first column whose method has a temperature, or has none."""
    for column, (name, _) in enumerate(shown.predictions):
        if METHODS[name].has_temperature == has_temperature:
            return column
    return None


# --- handlers ------------------------------------------------------------------------------


@explained()
def open_lab(shown: Shown | None) -> dict[str, Any]:
    """What the browser needs to draw; the numbers follow."""
    value: dict[str, Any] = {"sharp": None, "pale": None, "numbers": None}
    for key, has_temperature in (("sharp", True), ("pale", False)):
        column = first_column(needed(shown), has_temperature)
        if column is not None:
            title = METHODS[shown.predictions[column][0]].title
            value[key] = {"title": title, **shown.sources(column)}
    return value


@explained()
def measure_lab(shown: Shown | None) -> dict[str, Any]:
    """The same with filmstrip, curve, and the saturation that equals each colourfulness."""
    value = open_lab(shown)
    sharp, pale = first_column(shown, True), first_column(shown, False)
    if sharp is None:
        return value
    truth = shown.preview if shown.colored else None
    pictures = {T: shown.render(sharp, T, 1.0) for T in sorted({*TEMPERATURES, *FILM})}
    measured = {T: measure(picture, truth).rounded() for T, picture in pictures.items()}
    value["numbers"] = {
        "temperatures": list(measured),
        "measured": list(measured.values()),
        "film": [visit.to_file(thumb(pictures[T]), "film.jpg") for T in FILM],
        "truth": measure(truth).rounded() if truth else None,
    }
    if pale is not None:
        name, prediction = shown.predictions[pale]
        curve = gain_curve(visit.colorizer(name), shown.preview, prediction)
        value["numbers"] |= {"gains": list(GAINS), "by_gain": list(curve)}
    return value


def thumb(picture: Image.Image) -> bytes:
    """A small JPEG."""
    small = picture.copy()
    small.thumbnail((THUMB, THUMB))
    return visit.jpeg(small)


@explained()
def answer_probe(shown: Shown | None, event: gr.EventData) -> dict[str, Any]:
    """The distribution at the place that was clicked, for `lab.js`."""
    column = first_column(needed(shown), True)
    if column is None:
        raise ConfigError("no column has a temperature; choose a classification there")
    name, prediction = shown.predictions[column]
    x, y = number(event, "x"), number(event, "y")
    found = probe(visit.colorizer(name), prediction, x, y)
    return {"kind": "probe", "x": x, "y": y, **describe(found, shown, x, y)}


def describe(found: Probe, shown: Shown, x: float, y: float) -> dict[str, Any]:
    """A probe with its colours as they look at the lightness of the pixel."""
    width, height = shown.preview.size
    pixel = shown.preview.getpixel((int(x * width), int(y * height)))
    L, a, b = rgb_to_lab(torch.tensor(pixel)[:, None, None] / 255).flatten().tolist()
    lab = torch.cat((torch.full((len(found.ab), 1), L), found.ab), 1)  # (Q, 3)
    rgb = lab_to_rgb(lab.T[..., None])[..., 0].T  # (Q, 3)
    colors = ["#" + bytes(row).hex() for row in (255 * rgb).round().int().tolist()]
    return {
        "cell": [found.column, found.row],
        "ab": [[round(value, 2) for value in place] for place in found.ab.tolist()],
        "probability": [round(p, 6) for p in found.probability.tolist()],
        "colours": colors,
        "entropy": round(found.entropy, 3),
        "most": round(math.log2(len(found.ab)), 2),
        "top": found.top(TOP),
        "truth": [round(a, 2), round(b, 2)] if shown.colored else None,
        "true_color": "#" + bytes(pixel).hex() if shown.colored else None,
    }


def number(event: gr.EventData, name: str) -> float:
    """A number that the browser sent with an event.

    Raises:
        ConfigError: missing, or no number.
    """
    value = getattr(event, name, None)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ConfigError(f"{name} must be a number, got {value!r}")
    return float(value)


@explained()
def serve(shown: Shown | None, event: gr.EventData) -> dict[str, Any]:
    """The lab's two pictures, for a browser that cannot draw by itself."""
    temperature, gain = number(event, "temperature"), number(event, "gain")
    value: dict[str, Any] = {"kind": "pictures"}
    for key, has, knobs in (("sharp", True, (temperature, 1.0)), ("pale", False, (1.0, gain))):
        column = first_column(needed(shown), has)
        if column is not None:
            picture = visit.jpeg(shown.render(column, *knobs))
            value[key] = visit.to_file(picture, "preview.jpg")
    return value


# --- events --------------------------------------------------------------------------------


def connect_lab(lab: Lab, shown: gr.State) -> None:
    """Opening, probing, and drawing for browsers without WebGL."""
    opened = lab.board.opened(open_lab, shown, lab.board, **DIRECT, **PRIVATE)
    quiet = {"show_progress": "hidden", **MODEL, **PRIVATE}
    opened.success(measure_lab, shown, lab.board, **quiet)
    # Not "always_last", which would repeat the data of the earlier event.
    each = DIRECT | {"trigger_mode": "multiple"}
    lab.board.probe(answer_probe, shown, lab.answers, **each, **PRIVATE)
    lab.board.stale(serve, shown, lab.answers, **each, **PRIVATE)
