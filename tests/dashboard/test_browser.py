"""The dashboard in headless Chromium: it draws, stays at home, and grows while a run is written."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlparse

import pytest
from support.dashboard import PAGES, SCRIPT, history_line
from support.serving import free_port

from colorize_core import runs

PATIENCE = 120_000
"""Milliseconds; a loaded machine is slow, and only the test of live curves is about time."""
PLOT = ".js-plotly-plot .main-svg"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(filled) -> Iterator[str]:
    """A running dashboard over untrained checkpoints."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(SCRIPT), "--server.port", str(port)]
    environment = {**os.environ, "COLORIZE_CHECKPOINTS": str(filled)}
    server = subprocess.Popen(
        command,
        cwd=SCRIPT.parent.parent,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str, server: subprocess.Popen) -> None:
    for _ in range(300):
        assert server.poll() is None, "the dashboard ended at once"
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the dashboard did not start")


@pytest.fixture
def page(chromium):
    """A new page that remembers which hosts it asked."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.hosts = set()
    page.on("request", lambda request: page.hosts.add(urlparse(request.url).hostname))
    page.on("websocket", lambda socket: page.hosts.add(urlparse(socket.url).hostname))
    yield page
    context.close()


def settle(page) -> None:
    """Wait until the script of the page has run to its end."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')


@pytest.mark.parametrize("name", PAGES)
def test_page_draws_and_asks_no_other_host(page, address, photo_folder, name):
    path = "" if name == "overview" else name
    folder = quote(str(photo_folder))
    query = (
        f"?gallery_folder={folder}&gallery_limit=1&gallery_photo=hills/00.png"
        if name == "gallery"
        else ""
    )
    page.goto(f"{address}/{path}{query}")
    page.wait_for_selector("h1")
    page.wait_for_selector(PLOT, state="attached")
    settle(page)
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.hosts - {None, ""} == {"127.0.0.1"}
    # A phone: nothing may stick out to the side.
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def wait_for_points(page, count: int) -> None:
    """Wait until the validation curve of the first chart has that many points."""
    page.wait_for_function(
        """count => (document.querySelector('.js-plotly-plot')?._fullData || [])
            .some(t => (t.name || '').endsWith('validation') && t.x?.length === count)""",
        arg=count,
    )


def first_point(page) -> float:
    """Where the validation curve of the first chart begins."""
    return page.evaluate(
        """() => document.querySelector('.js-plotly-plot')._fullData
            .find(t => (t.name || '').endsWith('validation')).x[0]"""
    )


def test_curves_grow_while_a_run_is_written(page, address, filled, tmp_path):
    run = Path(shutil.copytree(next(filled.glob("*/history.jsonl")).parent, tmp_path / "young"))
    query = f"training_runs=&training_folder={quote(str(run))}&training_terms=Raw+AuC"
    page.goto(f"{address}/training?{query}&training_skip=40")
    wait_for_points(page, 2)  # of four
    settle(page)
    with (run / runs.HISTORY).open("a") as file:
        file.write(history_line(4) + json.dumps({"images": 500})[:9])
    wait_for_points(page, 3)
    assert first_point(page) == 200  # the part that the reader chose is still the one shown
    assert page.locator('[data-testid="stException"]').count() == 0


def test_state_in_the_url_reopens_the_view(page, address):
    page.goto(f"{address}/prior?prior_lambda=0.2&prior_sigma=9.5")
    page.wait_for_selector(PLOT, state="attached")
    settle(page)
    sliders = page.locator('[role="slider"], input[type="range"]')
    sliders.nth(1).wait_for(state="attached")
    values = sliders.evaluate_all(
        "all => all.map(s => Number(s.getAttribute('aria-valuenow') ?? s.value))"
    )
    assert values == [0.2, 9.5]
    sliders.first.press("ArrowRight")
    page.wait_for_function("new URL(location).searchParams.get('prior_lambda') === '0.21'")
