"""The dashboard in headless Chromium: first page, page changes, the delay of a live point.

Every figure stands beside that of an empty Streamlit page, opened in the same run.
"""

import argparse
import contextlib
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
DASHBOARD = ROOT / "dashboard" / "streamlit_app.py"
EMPTY = "import streamlit as st\nst.title('Empty')\n"
DONE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
TABLE = '[data-testid="stDataFrame"] canvas'
PLOT = ".js-plotly-plot .main-svg"
PAGES = {"overview": PLOT, "training": PLOT, "prior": PLOT, "temperature": PLOT,
         "gallery": '[data-testid="stImage"] img', "photo": 'input[type="file"]'}  # fmt: skip
"""Pages in the order of the menu, and what shows that one is drawn."""
RUN = "regression"
LIVE_POINTS = 5


@contextlib.contextmanager
def served(script: Path) -> Iterator[str]:
    """A running Streamlit server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health"):
                break
            time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.wait()


def opening(page: Page, url: str, sign: str) -> float:
    """Seconds until a page is drawn and its script has ended."""
    started = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(sign, state="attached")
    page.wait_for_selector(DONE)
    return time.perf_counter() - started


def stages(page: Page, url: str, signs: tuple[str, ...]) -> list[float]:
    """Seconds until each sign is drawn, in turn."""
    started = time.perf_counter()
    page.goto(url)
    times = []
    for sign in signs:
        page.wait_for_selector(sign, state="attached")
        times.append(time.perf_counter() - started)
    return times


def change(page: Page, place: int, name: str) -> float:
    """Seconds from a click in the menu until the page is drawn."""
    link = page.locator('[data-testid="stTopNavLink"]').nth(place)
    started = time.perf_counter()
    link.click()
    page.wait_for_url(f"**/{'' if name == 'overview' else name}*")
    page.wait_for_selector(PAGES[name], state="attached")
    page.wait_for_selector(DONE)
    return time.perf_counter() - started


def live_delays(page: Page, address: str) -> list[float]:
    """Seconds from a line appended to history.jsonl until its point is drawn."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(shutil.copytree(ROOT / "checkpoints" / RUN, Path(folder) / "run"))
        history = run / "history.jsonl"
        lines = [json.loads(line) for line in history.read_text().splitlines()]
        query = f"training_runs=&training_folder={quote(str(run))}&training_terms=raw_auc"
        page.goto(f"{address}/training?{query}")
        delays, started = [], 0.0
        for i in range(LIVE_POINTS + 1):
            page.wait_for_function(
                """images => (document.querySelector('.js-plotly-plot')?._fullData || [])
                    .some(t => Array.from(t.x || []).includes(images))""",
                arg=lines[-1]["images"],
                polling=20,
            )
            if i:
                delays.append(time.perf_counter() - started)
            time.sleep(0.37 * i)  # another moment between two looks of the page
            lines.append(lines[-1] | {"images": lines[-1]["images"] + 1000})
            with history.open("a") as file:
                file.write(json.dumps(lines[-1]) + "\n")
            started = time.perf_counter()
    return delays


def main() -> None:
    """Print seconds, and their ratio to an empty page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY)
        with served(empty) as address:
            least = [opening(browser.new_page(), address, "h1") for _ in range(4)]
        print(f"an empty page: first {least[0]:.2f} s, then {statistics.median(least[1:]):.2f} s")
        with served(DASHBOARD) as address:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            times = stages(page, address, ("h1", TABLE, PLOT))
            print(
                "overview, first visitor: "
                f"heading {times[0]:.2f} s, tables {times[1]:.2f} s, charts {times[2]:.2f} s "
                f"({times[2] / least[0]:.1f} × empty)"
            )
            again = [stages(browser.new_page(), address, ("h1", TABLE, PLOT)) for _ in range(3)]
            heading, tables, charts = map(statistics.median, zip(*again, strict=True))
            print(
                "overview, later visitors: "
                f"heading {heading:.2f} s, tables {tables:.2f} s, charts {charts:.2f} s"
            )
            for name in PAGES:
                opening(page, f"{address}/{'' if name == 'overview' else name}", PAGES[name])
            changes: dict[str, list[float]] = {}
            for _ in range(3):
                for place, name in enumerate(PAGES):
                    changes.setdefault(name, []).append(change(page, place, name))
            for name, seconds in changes.items():
                print(f"change to {name}: {statistics.median(seconds):.2f} s")
            delays = live_delays(browser.new_page(), address)
            print(f"live point: median {statistics.median(delays):.2f} s, most {max(delays):.2f} s")
        browser.close()


if __name__ == "__main__":
    main()
