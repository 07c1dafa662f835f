"""The widgets of the page and where they stand; no events."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData
from PIL import ImageOps

from colorize_core import METHODS
from colorize_core.image.write import encode
from webpage import strings
from webpage.lab.measures import FILM
from webpage.link import TABS
from webpage.networks import EXAMPLES, example

HERE = Path(__file__).resolve().parent
LESSON = HERE.parent / "docs" / "lesson.md"
SCRIPTS = ("static/shaders.js", "static/payload.js", "static/gpu.js", "static/engine.js")
SCRIPTS += ("static/state.js", "lab/charts.js")
"""What several parts of the page use, in the order in which they need each other."""
STYLES = [HERE / name for name in ("static/page.css", "lab/lab.css", "quiz/quiz.css")]
MAX_MEGABYTES = 15
TEMPERATURE = 0.38
"""The temperature that the page opens with."""


@dataclass(frozen=True)
class Card:
    """The widgets of one column."""

    head: gr.HTML
    picture: gr.HTML
    model: gr.Dropdown
    download: gr.Button
    note: gr.HTML


@dataclass(frozen=True)
class Compare:
    """The first tab's widgets that events read or write."""

    temperature: gr.Slider
    photo: gr.HTML
    grey: gr.Image
    notes: gr.HTML
    original: gr.Checkbox
    cards: list[Card]
    saturation: gr.Slider
    measures: gr.HTML
    chosen: gr.Radio
    pair: gr.ImageSlider
    file: gr.DownloadButton


@dataclass(frozen=True)
class Page:
    """The tabs, and the widgets that events read or write."""

    tabs: gr.Tabs
    each: dict[str, gr.Tab]
    compare: Compare
    lab: gr.HTML
    lab_answers: gr.HTML
    """Not seen: carries what the server answers to a probe."""
    quiz: gr.HTML


def build_page(names: list[str]) -> Page:
    """Lay the whole page out, for the methods with weights."""
    gr.HTML(strings.header() + strings.unusable(), elem_id="header")
    with gr.Tabs(elem_id="tabs", selected=TABS[0], overflow_behavior="wrap") as tabs:
        with gr.Tab("Compare", id="compare", render_children=True) as first:
            compare = build_compare(names)
        with gr.Tab("Temperature lab", id="lab") as second:
            lab = build_part("lab/lab", elem_id="lab", levels=list(FILM))
            carry = "watch('value', () => window.labAnswer?.(props.value))"
            answers = gr.HTML(html_template="", js_on_load=carry, visible="hidden")
        with gr.Tab("Real or colorized?", id="quiz") as third:
            quiz = build_part("quiz/quiz", elem_id="quiz")
        with gr.Tab("Lesson", id="lesson") as fourth:
            gr.Markdown(LESSON.read_text(encoding="utf-8"), elem_id="lesson")
    each = dict(zip(TABS, (first, second, third, fourth), strict=True))
    return Page(tabs, each, compare, lab, answers, quiz)


def build_part(name: str, **options: Any) -> gr.HTML:
    """A part of the page that its own template and script draw: NAME.html and NAME.js."""
    return gr.HTML(
        html_template=(HERE / f"{name}.html").read_text(encoding="utf-8"),
        js_on_load=(HERE / f"{name}.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        **options,
    )


def build_compare(names: list[str]) -> Compare:
    """The first tab: one column for each family of methods that has weights."""
    families = list(dict.fromkeys(METHODS[name].family for name in names))
    temperature = gr.Slider(
        0, 1, TEMPERATURE, step=0.01, label=strings.TEMPERATURE_LABEL, render=False
    )
    with gr.Row(elem_id="cards"):
        photo = build_photo()
        cards = [build_card(family, names, temperature) for family in families]
    if not temperature.is_rendered:  # no method here has one
        temperature.render()
    below = build_below([METHODS[card.model.value].title for card in cards])
    file = gr.DownloadButton(visible="hidden")
    return Compare(temperature, *photo, cards, *below, file)


def build_photo() -> tuple[gr.HTML, gr.Image, gr.HTML, gr.Checkbox]:
    """The first card: the photo, and ways to bring another."""
    alt = "The photo as the networks see it"
    with gr.Column(elem_classes="card", min_width=0), gr.Column(elem_classes="body", min_width=0):
        with gr.Row(elem_classes="head"):
            gr.HTML("<h2>Your photo</h2>")
            original = gr.Checkbox(label="original colour", container=False, min_width=0)
        grey = gr.Image(
            label=alt,
            alt_text=alt,
            show_label=False,
            container=False,
            interactive=False,
            buttons=["fullscreen"],
            elem_classes="picture",
        )
        notes = gr.HTML(elem_id="notes", apply_default_css=False)
        photo = build_input()
    return photo, grey, notes, original


def build_input() -> gr.HTML:
    """Upload, drop, paste, camera and examples.

    Unlike `gr.Image` it hands on the file as it is (Gradio would clip 16-bit greys), takes HEIC
    where the browser does not know it as an image, and the next photo while one is on show.
    """
    name = "static/photo_input"
    photo = build_part(name, elem_id="photo", examples=thumbnails(), megabytes=MAX_MEGABYTES)
    # Set here, because Gradio writes a .pyi file beside every module that subclasses a component.
    photo.data_model = FileData
    return photo


def thumbnails() -> list[dict[str, str]]:
    """The example strip: titles and small pictures, inside the page itself."""
    strip = []
    for name, title in EXAMPLES.items():
        small = encode(ImageOps.fit(example(name), (96, 96)), "jpg")
        source = "data:image/jpeg;base64," + base64.b64encode(small).decode()
        strip.append({"title": title, "source": source})
    return strip


def menu(family: str, names: list[str]) -> list[str]:
    """Methods by family, the column's own first and in it the studio's own."""
    families = list(dict.fromkeys(METHODS[name].family for name in names))

    def place(name: str) -> tuple[bool, int, bool]:
        method = METHODS[name]
        other = method.family != family
        return other, families.index(method.family), method.report is not None

    return sorted(names, key=place)


def build_card(family: str, names: list[str], temperature: gr.Slider) -> Card:
    """One result: name and time, picture, model, download, explanation."""
    names = menu(family, names)
    method = METHODS[names[0]]
    with gr.Column(elem_classes="card", min_width=0):
        with gr.Column(elem_classes="body", min_width=0):
            head = gr.HTML(strings.head(method.name), elem_classes="head")
            alt = f"Result: {method.title}"
            picture = build_part("static/picture", elem_classes="picture live", alt=alt)
            with gr.Row(elem_classes="controls"):
                choices = [(strings.label(name), name) for name in names]
                model = gr.Dropdown(
                    choices, value=method.name, label="Model", container=False, min_width=0
                )
                download = gr.Button("⤓ PNG", size="sm", min_width=0, scale=0)
            if method.has_temperature and not temperature.is_rendered:
                temperature.render()
                gr.HTML("<span>vivid</span><span>calm</span>", elem_classes="legend")
        note = gr.HTML(strings.note(method.name), elem_classes="note")
    return Card(head, picture, model, download, note)


def build_below(titles: list[str]) -> tuple[gr.Slider, gr.HTML, gr.Radio, gr.ImageSlider]:
    """Saturation and measures; before and after."""
    choices = [(title, index) for index, title in enumerate(titles)]
    with gr.Row(elem_id="below"):
        with gr.Column(elem_classes="card", min_width=0):
            saturation = gr.Slider(0, 2, 1, step=0.05, label="Saturation of all results")
            measures = gr.HTML(elem_id="measures", apply_default_css=False)
        with gr.Column(elem_classes="card", elem_id="compare", min_width=0):
            chosen = gr.Radio(choices, value=len(choices) - 1, label="Before / after")
            pair = gr.ImageSlider(
                label="Before and after",
                show_label=False,
                container=False,
                interactive=False,
                buttons=["fullscreen"],
                max_height=380,
            )
    return saturation, measures, chosen, pair


def scripts() -> str:
    """The shared scripts, for the page's head."""
    files = ((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return "".join(f"<script>{file}</script>" for file in files)


def theme() -> gr.themes.Base:
    """Gradio's default look, with fonts that need no download."""
    hues = {"primary_hue": "indigo", "secondary_hue": "indigo", "neutral_hue": "slate"}
    fonts = {"font": ["system-ui", "sans-serif"], "font_mono": ["ui-monospace", "monospace"]}
    # The default's subdued text is too pale to be read on white.
    return gr.themes.Default(**hues, **fonts).set(body_text_color_subdued="*neutral_500")
