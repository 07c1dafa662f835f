"""The web app: one photo in, its colorizations side by side."""

import os
import sys
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # gradio reads it when imported

import gradio as gr

from colorize_core.errors import CheckpointError
from webpage.handlers import connect, connect_api
from webpage.networks import checkpoints
from webpage.page import KEPT_SECONDS, MAX_MEGABYTES, STYLES, build_page, scripts, theme


def build() -> gr.Blocks:
    """The whole app, not yet served.

    Raises:
        CheckpointError: no method has weights.
    """
    names = list(checkpoints())
    if not names:
        raise CheckpointError("no method has weights here; train one: colorize train METHOD")
    with gr.Blocks(title="Colorize Studio", delete_cache=(3600, KEPT_SECONDS)) as demo:
        connect(demo, build_page(names))
        connect_api(names)
    return demo.queue(max_size=20)


def launch(demo: gr.Blocks, **options: Any) -> Any:
    """Serve the app with its limits and looks; address and port come from GRADIO_SERVER_*."""
    return demo.launch(
        theme=theme(),
        css_paths=STYLES,
        head=scripts(),
        footer_links=["api"],  # the header's link presses it
        run_history=False,
        show_error=False,
        max_file_size=f"{MAX_MEGABYTES}mb",
        state_session_capacity=100,
        **options,
    )


def watched() -> bool:
    """Whether someone sits at this machine, to whom a browser window can be shown."""
    unattended = any(map(os.environ.get, ("CI", "SPACE_ID", "SSH_CONNECTION")))
    screen = sys.platform in ("darwin", "win32") or "DISPLAY" in os.environ
    return sys.stdout.isatty() and screen and not unattended


if __name__ == "__main__":
    demo = build()  # a Space looks for this name
    launch(demo, inbrowser=watched())
