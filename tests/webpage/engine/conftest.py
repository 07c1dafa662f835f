"""The browser's engine in Chromium, on an empty page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.engine import Engine, start

import webpage

STATIC = Path(webpage.__file__).parent / "static"


@pytest.fixture(scope="module")
def engine(chromium) -> Iterator[Engine]:
    """All exported functions, as `engine.…` in the code of a call."""
    context = chromium.new_context()
    yield start(context.new_page(), STATIC, "engine")
    context.close()
