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


GL_ARGUMENTS = [
    *(flag for flag in ARGUMENTS if flag != "--disable-gpu"),
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
"""With WebGL in software, as on a machine without a GPU."""
