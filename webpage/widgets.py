"""The widgets of the page and where they stand; no events."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData
from PIL import ImageOps

from colorize_core import METHODS
from colorize_core.image.write import encode
from webpage import texts
from webpage.visit import EXAMPLES, example
from webpage.words import WORDS, spoken, word

HERE = Path(__file__).resolve().parent
MAX_MEGABYTES = 15
KEPT_SECONDS = 3600
"""How long an idle visitor's photo and predictions are kept."""
TEMPERATURE = 0.38


@dataclass(frozen=True)
class Card:
    """The widgets of one column."""

    head: gr.HTML
    picture: gr.HTML
    model: gr.Dropdown
    download: gr.Button
    note: gr.HTML


@dataclass(frozen=True)
class Page:
    """The widgets that events read or write."""

    shown: gr.State
    temperature: gr.Slider
    photo: gr.HTML
    grey: gr.Image
    original: gr.Checkbox
    cards: list[Card]
    saturation: gr.Slider
    measures: gr.HTML
    chosen: gr.Radio
    pair: gr.ImageSlider
    file: gr.DownloadButton


def thumbnails() -> list[dict[str, str]]:
    """The example strip: titles and small pictures, inside the page itself."""
    strip = []
    for name, title in EXAMPLES.items():
        small = encode(ImageOps.fit(example(name), (96, 96)), "jpg")
        source = "data:image/jpeg;base64," + base64.b64encode(small).decode()
        strip.append({"title": title, "source": source})
    return strip


def build_picture(alt: str) -> gr.Image:
    """A picture to look at, without an editor's buttons."""
    return gr.Image(
        label=alt,
        alt_text=alt,
        show_label=False,
        container=False,
        interactive=False,
        buttons=["fullscreen"],
        elem_classes="picture",
    )


def build_part(name: str, **options: Any) -> gr.HTML:
    """A part of the page that its own template and script draw: NAME.html and NAME.js."""
    return gr.HTML(
        html_template=(HERE / f"{name}.html").read_text(encoding="utf-8"),
        js_on_load=(HERE / f"{name}.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        **options,
    )


def build_result(title: str) -> gr.HTML:
    """A result that the browser itself draws anew when a slider moves."""
    return build_part("picture", elem_classes="picture live", alt=f"Result: {title}")


def build_input() -> gr.HTML:
    """Upload, drop, paste, camera and examples.

    Unlike `gr.Image` it hands on the file as it is (Gradio would clip 16-bit greys), takes HEIC
    where the browser does not know it as an image, and the next photo while one is on show.
    """
    photo = build_part(
        "photo_input",
        elem_id="photo",
        examples=thumbnails(),
        max_bytes=MAX_MEGABYTES * 1_000_000,
    )
    # Set here, because Gradio writes a .pyi file beside every module that subclasses a component.
    photo.data_model = FileData
    return photo


def build_photo() -> tuple[gr.HTML, gr.Image, gr.Checkbox]:
    """The first card."""
    with gr.Column(elem_classes="card", min_width=0), gr.Column(elem_classes="body", min_width=0):
        with gr.Row(elem_classes="head"):
            gr.HTML(f"<h2>{spoken('your_photo')}</h2>")
            original = gr.Checkbox(label=word("original"), container=False, min_width=0)
        grey = build_picture("The photo as the networks see it")
        photo = build_input()
    return photo, grey, original


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
            top = gr.HTML(texts.head(method.name), elem_classes="head")
            result = build_result(method.title)
            with gr.Row(elem_classes="controls"):
                choices = [(texts.label(name), name) for name in names]
                model = gr.Dropdown(
                    choices, value=method.name, label=word("model"), container=False, min_width=0
                )
                button = gr.Button("⤓ PNG", size="sm", min_width=0, scale=0)
            if method.has_temperature and not temperature.is_rendered:
                temperature.render()
                gr.HTML(spoken("vivid") + spoken("calm"), elem_classes="legend")
        text = gr.HTML(texts.note(method.name), elem_classes="note")
    return Card(top, result, model, button, text)


def build_below(titles: list[str]) -> tuple[gr.Slider, gr.HTML, gr.Radio, gr.ImageSlider]:
    """Saturation and measures; before and after."""
    choices = [(title, column) for column, title in enumerate(titles)]
    with gr.Row(elem_id="below"):
        with gr.Column(elem_classes="card", min_width=0):
            saturation = gr.Slider(0, 2, 1, step=0.05, label=word("saturation"))
            measures = gr.HTML(elem_id="measures", apply_default_css=False)
        with gr.Column(elem_classes="card", elem_id="compare", min_width=0):
            chosen = gr.Radio(choices, value=len(choices) - 1, label=word("before_after"))
            pair = gr.ImageSlider(
                label="Before and after",
                show_label=False,
                container=False,
                interactive=False,
                buttons=["fullscreen"],
                max_height=380,
            )
    return saturation, measures, chosen, pair


def build_page(names: list[str]) -> Page:
    """Lay the widgets out: one column for each family of methods that has weights."""
    families = list(dict.fromkeys(METHODS[name].family for name in names))
    shown = gr.State(time_to_live=KEPT_SECONDS)
    temperature = gr.Slider(0, 1, TEMPERATURE, step=0.01, label=word("temperature"), render=False)
    with gr.Row(elem_id="cards"):
        photo = build_photo()
        cards = [build_card(family, names, temperature) for family in families]
    if not temperature.is_rendered:  # no method here has one
        temperature.render()
    below = build_below([METHODS[card.model.value].title for card in cards])
    file = gr.DownloadButton(visible="hidden")
    return Page(shown, temperature, *photo, cards, *below, file)


def scripts() -> str:
    """What several parts of the page use, for its head."""
    files = [(HERE / name).read_text(encoding="utf-8") for name in ("shaders.js", "engine.js")]
    # "</" would end the script's element.
    words = "window.studioWords = " + json.dumps(WORDS).replace("</", "<\\/") + ";"
    return "".join(f"<script>{file}</script>" for file in (words, *files))


def theme() -> gr.themes.Base:
    """Gradio's default look, with fonts that need no download."""
    hues = {"primary_hue": "indigo", "secondary_hue": "indigo", "neutral_hue": "slate"}
    fonts = {"font": ["system-ui", "sans-serif"], "font_mono": ["ui-monospace", "monospace"]}
    # The default's subdued text is too pale to be read on white.
    return gr.themes.Default(**hues, **fonts).set(body_text_color_subdued="*neutral_500")
