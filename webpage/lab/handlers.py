"""What the server answers to the temperature lab; lab.js draws it."""

import math
from typing import Any

import gradio as gr
import torch
from PIL import Image

from colorize_core.color.conversions import lab_to_rgb, rgb_to_lab
from colorize_core.errors import ConfigError
from colorize_core.inference.probe import Probe, probe
from webpage.events import (
    DIRECT,
    EACH,
    PRIVATE,
    QUIET,
    explained,
    needed,
    number,
    on_event,
    on_session,
)
from webpage.lab.measures import FILM, GAINS, TEMPERATURES, gain_curve, measure
from webpage.page import Page
from webpage.session import Session

THUMB = 200
"""Long side of the filmstrip's pictures, pixels."""
TOP = 5
"""The likeliest colours that a probe lists."""


def first_column(session: Session, has_temperature: bool) -> int | None:
    """The first column whose method has a temperature, or has none."""
    for index, column in enumerate(session.columns):
        if column.has_temperature == has_temperature:
            return index
    return None


@explained()
def open_lab(session: Session | None) -> dict[str, Any]:
    """What the browser needs to draw; the numbers follow."""
    value: dict[str, Any] = {"sharp": None, "pale": None, "numbers": None}
    for key, has_temperature in (("sharp", True), ("pale", False)):
        index = first_column(needed(session), has_temperature)
        if index is not None:
            value[key] = {"title": session.columns[index].title, **session.sources(index)}
    return value


@explained()
def measure_lab(session: Session | None) -> dict[str, Any]:
    """The same with filmstrip, curve, and the saturation that equals each colourfulness."""
    value = open_lab(session)
    sharp, pale = first_column(session, True), first_column(session, False)
    if sharp is None:
        return value
    truth = session.preview if session.colored else None
    pictures = {T: session.columns[sharp].draw(session.preview, T, 1.0) for T in TEMPERATURES}
    value["numbers"] = {
        "temperatures": TEMPERATURES,
        "measured": [measure(picture, truth) for picture in pictures.values()],
        "film": [session.show(thumb(pictures[T])) for T in FILM],
        "truth": measure(truth) if truth else None,
    }
    if pale is not None:
        curve = gain_curve(session.columns[pale], session.preview)
        value["numbers"] |= {"gains": GAINS, "by_gain": curve}
    return value


def thumb(picture: Image.Image) -> Image.Image:
    """A small copy."""
    small = picture.copy()
    small.thumbnail((THUMB, THUMB))
    return small


@explained()
def answer_probe(session: Session | None, event: gr.EventData) -> dict[str, Any]:
    """The distribution at the place that was clicked, for `lab.js`."""
    index = first_column(needed(session), True)
    if index is None:
        raise ConfigError("no column has a temperature; choose a classification there")
    column = session.columns[index]
    x, y = number(event, "x"), number(event, "y")
    found = probe(column.colorizer, column.prediction, x, y)
    return {"kind": "probe", "x": x, "y": y, **describe(found, session, x, y)}


def describe(found: Probe, session: Session, x: float, y: float) -> dict[str, Any]:
    """A probe with its colours as they look at the lightness of the pixel."""
    width, height = session.preview.size
    pixel = session.preview.getpixel((int(x * width), int(y * height)))
    L, a, b = rgb_to_lab(torch.tensor(pixel)[:, None, None] / 255).flatten().tolist()
    lab = torch.cat((torch.full((len(found.ab), 1), L), found.ab), 1)  # (Q, 3)
    rgb = lab_to_rgb(lab.T[..., None])[..., 0].T  # (Q, 3)
    colors = ["#" + bytes(row).hex() for row in (255 * rgb).round().int().tolist()]
    return {
        "ab": [[round(value, 2) for value in place] for place in found.ab.tolist()],
        "probability": [round(p, 6) for p in found.probability.tolist()],
        "colors": colors,
        "entropy": round(found.entropy, 3),
        "most": round(math.log2(len(found.ab)), 2),
        "top": found.top(TOP),
        "truth": [round(a, 2), round(b, 2)] if session.colored else None,
        "true_color": "#" + bytes(pixel).hex() if session.colored else None,
    }


@explained()
def draw_both(session: Session | None, event: gr.EventData) -> dict[str, Any]:
    """The lab's two pictures, for a browser that cannot draw by itself."""
    temperature, gain = number(event, "temperature"), number(event, "gain")
    value: dict[str, Any] = {"kind": "pictures"}
    for key, has, knobs in (("sharp", True, (temperature, 1.0)), ("pale", False, (1.0, gain))):
        index = first_column(needed(session), has)
        if index is not None:
            picture = session.columns[index].draw(session.preview, *knobs)
            value[key] = session.show(picture)
    return value


def connect_lab(page: Page) -> None:
    """Opening, probing, and drawing for browsers without WebGL."""
    lab, answers = page.lab, page.lab_answers
    opened = lab.opened(on_session(open_lab), None, lab, **DIRECT, **PRIVATE)
    opened.success(on_session(measure_lab), None, lab, **QUIET, **PRIVATE)
    lab.probe(on_event(answer_probe), None, answers, **EACH, **PRIVATE)
    lab.stale(on_event(draw_both), None, answers, **EACH, **PRIVATE)
