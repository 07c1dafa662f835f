"""Fixtures that several test files share: made-up photos, small checkpoints, the browser."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image
from support.browser import CHROMIUM, GL_ARGUMENTS
from support.tiny import build_tiny, tiny_config
from support.tiny import make_photo as make_photo_now

from colorize_core.cli import main as cli
from colorize_core.methods import METHODS
from colorize_core.methods.checkpoint import save_checkpoint

# Tiny networks lose more by sharing work between threads than they gain. The variable is for
# the processes that tests start.
torch.set_num_threads(1)
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def make_photo() -> Callable[..., Image.Image]:
    """`make_photo(width, height, seed)`: the same arguments give the same picture."""
    return make_photo_now


@pytest.fixture(scope="session")
def tiny_checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small untrained checkpoint of every method; do not write to it."""
    root = tmp_path_factory.mktemp("checkpoints")
    for method in METHODS.values():
        save_checkpoint(root / method.name, method, tiny_config(method), build_tiny(method), {})
    return root


@pytest.fixture(scope="session")
def photo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve small photos in two subfolders; do not write to it."""
    folder = tmp_path_factory.mktemp("photos")
    for i in range(12):
        group = folder / ("hills", "towns")[i % 2]
        group.mkdir(exist_ok=True)
        make_photo_now(48 + i, 44, seed=i).save(group / f"{i:02}.png")
    return folder


@pytest.fixture
def colorize(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> Callable[..., tuple[int, str]]:
    """Call the `colorize` command in this process: `colorize(*words)` -> exit code, output."""

    def call(*words: str | Path) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["colorize", *map(str, words)])
        monkeypatch.setenv("COLUMNS", "300")
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        written = capfd.readouterr()
        return int(stopped.value.code or 0), written.out + written.err

    return call


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """Headless Chromium, one for all tests of a process; its absence is an error only in CI.

    Playwright allows no second one beside it.
    """
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI has no Chromium; install the package chromium")
        pytest.skip("Chromium is not installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=GL_ARGUMENTS)
        yield browser
        browser.close()
