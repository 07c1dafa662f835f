"""Pictures a second while a temperature slider moves, in headless Chromium with software GL."""

import argparse
import shutil

from playwright.sync_api import sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
# Moves the slider once a frame, there and back, and counts what is drawn.
DRAG = """async ([selector, seconds]) => {
    const slider = document.querySelector(selector);
    const draw = studio.draw;
    let drawn = 0, last = null;
    studio.draw = (payload, canvas, ...rest) => {
        drawn++;
        last = canvas;
        return draw(payload, canvas, ...rest);
    };
    const start = performance.now();
    for (let i = 0; performance.now() - start < 1000 * seconds; i++) {
        slider.value = Math.abs((i % 200) - 100) / 100;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise(requestAnimationFrame);
    }
    await createImageBitmap(last);  // until the last is really there
    studio.draw = draw;
    return [drawn / (performance.now() - start) * 1000, last.width, last.height];
}"""
SLIDERS = {"first tab": "#cards input[type=range]", "lab": "#lab input[type=range]"}


def main() -> None:
    """Print frames per second for every slider of the app at `--url`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:7860", help="a running app")
    parser.add_argument("--seconds", type=float, default=4.0)
    arguments = parser.parse_args()
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{arguments.url}?example=astronaut")
        page.wait_for_selector(".live canvas:not([hidden])")
        for name, selector in SLIDERS.items():
            if name == "lab":
                page.get_by_role("tab").nth(1).click()
                page.wait_for_selector("#lab canvas:not([hidden])")
            page.wait_for_timeout(1000)
            for attempt in ("first sweep", "again"):
                rate, width, height = page.evaluate(DRAG, [selector, arguments.seconds])
                print(f"{name}, {width} × {height}, {attempt}: {rate:.0f} frames a second")
        browser.close()


if __name__ == "__main__":
    main()
