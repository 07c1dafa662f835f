"""The built site, a plain server for it, and visitors of it in Chromium."""

import functools
import http.server
import io
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from webpage.publish import build, runtime

PATIENCE = 120_000
"""Milliseconds; only a loaded machine needs them."""


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The site with the shipped networks; do not write to it."""
    kept = runtime.default_cache() / f"onnxruntime-web-{runtime.VERSION}.tgz"
    if not (kept.is_file() or shutil.which("npm")):
        if os.environ.get("CI") == "true":
            pytest.fail("CI has no npm; install Node 20 or newer")
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("built") / "site"
    build.build_site(folder)
    return folder


@pytest.fixture
def small(monkeypatch, tiny_checkpoints) -> Path:
    """Building with stand-ins for networks and runtime."""
    files = {name: name.encode() for name in runtime.MEMBERS}
    monkeypatch.setattr(build, "load_runtime", lambda cache: files)
    monkeypatch.setattr(build, "export_onnx", lambda found: found.method.name.encode())
    return tiny_checkpoints


class Server:
    """Hands out a folder as `python -m http.server` does, and can be stopped and moved on."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.paths = folder, []
        paths = self.paths

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *words: object) -> None:
                paths.append(urlsplit(self.path).path)

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


@pytest.fixture
def server(site) -> Iterator[Server]:
    running = Server(site)
    yield running
    running.stop()


@dataclass
class Seen:
    """What a visitor's browser has asked for, service worker included."""

    requests: list = field(default_factory=list)

    def check(self, url: str) -> None:
        """Nobody else was asked, and nothing was sent."""
        for request in self.requests:
            assert request.url.startswith((url, "blob:", "data:")), request.url
            assert request.method == "GET"
            assert request.post_data_buffer is None


@pytest.fixture
def visit(chromium, server) -> Iterator[Callable]:
    """`visit(width, height, address="", **options)`: a visitor's page with its first pictures.

    At the end of every test: no other host was asked, no request had a body, no script failed.
    """
    contexts, failures, seen = [], [], Seen()

    def visit(
        width: int = 1280, height: int = 800, address: str = "", wait: bool = True, **options
    ):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("request", seen.requests.append)
        page = context.new_page()
        page.on("pageerror", failures.append)
        page.goto(server.url + address)
        if wait:
            coloured(page)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not failures
    assert seen.requests
    seen.check(server.url)


def coloured(page, name: str | None = None) -> None:
    """Wait until all three pictures stand, of a photo if it is named."""
    page.locator(".card:not(.waiting)").nth(2).wait_for(state="attached")
    page.locator("#cancel").wait_for(state="hidden")
    if name:
        page.get_by_role("status").filter(has_text=f"{name} is coloured").first.wait_for()


@pytest.fixture
def upload() -> Callable:
    """`upload(page, *files)`: choose files as a visitor does; the first must be coloured."""

    def upload(page, *files: Path, works: bool = True) -> None:
        page.set_input_files("#files", files)
        if works:
            coloured(page, files[0].name)

    return upload


@pytest.fixture
def photos(make_photo, tmp_path) -> list[Path]:
    """Three photos of several sizes and formats."""
    paths = [tmp_path / name for name in ("hill.png", "town.jpg", "lake.webp")]
    for seed, path in enumerate(paths):
        make_photo(300 - 20 * seed, 200 + 10 * seed, seed=seed).save(path)
    return paths


def shown(page, selector: str = "[data-method=classification] canvas") -> Image.Image:
    """What a canvas shows."""
    return Image.open(io.BytesIO(page.locator(selector).screenshot())).convert("RGB")
