"""Headless Chromium for the tests of the pages."""

import shutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
