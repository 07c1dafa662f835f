"""The page without a server beside the Python program on the same machine, in headless Chromium."""

import argparse
import functools
import http.server
import io
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import skimage.data
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from colorize_core import load_colorizer, load_image
from webpage.publish.build import build_site

ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
SIZE = (4000, 3000)
ROUNDS = 5
# Milliseconds that the page itself could not answer.
WATCH = """window.longest = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    window.longest = Math.max(window.longest, entry.duration);
})).observe({ entryTypes: ["longtask"] });"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that says nothing."""

    def log_message(self, *words: object) -> None:
        """No line for each request."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Hand out a folder as `python -m http.server` does."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def median(measure: Callable[[], float], rounds: int = ROUNDS) -> float:
    """Median over rounds after one warm-up."""
    measure()
    return statistics.median(measure() for _ in range(rounds))


def seconds(action: Callable[[], object]) -> float:
    """How long a call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def coloured(page: Page, name: str) -> None:
    """Wait for all three pictures of a photo."""
    page.locator("#status").filter(has_text=f"{name} is coloured").wait_for(timeout=120_000)


def network_seconds(page: Page) -> float:
    """What the page says that classification took."""
    return float(page.locator("[data-method=classification] .time").inner_text().split()[0])


def download(page: Page) -> None:
    """Save the picture at full size."""
    with page.expect_download(timeout=120_000) as started:
        page.click("#download")
    started.value.path()


def measure_site(url: str, large: Path) -> dict[str, float]:
    """Seconds of the page; the first visit with empty caches."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, service_workers="block")
        page.add_init_script(WATCH)
        started = time.perf_counter()
        page.goto(url)
        found = {"start": time.perf_counter() - started}
        page.locator(".card:not(.waiting)").first.wait_for(timeout=120_000)
        found["first picture"] = time.perf_counter() - started
        coloured(page, "Cat")
        found["all three"] = time.perf_counter() - started
        found["longest task of the page"] = page.evaluate("longest") / 1000

        def again(name: str) -> float:
            page.get_by_role("button", name=f"Example: {name}").click()
            coloured(page, name)
            return network_seconds(page)

        times = [again(name) for name in ("Coffee", "Astronaut", "Rocket", "Coffee", "Astronaut")]
        found["network"] = statistics.median(times)
        page.set_input_files("#files", large)
        coloured(page, large.name)
        page.select_option("#format", "jpeg")
        found["download"] = median(lambda: seconds(lambda: download(page)), 3)
        browser.close()
    return found


def measure_python(large: bytes) -> dict[str, float]:
    """The same steps by the Python program."""
    colorizer = load_colorizer("classification")
    photo = load_image(skimage.data.coffee())
    prepared = load_image(large)
    prediction = colorizer.predict(prepared)

    def save() -> None:
        colorizer.render(prepared, prediction).save(io.BytesIO(), "JPEG", quality=95)

    return {
        "network": median(lambda: seconds(lambda: colorizer.predict(photo))),
        "download": median(lambda: seconds(save), 3),
    }


def main() -> None:
    """Print seconds, and ratios where both do the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, help="a built one; default: build it")
    site = parser.parse_args().site
    with tempfile.TemporaryDirectory() as scratch:
        if site is None:
            site = Path(scratch, "site")
            build_site(site)
        large = Path(scratch, "large.jpg")
        astronaut = Image.fromarray(skimage.data.astronaut())
        astronaut.resize(SIZE, Image.Resampling.LANCZOS).save(large, quality=92)
        with serve(site) as url:
            browser = measure_site(url, large)
        python = measure_python(large.read_bytes())
    for name, value in browser.items():
        ratio = (
            f"{value / python[name]:6.2f} × Python's {python[name]:.2f} s" if name in python else ""
        )
        print(f"{name:26} {value:6.2f} s {ratio}")


if __name__ == "__main__":
    main()
