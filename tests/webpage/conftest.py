"""A running app, its page in the browser, and a photo that handlers have predicted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.page import METHODS
from support.serving import serve

from webpage import networks
from webpage.session import Session, open_session

PATIENCE = 120_000
"""Milliseconds; only a loaded machine needs them."""


@pytest.fixture(scope="session")
def url(tiny_checkpoints, tmp_path_factory) -> Iterator[str]:
    """A running app with small untrained networks."""
    with serve(tiny_checkpoints, tmp_path_factory.mktemp("app") / "log.txt") as address:
        yield address


@pytest.fixture
def open_page(chromium, url) -> Iterator[Callable]:
    """`open_page(width, height, …)`: a new visitor's page, once its first pictures are there."""
    contexts = []

    def open_page(
        width: int = 1280, height: int = 800, script: str = "", address: str = url, **options
    ):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.addresses = []
        page.on("request", lambda request: page.addresses.append(request.url))
        page.goto(address)
        page.wait_for_function(
            "[...document.querySelectorAll('.block.live img')].filter(i => i.src).length === 3"
        )
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def fresh(monkeypatch, tiny_checkpoints) -> Iterator[None]:
    """Handlers with small untrained networks, and with nothing kept from earlier calls."""
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(tiny_checkpoints))
    caches = (networks._load, networks._example_column, networks._is_sound)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.fixture
def session(fresh, make_photo) -> Session:
    """A predicted photo."""
    photo = make_photo(90, 60)
    return open_session(photo, "hill", photo, [networks.column(name, photo) for name in METHODS])


@pytest.fixture
def photo(make_photo, tmp_path) -> Path:
    """A colourful photo, as a file."""
    path = tmp_path / "hill.png"
    make_photo(150, 100, seed=3).save(path)
    return path


@pytest.fixture
def broken(tmp_path) -> Path:
    """A file that is no photo."""
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"\xff\xd8\xff no photo")
    return path


@pytest.fixture
def count(monkeypatch) -> Callable[[type, str], list]:
    """`count(type, name)`: a list that grows by one whenever the method is called."""

    def count(owner: type, name: str) -> list:
        calls, original = [], getattr(owner, name)

        def counting(*args, **kwargs):
            calls.append(name)
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, counting)
        return calls

    return count
