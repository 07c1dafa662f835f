"""The web app: one photo in, its colorizations side by side. Handlers and events."""

import functools
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # gradio reads it when imported

import gradio as gr
from gradio.data_classes import FileData

from colorize_core import METHODS, load_image
from colorize_core.errors import CheckpointError
from colorize_core.image.write import encode
from colorize_core.inference.colorizer import grey_picture
from webpage import lab, quiz, texts, visit, widgets
from webpage.handling import DIRECT, MODEL, PRIVATE, explained, needed, refuse_expired
from webpage.link import TABS, Link, read_link
from webpage.visit import Shown
from webpage.widgets import KEPT_SECONDS, MAX_MEGABYTES, TEMPERATURE, Card, Page
from webpage.words import word

LESSON = Path(__file__).parent / "docs" / "lesson.md"
REFUSALS = {
    "size": f"The file is over the limit of {MAX_MEGABYTES} MB; make it smaller first.",
    "upload": "The file could not be uploaded; check the connection and try again.",
    "clipboard": "The clipboard holds no picture, or the browser withholds it; try Ctrl+V.",
    "camera": "No camera could be opened; allow its use in the browser, or upload a photo.",
}
"""What the browser could not do, by the names that photo_input.js gives."""
# engine.js draws at once; the server hears of a slider when it has rested.
MOVE = "(temperature, saturation) => { studio.set({ temperature, saturation }); return []; }"
SETTLE = "(...values) => studio.settle(...values)"
SAVE = """(file) => {
    const link = document.createElement("a");
    Object.assign(link, { href: file.url, download: file.orig_name }).click();
    return [];
}"""


# --- handlers ------------------------------------------------------------------------------


def show(shown: Shown, temperature: float, saturation: float, chosen: int) -> list:
    """Everything on the page that depends on the photo."""
    columns = range(len(shown.predictions))
    pictures = [shown.live(column, temperature, saturation) for column in columns]
    grey = visit.to_page(grey_picture(shown.preview))
    return [
        shown,
        grey,
        gr.update(value=False, interactive=shown.colored),
        texts.measures(shown, temperature, saturation),
        (grey, pictures[chosen]["image"]["path"]),
        *pictures,
        *(texts.head(name, prediction.seconds) for name, prediction in shown.predictions),
    ]


@explained()
def show_upload(upload: FileData, temperature, saturation, chosen: int, *methods: str) -> list:
    """A visitor's photo: run every column's network, once."""
    path = upload.path  # Gradio has checked that it lies in the upload folder
    photo = load_image(path)
    predictions = tuple((method, visit.predict(method, photo)) for method in methods)
    plates = tuple(visit.build_plate(*pair) for pair in predictions)
    shown = visit.to_show(path, Path(path).stem, photo, predictions, plates)
    return show(shown, temperature, saturation, chosen)


@explained()
def show_example(name: str, temperature, saturation, chosen: int, *methods: str) -> list:
    """A bundled photo, predicted once for all visitors."""
    photo = visit.example(name)
    predictions = tuple((method, visit.predict_example(method, name)) for method in methods)
    plates = tuple(visit.example_plate(method, name) for method in methods)
    shown = visit.to_show(photo, name, photo, predictions, plates)
    return show(shown, temperature, saturation, chosen)


@explained()
def show_link(
    request: gr.Request, temperature: float, saturation: float, chosen: int, *methods: str
) -> list:
    """What the page opens with, or what the address asks for."""
    default = Link(temperature, saturation, methods, next(iter(visit.EXAMPLES)), TABS[0])
    link = read_link(request.query_params, default, list(visit.checkpoints()))
    filled = show_example(link.example, link.temperature, link.saturation, chosen, *link.methods)
    labels = [(METHODS[name].title, index) for index, name in enumerate(link.methods)]
    return [
        *filled,
        link.temperature,
        link.saturation,
        gr.update(choices=labels),
        *link.methods,
        *map(texts.note, link.methods),
        gr.update(selected=link.tab),
    ]


def show_selected(event: gr.EventData, *values: Any) -> list:
    """The example whose thumbnail was clicked."""
    return show_example(list(visit.EXAMPLES)[event.index], *values)


@explained()
def change_model(column: int, method: str, shown: Shown | None, *knobs: float) -> list:
    """Another method in one column; the others stay."""
    shown = needed(shown)
    prediction = visit.predict(method, load_image(shown.source))
    predictions, plates = list(shown.predictions), list(shown.plates)
    predictions[column] = (method, prediction)
    plates[column] = visit.build_plate(method, prediction)
    shown = replace(shown, predictions=tuple(predictions), plates=tuple(plates))
    picture = shown.live(column, *knobs)
    choices = [(METHODS[name].title, index) for index, (name, _) in enumerate(predictions)]
    head = texts.head(method, prediction.seconds)
    names = [name for name, _ in predictions]
    slider = gr.update(
        label=texts.temperature_label(names),
        interactive=any(METHODS[name].has_temperature for name in names),
    )
    return [shown, picture, head, texts.note(method), gr.update(choices=choices), slider]


@explained()
def recolor(column: int, shown: Shown | None, *knobs: float) -> dict:
    """Render one column from its kept prediction, for a browser that cannot draw by itself."""
    return needed(shown).live(column, *knobs)


@explained()
def pair_up(shown: Shown | None, temperature: float, saturation: float, chosen: int) -> tuple:
    """Before and after: the grey photo, and the chosen column."""
    grey = visit.to_page(grey_picture(needed(shown).preview))
    return grey, visit.to_page(shown.render(chosen, temperature, saturation))


@explained()
def follow(shown: Shown | None, temperature: float, saturation: float, chosen: int) -> tuple:
    """What may lag behind a moving slider: the measures, and before/after."""
    pair = pair_up(shown, temperature, saturation, chosen)
    return texts.measures(shown, temperature, saturation), pair


def show_original(original: bool, shown: Shown | None) -> str:
    """The first card's picture, with or without its colours."""
    preview = needed(shown).preview
    return visit.to_page(preview if original else grey_picture(preview))


@explained()
def download(column: int, shown: Shown | None, temperature: float, saturation: float) -> str:
    """A PNG at full size, made only when asked for."""
    picture = needed(shown).render(column, temperature, saturation, full=True)
    return visit.keep(encode(picture, "png"), visit.file_name(shown, column))


def refuse(event: gr.EventData) -> NoReturn:
    """Say as a toast what the browser could not do."""
    raise gr.Error(REFUSALS.get(event.reason, REFUSALS["upload"]), print_exception=False)


@explained()
def api_colorize(photo: str | None, method: str, temperature: float, saturation: float):
    """Colorize a photo: a PNG of its own upright size.

    Methods without a distribution over colours ignore the temperature (0 vivid, 1 calm);
    saturation 0 is grey, 1 is as predicted.
    """
    if photo is None:
        raise gr.Error("No photo was given; send a picture file.", print_exception=False)
    picture = load_image(photo)
    predictions = ((method, visit.predict(method, picture)),)
    shown = visit.to_show(photo, Path(photo).stem, picture, predictions)
    return download(0, shown, temperature, saturation), shown


# --- events --------------------------------------------------------------------------------


def connect(demo: gr.Blocks, page: Page, tabs: gr.Tabs) -> None:
    """Events of the page; none is part of the public API."""
    knobs = [page.temperature, page.saturation]
    pictures = [card.picture for card in page.cards]
    view = [*knobs, page.chosen, *(card.model for card in page.cards)]
    train_all = [page.shown, page.grey, page.original, page.measures, page.pair]
    train_all += [*pictures, *(card.head for card in page.cards)]
    run = {"show_progress": "minimal", "show_progress_on": pictures, **MODEL, **PRIVATE}

    page.photo.upload(show_upload, [page.photo, *view], train_all, **run)
    page.photo.select(show_selected, view, train_all, **run)
    page.photo.refused(refuse, **PRIVATE)
    opened = [*train_all, *view, *(card.note for card in page.cards), tabs]
    demo.load(show_link, view, opened, **run)
    connect_sliders(page, knobs)
    inputs = [page.original, page.shown]
    page.original.input(show_original, inputs, page.grey, **DIRECT, **PRIVATE)
    for column, card in enumerate(page.cards):
        connect_card(page, knobs, column, card)


def connect_sliders(page: Page, knobs: list) -> None:
    """Temperature and saturation: the pictures at once, the rest when the slider rests."""
    inputs = [page.shown, *knobs, page.chosen]
    settled = DIRECT | {"trigger_mode": "multiple", "js": SETTLE}
    for slider in knobs:
        slider.change(None, knobs, None, js=MOVE, **PRIVATE)
        slider.change(follow, inputs, [page.measures, page.pair], **settled, **PRIVATE)
    page.chosen.input(pair_up, inputs, page.pair, **DIRECT, **PRIVATE)


def connect_card(page: Page, knobs: list, column: int, card: Card) -> None:
    """Model choice and download of one column."""
    change = functools.partial(change_model, column)
    inputs = [card.model, page.shown, *knobs]
    outputs = [page.shown, card.picture, card.head, card.note, page.chosen, page.temperature]
    run = {"show_progress": "minimal", "show_progress_on": card.picture, **MODEL, **PRIVATE}
    changed = card.model.select(change, inputs, outputs, **run)  # .input comes twice
    inputs = [page.shown, *knobs, page.chosen]
    changed.success(follow, inputs, [page.measures, page.pair], **DIRECT, **PRIVATE)
    draw = functools.partial(recolor, column)
    drawn = card.picture.stale(draw, [page.shown, *knobs], card.picture, **DIRECT, **PRIVATE)
    # Errors reach the page as toasts only through the queue.
    drawn.failure(refuse_expired, **PRIVATE)
    save = functools.partial(download, column)
    made = card.download.click(save, [page.shown, *knobs], page.file, **run)
    made.success(None, page.file, js=SAVE, **PRIVATE)


def connect_api(names: list[str]) -> None:
    """The two public endpoints, on widgets that are not on the page."""
    session = gr.State(time_to_live=KEPT_SECONDS)
    photo = gr.File(label="photo", visible=False)
    default = widgets.menu("classification", names)[0]
    method = gr.Dropdown(names, value=default, label="method", visible=False)
    temperature = gr.Slider(0, 1, TEMPERATURE, label="temperature", visible=False)
    saturation = gr.Slider(0, 2, 1, label="saturation", visible=False)
    result = gr.File(label="picture", visible=False)
    button = gr.Button(visible=False)
    inputs = [photo, method, temperature, saturation]
    button.click(api_colorize, inputs, [result, session], api_name="colorize", **MODEL)
    inputs = [session, temperature, saturation]
    text = "Render this client's last /colorize photo anew, without running the network again."
    recolor = functools.partial(download, 0)
    button.click(recolor, inputs, result, api_name="recolor", api_description=text, **MODEL)


# --- start ---------------------------------------------------------------------------------


def build() -> gr.Blocks:
    """The whole app, not yet served.

    Raises:
        CheckpointError: no method has weights.
    """
    names = list(visit.checkpoints())
    if not names:
        raise CheckpointError("no method has weights here; train one: colorize train METHOD")
    with gr.Blocks(title="Colorize Studio", delete_cache=(3600, KEPT_SECONDS)) as demo:
        gr.HTML(texts.header(), elem_id="header")
        with gr.Tabs(elem_id="tabs", selected=TABS[0], overflow_behavior="wrap") as tabs:
            with gr.Tab(word("tab_compare"), id="compare", render_children=True) as first:
                page = widgets.build_page(names)
            with gr.Tab(word("tab_lab"), id="lab") as second:
                board = lab.build_lab()
            with gr.Tab(word("tab_quiz"), id="quiz") as third:
                game = quiz.build_quiz()
            with gr.Tab(word("tab_lesson"), id="lesson") as fourth:
                gr.Markdown(LESSON.read_text(encoding="utf-8"), elem_id="lesson")
        connect(demo, page, tabs)
        lab.connect_lab(board, page.shown)
        quiz.connect_quiz(game)
        # The lab moves T without the server; the first tab's slider learns of it here.
        first.select(None, None, page.temperature, js="() => studio.state.temperature", **PRIVATE)
        for name, tab in zip(TABS, (first, second, third, fourth), strict=True):
            tab.select(
                None, js=f"() => {{ studio.set({{ tab: '{name}' }}); return []; }}", **PRIVATE
            )
        connect_api(names)
    return demo.queue(max_size=20)


def launch(demo: gr.Blocks, **options: Any) -> Any:
    """Serve the app with its limits and looks; address and port come from GRADIO_SERVER_*."""
    return demo.launch(
        theme=widgets.theme(),
        css_paths=[widgets.HERE / "app.css", widgets.HERE / "lab.css"],
        i18n=word,
        head=widgets.scripts(),
        footer_links=["api"],  # the header's link presses it
        run_history=False,
        show_error=False,
        max_file_size=f"{MAX_MEGABYTES}mb",
        state_session_capacity=100,
        **options,
    )


def watched() -> bool:
    """Whether someone sits at this machine, to whom a browser window can be shown."""
    unattended = any(map(os.environ.get, ("CI", "SPACE_ID", "SSH_CONNECTION")))
    screen = sys.platform in ("darwin", "win32") or "DISPLAY" in os.environ
    return sys.stdout.isatty() and screen and not unattended


if __name__ == "__main__":
    demo = build()  # a Space looks for this name
    launch(demo, inbrowser=watched())
