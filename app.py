"""The web app: one photo in, its colorizations side by side."""

import os
import sys
import threading
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # gradio reads it when imported

import gradio as gr
from fastapi.exceptions import RequestValidationError
from gradio import mcp, route_utils
from starlette.middleware import Middleware

from colorize_core.errors import CheckpointError
from colorize_core.image.sandbox import POOL
from colorize_core.memory import return_memory
from webpage import networks, storage
from webpage.agents import Tools
from webpage.api import connect_api
from webpage.edge import Edge, failed, misunderstood
from webpage.handlers import connect
from webpage.page import MAX_MEGABYTES, STYLES, build_page, scripts, theme
from webpage.studio import QUEUE, RandomUpload, Studio
from webpage.visits import VISITS

SWEEP_SECONDS = 60


def build() -> gr.Blocks:
    """The whole app, not yet served.

    Raises:
        CheckpointError: no method has weights that can be used.
    """
    storage.root()
    networks.load_studio()
    names = list(networks.checkpoints())
    if not names:
        damaged = f" ({', '.join(networks.unusable())}: damaged)" if networks.unusable() else ""
        raise CheckpointError(f"no method has weights here{damaged}; run: colorize train METHOD")
    with Studio(title="Colorize Studio") as demo:
        connect(demo, build_page(names))
        connect_api(names)
    return demo.queue(max_size=QUEUE, api_open=False)


def launch(demo: gr.Blocks, **options: Any) -> Any:
    """Serve the app with its limits and looks; address and port come from GRADIO_SERVER_*."""
    route_utils.GradioUploadFile = RandomUpload
    mcp.GradioMCPServer = Tools  # if GRADIO_MCP_SERVER asks for one
    POOL.start()
    threading.Thread(target=sweep, args=(demo,), daemon=True).start()
    return demo.launch(
        theme=theme(),
        css_paths=STYLES,
        head=scripts(),
        footer_links=["api"],  # the header's link presses it
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        max_file_size=f"{MAX_MEGABYTES}mb",
        state_session_capacity=1000,  # of Gradio's own; ours are webpage.visits
        app_kwargs={
            "middleware": [Middleware(Edge)],
            "exception_handlers": {Exception: failed, RequestValidationError: misunderstood},
        },
        **options,
    )


def sweep(demo: gr.Blocks) -> None:
    """Forget visits and uploads by age, as long as the process lives."""
    pause = threading.Event()
    while not pause.wait(SWEEP_SECONDS):
        VISITS.sweep()
        storage.sweep()
        for paths in demo.temp_file_sets:
            paths.clear()  # Gradio's notes of files, which otherwise grow


def watched() -> bool:
    """Whether someone sits at this machine, to whom a browser window can be shown."""
    unattended = any(map(os.environ.get, ("CI", "SPACE_ID", "SSH_CONNECTION")))
    screen = sys.platform in ("darwin", "win32") or "DISPLAY" in os.environ
    return sys.stdout.isatty() and screen and not unattended


if __name__ == "__main__":
    return_memory()
    storage.end_on_signals(POOL.end)
    try:
        demo = build()  # a Space looks for this name
    except CheckpointError as error:
        sys.exit(str(error))
    launch(demo, inbrowser=watched())
