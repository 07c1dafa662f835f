"""What happens when a visitor does something on the first tab, and the public API."""

import functools
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from colorize_core import METHODS, load_image
from colorize_core.image.write import encode
from webpage import networks, strings
from webpage.events import DIRECT, EACH, MODEL, PRIVATE, explained, needed, refuse_expired
from webpage.lab.handlers import connect_lab
from webpage.link import TABS, Link, read_link
from webpage.page import KEPT_SECONDS, TEMPERATURE, Card, Compare, Page, menu
from webpage.quiz.handlers import connect_quiz
from webpage.session import Column, Session, keep, open_session, to_page

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
        to_page(session.grey),
        gr.update(value=False, interactive=session.colored),
        strings.measures(session, temperature, saturation),
        pair_up(session, temperature, saturation, chosen),
        *(session.live(i, temperature, saturation) for i in range(len(session.columns))),
        *(strings.head(column.name, column.prediction.seconds) for column in session.columns),
    ]


@explained()
def show_upload(upload: FileData, temperature, saturation, chosen: int, *methods: str) -> list:
    """A visitor's photo: run every method's network, once."""
    path = upload.path  # Gradio has checked that it lies in the upload folder
    photo = load_image(path)
    columns = {name: networks.column(name, photo) for name in dict.fromkeys(methods)}
    session = open_session(path, Path(path).stem, photo, [columns[name] for name in methods])
    return show(session, temperature, saturation, chosen)


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


def show_selected(event: gr.EventData, *values: Any) -> list:
    """The example whose thumbnail was clicked."""
    return show_example(list(networks.EXAMPLES)[event.index], *values)


@explained()
def change_model(index: int, method: str, session: Session | None, *knobs: float) -> list:
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
    return next(same, None) or networks.column(method, load_image(session.source))


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
    return to_page(session.grey), to_page(session.render(chosen, temperature, saturation))


@explained()
def follow(session: Session | None, temperature: float, saturation: float, chosen: int) -> tuple:
    """What may lag behind a moving slider: the measures, and before/after."""
    pair = pair_up(session, temperature, saturation, chosen)
    return strings.measures(session, temperature, saturation), pair


@explained()
def show_original(original: bool, session: Session | None) -> str:
    """The first card's picture, with or without its colours."""
    session = needed(session)
    return to_page(session.preview if original else session.grey)


@explained()
def download(index: int, session: Session | None, temperature: float, saturation: float) -> str:
    """A PNG at full size, made only when asked for."""
    picture = needed(session).download(index, temperature, saturation)
    return keep(encode(picture, "png"), session.file_name(index))


@explained()
def api_colorize(photo: str | None, method: str, temperature: float, saturation: float):
    """Colorize a photo: a PNG of its own upright size.

    Methods without a distribution over colours ignore the temperature (0 vivid, 1 calm);
    saturation 0 is grey, 1 is as predicted.
    """
    if photo is None:
        raise gr.Error("No photo was given; send a picture file.", print_exception=False)
    picture = load_image(photo)
    column = networks.column(method, picture)
    session = open_session(photo, Path(photo).stem, picture, [column])
    result = column.draw(picture, temperature, saturation)
    return keep(encode(result, "png"), session.file_name(0)), session


# --- events --------------------------------------------------------------------------------


def connect(demo: gr.Blocks, page: Page) -> None:
    """Events of the page; none is part of the public API."""
    compare = page.compare
    knobs = [compare.temperature, compare.saturation]
    pictures = [card.picture for card in compare.cards]
    view = [*knobs, compare.chosen, *(card.model for card in compare.cards)]
    filled = [compare.session, compare.grey, compare.original, compare.measures, compare.pair]
    filled += [*pictures, *(card.head for card in compare.cards)]
    run = {"show_progress": "minimal", "show_progress_on": pictures, **MODEL, **PRIVATE}

    compare.photo.upload(show_upload, [compare.photo, *view], filled, **run)
    compare.photo.select(show_selected, view, filled, **run)
    opened = [*filled, *view, *(card.note for card in compare.cards), page.tabs]
    demo.load(show_link, view, opened, **run)
    inputs = [compare.original, compare.session]
    compare.original.input(show_original, inputs, compare.grey, **DIRECT, **PRIVATE)
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
    inputs = [compare.session, *knobs, compare.chosen]
    for slider in knobs:
        slider.change(None, knobs, None, js=MOVE, **PRIVATE)
        outputs = [compare.measures, compare.pair]
        slider.change(follow, inputs, outputs, js=SETTLE, **EACH, **PRIVATE)
    compare.chosen.input(pair_up, inputs, compare.pair, **DIRECT, **PRIVATE)


def connect_card(compare: Compare, knobs: list, index: int, card: Card) -> None:
    """Model choice and download of one column."""
    change = functools.partial(change_model, index)
    inputs = [card.model, compare.session, *knobs]
    outputs = [compare.session, card.picture, card.head, card.note]
    outputs += [compare.chosen, compare.temperature]
    run = {"show_progress": "minimal", "show_progress_on": card.picture, **MODEL, **PRIVATE}
    changed = card.model.select(change, inputs, outputs, **run)  # .input comes twice
    inputs = [compare.session, *knobs, compare.chosen]
    changed.success(follow, inputs, [compare.measures, compare.pair], **DIRECT, **PRIVATE)
    draw = functools.partial(recolor, index)
    inputs = [compare.session, *knobs]
    drawn = card.picture.stale(draw, inputs, card.picture, **DIRECT, **PRIVATE)
    # Errors reach the page as toasts only through the queue.
    drawn.failure(refuse_expired, **PRIVATE)
    made = card.download.click(functools.partial(download, index), inputs, compare.file, **run)
    made.success(None, compare.file, js=SAVE, **PRIVATE)


def connect_api(names: list[str]) -> None:
    """The two public endpoints, on widgets that are not on the page."""
    session = gr.State(time_to_live=KEPT_SECONDS)
    photo = gr.File(label="photo", visible=False)
    default = menu("classification", names)[0]
    method = gr.Dropdown(names, value=default, label="method", visible=False)
    temperature = gr.Slider(0, 1, TEMPERATURE, label="temperature", visible=False)
    saturation = gr.Slider(0, 2, 1, label="saturation", visible=False)
    result = gr.File(label="picture", visible=False)
    button = gr.Button(visible=False)
    inputs = [photo, method, temperature, saturation]
    button.click(api_colorize, inputs, [result, session], api_name="colorize", **MODEL)
    inputs = [session, temperature, saturation]
    text = "Render this client's last /colorize photo anew, without running the network again."
    again = functools.partial(download, 0)
    button.click(again, inputs, result, api_name="recolor", api_description=text, **MODEL)
