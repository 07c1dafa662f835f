"""What the tests of the page without a server share."""

import functools
import http.server
import io
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

PATIENCE = 45
"""Seconds; only a loaded machine needs them."""
FRAMES = """() => new Promise((done) => {
    const wait = (count) => (count ? requestAnimationFrame(() => wait(count - 1)) : done());
    wait(4);
})"""
RESULT = "[data-method=classification] canvas"


class Server:
    """Hands out a folder as `python -m http.server` does, and can be stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.paths = folder, []
        paths = self.paths

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *words: object) -> None:
                paths.append(urlsplit(self.path).path.lstrip("/"))

        handler = functools.partial(Handler, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self) -> None:
        if self.thread.is_alive():
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()


def until(found: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """What a function gives once that is true; the page's policy forbids Playwright's own way."""
    end = time.monotonic() + patience
    while not (value := found()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return value


def coloured(page, name: str = "") -> None:
    """Wait until all three pictures stand, of a photo if it is named."""
    page.locator("#status").filter(has_text=f"{name} is coloured").wait_for()
    assert page.locator(".card:not(.waiting)").count() == 3


def upload(page, *files: Path) -> None:
    """Choose files as a visitor does; the first is coloured."""
    page.set_input_files("#files", files)
    coloured(page, files[0].name)


def shown(page, selector: str = RESULT) -> Image.Image:
    """What a canvas shows."""
    return Image.open(io.BytesIO(page.locator(selector).screenshot())).convert("RGB")


def slide(page, selector: str, value: float) -> None:
    """Move a slider, and wait until what it moves is drawn."""
    page.locator(selector).fill(str(value))
    page.evaluate(FRAMES)


def box(page, selector: str) -> dict[str, float]:
    """Where an element stands, in pixels."""
    return page.locator(selector).bounding_box()
