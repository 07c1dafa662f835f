"""What happens when a visitor does something on the first tab."""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData
from PIL import Image

from colorize_core import METHODS
from colorize_core.errors import ConfigError
from colorize_core.image.sandbox import read_untrusted
from colorize_core.image.write import encode
from colorize_core.inference.hints import Hint
from webpage import networks, strings
from webpage.events import (
    DIRECT,
    EACH,
    MODEL,
    PRIVATE,
    READ,
    explained,
    knob,
    needed,
    on_session,
    opening,
    refuse_expired,
)
from webpage.lab.handlers import connect_lab
from webpage.link import TABS, Link, read_link
from webpage.page import Card, Compare, Page
from webpage.quiz.handlers import connect_quiz
from webpage.session import Column, Session, open_session

# engine.js draws at once; the server hears of a slider when it has rested.
MOVE = "(temperature, saturation) => { studio.set({ temperature, saturation }); return []; }"
SETTLE = "(...values) => studio.settle(...values)"
SAVE = """(file) => {
    const link = document.createElement("a");
    Object.assign(link, { href: file.url, download: file.orig_name }).click();
    return [];
}"""


# --- handlers ------------------------------------------------------------------------------


def show(session: Session, temperature: float, saturation: float, chosen: int) -> list:
    """Everything on the page that depends on the photo."""
    return [
        session,
        session.show_path(session.grey),
        strings.notes(session.notes),
        gr.update(value=False, interactive=session.colored),
        strings.measures(session, temperature, saturation),
        pair_up(session, temperature, saturation, chosen),
        *(session.live(i, temperature, saturation) for i in range(len(session.columns))),
        *(strings.head(column.name, column.prediction.seconds) for column in session.columns),
    ]


@explained()
def show_upload(upload: FileData, temperature, saturation, chosen: int, *methods: str) -> list:
    """A visitor's photo: run every method's network, once."""
    session, _ = read_upload(upload.path, methods)
    return show(session, temperature, saturation, chosen)


def read_upload(
    path: str, methods: Sequence[str], hints: Sequence[Hint] = ()
) -> tuple[Session, Image.Image]:
    """Read a visitor's file, and run every method's network over it once; with the whole photo."""
    photo = (reading := read_untrusted(path)).picture
    columns = {name: networks.column(name, photo, hints) for name in dict.fromkeys(methods)}
    chosen = [columns[name] for name in methods]
    session = open_session(path, Path(path).stem, photo, chosen, notes=reading.notes)
    return session, photo


@explained()
def show_example(name: str, temperature, saturation, chosen: int, *methods: str) -> list:
    """A bundled photo, predicted once for all visitors."""
    photo = networks.example(name)
    columns = [networks.example_column(method, name) for method in methods]
    session = open_session(photo, name, photo, columns, example=name)
    return show(session, temperature, saturation, chosen)


@explained()
def show_link(
    request: gr.Request, temperature: float, saturation: float, chosen: int, *methods: str
) -> list:
    """What the page opens with, or what the address asks for."""
    default = Link(temperature, saturation, methods, next(iter(networks.EXAMPLES)), TABS[0])
    link = read_link(request.query_params, default, list(networks.checkpoints()))
    filled = show_example(link.example, link.temperature, link.saturation, chosen, *link.methods)
    labels = [(METHODS[name].title, index) for index, name in enumerate(link.methods)]
    return [
        *filled,
        link.temperature,
        link.saturation,
        gr.update(choices=labels),
        *link.methods,
        *map(strings.note, link.methods),
        gr.update(selected=link.tab),
    ]


@explained()
def show_selected(event: gr.EventData, *values: Any) -> list:
    """The example whose thumbnail was clicked."""
    names, index = list(networks.EXAMPLES), getattr(event, "index", None)
    if not isinstance(index, int) or not 0 <= index < len(names):
        raise ConfigError(f"examples have numbers from 0 to {len(names) - 1}, got {index!r}")
    return show_example(names[index], *values)


@explained()
def change_model(index: int, session: Session | None, method: str, *knobs: float) -> list:
    """Another method in one column; the others stay."""
    session = needed(session).with_column(index, new_column(method, needed(session)))
    names = [column.name for column in session.columns]
    slider = gr.update(
        label=strings.temperature_label(names),
        interactive=any(column.has_temperature for column in session.columns),
    )
    return [
        session,
        session.live(index, *knobs),
        strings.head(method, session.columns[index].prediction.seconds),
        strings.note(method),
        gr.update(choices=[(column.title, i) for i, column in enumerate(session.columns)]),
        slider,
    ]


def new_column(method: str, session: Session) -> Column:
    """What a method makes of the photo on show; the network runs unless it has done so."""
    if session.example:
        return networks.example_column(method, session.example)
    current = networks.colorizer(method)
    same = (column for column in session.columns if column.colorizer is current)
    return next(same, None) or networks.column(method, session.photo)


@explained()
def recolor(index: int, session: Session | None, *knobs: float) -> dict:
    """Render one column from its kept prediction, for a browser that cannot draw by itself."""
    return needed(session).live(index, *knobs)


@explained()
def pair_up(
    session: Session | None, temperature: float, saturation: float, chosen: int
) -> tuple[str, str]:
    """Before and after: the grey photo, and the chosen column."""
    session = needed(session)
    return tuple(
        session.show_path(picture)
        for picture in (session.grey, session.render(chosen, temperature, saturation))
    )


@explained()
def follow(session: Session | None, temperature: float, saturation: float, chosen: int) -> tuple:
    """What may lag behind a moving slider: the measures, and before/after."""
    pair = pair_up(session, temperature, saturation, chosen)
    return strings.measures(session, temperature, saturation), pair


@explained()
def show_original(session: Session | None, original: bool) -> str:
    """The first card's picture, with or without its colours."""
    session = needed(session)
    return session.show_path(session.preview if original else session.grey)


@explained()
def download(index: int, session: Session | None, temperature: float, saturation: float) -> str:
    """A PNG at full size, made only when asked for."""
    knobs = knob(temperature, "temperature"), knob(saturation, "saturation", 0, 2)
    picture = needed(session).download(index, *knobs)
    return session.files.keep(encode(picture, "png", mark=True), session.file_name(index))


# --- events --------------------------------------------------------------------------------


def connect(demo: gr.Blocks, page: Page) -> None:
    """Events of the page; none is part of the public API."""
    compare = page.compare
    knobs = [compare.temperature, compare.saturation]
    pictures = [card.picture for card in compare.cards]
    view = [*knobs, compare.chosen, *(card.model for card in compare.cards)]
    filled = [compare.grey, compare.notes, compare.original, compare.measures, compare.pair]
    filled += [*pictures, *(card.head for card in compare.cards)]
    shown = {"show_progress": "minimal", "show_progress_on": pictures, **PRIVATE}

    upload = opening(lambda request, event, session, *values: show_upload(*values))
    compare.photo.upload(upload, [compare.photo, *view], filled, **shown, **READ)
    select = opening(lambda request, event, session, *values: show_selected(event, *values))
    compare.photo.select(select, view, filled, **shown, **MODEL)
    opened = [*filled, *view, *(card.note for card in compare.cards), page.tabs]
    load = opening(lambda request, event, session, *values: show_link(request, *values))
    demo.load(load, view, opened, **shown, **MODEL)
    original = on_session(show_original)
    compare.original.input(original, compare.original, compare.grey, **DIRECT, **PRIVATE)
    connect_sliders(compare, knobs)
    for index, card in enumerate(compare.cards):
        connect_card(compare, knobs, index, card)
    connect_lab(page)
    connect_quiz(page)
    connect_tabs(page)


def connect_tabs(page: Page) -> None:
    """The address tells the tab; and the first tab's slider learns where the lab has moved T."""
    temperature = page.compare.temperature
    page.each["compare"].select(
        None, None, temperature, js="() => studio.state.temperature", **PRIVATE
    )
    for name, tab in page.each.items():
        tell = f"() => {{ studio.set({{ tab: '{name}' }}); return []; }}"
        tab.select(None, js=tell, **PRIVATE)


def connect_sliders(compare: Compare, knobs: list) -> None:
    """Temperature and saturation: the pictures at once, the rest when the slider rests."""
    inputs = [*knobs, compare.chosen]
    for slider in knobs:
        slider.change(None, knobs, None, js=MOVE, **PRIVATE)
        outputs = [compare.measures, compare.pair]
        slider.change(on_session(follow), inputs, outputs, js=SETTLE, **EACH, **PRIVATE)
    compare.chosen.input(on_session(pair_up), inputs, compare.pair, **DIRECT, **PRIVATE)


def connect_card(compare: Compare, knobs: list, index: int, card: Card) -> None:
    """Model choice and download of one column."""
    change = opening(lambda request, event, *values: change_model(index, *values))
    outputs = [card.picture, card.head, card.note, compare.chosen, compare.temperature]
    run = {"show_progress": "minimal", "show_progress_on": card.picture, **READ, **PRIVATE}
    inputs = [card.model, *knobs]
    changed = card.model.select(change, inputs, outputs, **run)  # .input comes twice
    inputs, outputs = [*knobs, compare.chosen], [compare.measures, compare.pair]
    changed.success(on_session(follow), inputs, outputs, **DIRECT, **PRIVATE)
    draw = on_session(functools.partial(recolor, index))
    drawn = card.picture.stale(draw, knobs, card.picture, **DIRECT, **PRIVATE)
    # Errors reach the page as toasts only through the queue.
    drawn.failure(refuse_expired, **PRIVATE)
    save = on_session(functools.partial(download, index))
    made = card.download.click(save, knobs, compare.file, **run)
    made.success(None, compare.file, js=SAVE, **PRIVATE)
