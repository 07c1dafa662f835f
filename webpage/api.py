"""The public endpoints, for programs: `/colorize` by itself, and `/recolor` within a session."""

import re

import gradio as gr

from colorize_core.errors import ConfigError
from colorize_core.image.write import encode
from colorize_core.inference.hints import Hint
from webpage.events import READ, explained, knob
from webpage.handlers import download, read_upload
from webpage.page import TEMPERATURE, menu
from webpage.visits import VISITS

HINTS = 200
"""Of one photo; each takes memory as large as the network's answer."""


# Agents are shown this text, of every parameter one line.
@explained()
def colorize(
    request: gr.Request,
    photo: str | None,
    method: str,
    temperature: float,
    saturation: float,
    hints: str | None,
) -> tuple[str, str]:
    """Colorize a black-and-white photo, or one in colour whose colours are then not looked at.

    The colours are guessed, and the picture's metadata say so. Calls do not depend on each other.

    Args:
        photo: a picture file of at most 15 MB and 40 megapixels
        method: classification (vivid, adjustable), gan (vivid) or regression (calm, pale); others are for study
        temperature: from 0 (vivid) to 1 (calm); methods without a distribution over colours ignore it
        saturation: from 0 (grey) to 2; 1 is as predicted
        hints: known colours at places of the upright photo, x,y,#rrggbb with blanks between, or a JSON list of such texts; only for weights that were trained to take them

    Returns:
        a PNG of the photo's upright size, and what there is to say of the file (damage) or nothing
    """  # noqa: E501
    knobs = knob(temperature, "temperature"), knob(saturation, "saturation", 0, 2)
    if photo is None:
        raise gr.Error("No photo was given; send a picture file.", print_exception=False)
    known = read_hints(hints or "")
    with VISITS.visit(request.session_hash) as visit:
        session, picture = read_upload(photo, [method], known)
        visit.open(session)
        drawn = session.columns[0].draw(picture, *knobs, own=True)
        result = encode(drawn, "png", mark=True)
        return session.files.keep(result, session.file_name(0)), " ".join(session.notes)


def read_hints(text: str) -> list[Hint]:
    """Hints as texts with blanks between, or as a list of texts in JSON or Python.

    Raises:
        ConfigError: something else, or more than `HINTS`.
    """
    pieces = re.sub(r"""[\[\]"']|(?<=["']),""", " ", text).split()
    if len(pieces) > HINTS:
        raise ConfigError(f"a photo takes at most {HINTS} hints, got {len(pieces)}")
    return [Hint.parse(piece) for piece in pieces]


@explained()
def recolor(request: gr.Request, temperature: float, saturation: float) -> str:
    """Render this client's last /colorize photo anew, without running the network again."""
    with VISITS.visit(request.session_hash) as visit:
        return download(0, visit.session, temperature, saturation)


def connect_api(names: list[str]) -> None:
    """The endpoints, on widgets that are not on the page."""
    photo = gr.File(label="photo", visible=False)
    default = menu("classification", names)[0]
    method = gr.Dropdown(names, value=default, label="method", visible=False)
    temperature = gr.Slider(0, 1, TEMPERATURE, label="temperature", visible=False)
    saturation = gr.Slider(0, 2, 1, label="saturation", visible=False)
    hints = gr.Textbox("", label="hints", visible=False)
    result = gr.File(label="picture", visible=False)
    notes = gr.Textbox(label="notes", visible=False)
    button = gr.Button(visible=False)
    inputs = [photo, method, temperature, saturation, hints]
    button.click(colorize, inputs, [result, notes], api_name="colorize", **READ)
    button.click(recolor, inputs[2:4], result, api_name="recolor", **READ)
