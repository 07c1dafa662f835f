"""The browser's engine in Chromium, on an empty page."""

from collections.abc import Iterator

import pytest
from support.engine import PAGE, START, STATIC, Engine


@pytest.fixture(scope="module")
def engine(chromium) -> Iterator[Engine]:
    """All exported functions, as `engine.…` in the code of a call."""
    context = chromium.new_context()
    page = context.new_page()

    def answer(route) -> None:
        file = STATIC / route.request.url.removeprefix(PAGE)
        if file.is_file():
            route.fulfill(path=file, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page.route("**/*", answer)
    page.goto(PAGE)
    page.evaluate(START % [path.stem for path in sorted((STATIC / "engine").glob("*.js"))])
    yield Engine(page)
    context.close()
