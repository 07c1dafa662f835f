"""What the tests of the Gradio page share: what they open, and scripts to look at it with."""

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from PIL import Image

METHODS = ("regression", "gan", "classification")
"""What the three columns open with."""
KNOBS = (0.38, 1.0)
# What is to be seen: the browser's own drawing where there is one.
PICTURES = """[...document.querySelectorAll('.block.picture')].map((picture) => {
    const canvas = picture.querySelector('canvas:not([hidden])');
    return canvas ? canvas.toDataURL() : picture.querySelector('img')?.src;
})"""
DRAWN = "document.querySelectorAll('.block.live canvas:not([hidden])').length === 3"
CANVAS = "#lab .stage canvas:not([hidden])"
# Sets T and gives a canvas as PNG once it is drawn.
PICTURE = """async ([selector, T]) => {
    studio.set({ temperature: T });
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return document.querySelector(selector).toDataURL().split(",")[1];
}"""
ALL = [True] * 4
RESULTS = [False, True, True, True]
CLASSIFICATION = [False, False, False, True]


def event(**data) -> SimpleNamespace:
    """What the browser sends with an event."""
    return SimpleNamespace(**data)


def changed(page, act: Callable, expected: list[bool]) -> None:
    """Do something; exactly the expected of the four pictures must become others."""
    before = page.evaluate(PICTURES)
    act()
    wanted = "(before) => JSON.stringify({}.map((s, i) => s !== before[i])) === '{}'".format(
        PICTURES, json.dumps(expected, separators=(",", ":"))
    )
    page.wait_for_function(wanted, arg=before, polling=200)
    page.wait_for_timeout(500)  # nothing else may follow
    after = page.evaluate(PICTURES)
    assert [old != new for old, new in zip(before, after, strict=True)] == expected


def send(page, path: Path) -> Callable:
    """Choose a file, as a visitor does."""
    return lambda: page.set_input_files("#photo input[type=file]", path)


def asked(page, since: int = 0) -> list[str]:
    """Addresses that a page has asked for, without those inside it."""
    return [a for a in page.addresses[since:] if not a.startswith(("data:", "blob:"))]


def open_lab(page, example: str = "Cat"):
    """To the lab, with an example."""
    page.wait_for_selector(".block.live canvas:not([hidden])")
    if example != "Cat":
        page.evaluate("() => (window.before = studio.state.version)")
        page.get_by_role("button", name=f"Example: {example}").click()
        page.wait_for_function("studio.state.version > window.before")
    page.get_by_role("tab").nth(1).click()
    page.wait_for_selector(CANVAS)
    page.wait_for_selector("#lab .film img")
    return page


def canvas_at(page, temperature: float, selector: str = CANVAS) -> Image.Image:
    """What a canvas shows at a temperature."""
    png = base64.b64decode(page.evaluate(PICTURE, [selector, temperature]))
    return Image.open(io.BytesIO(png)).convert("RGB")
