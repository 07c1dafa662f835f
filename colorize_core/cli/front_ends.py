"""The commands `colorize app` and `colorize dashboard`: this process becomes the front end."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import Checkpoints
from colorize_core.errors import ColorizeError, DataError
from colorize_core.runs import SHIPPED


def start_app(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 7860,
    photos: Annotated[
        Path | None, typer.Option(help="Folder of photos in colour for the quiz; default bundled.")
    ] = None,
    mcp: Annotated[
        bool, typer.Option("--mcp", help="Offer /colorize to agents, as a tool (MCP).")
    ] = False,
) -> None:
    """Start the Gradio front end."""
    environment = {"GRADIO_SERVER_PORT": str(port)}
    if photos is not None:
        if not photos.is_dir():
            raise DataError(f"no folder {photos}; --photos needs one with photos in colour")
        environment["COLORIZE_PHOTOS"] = str(photos.resolve())
    if mcp:
        if importlib.util.find_spec("mcp") is None:
            raise ColorizeError("--mcp needs the package mcp; run: pip install -e '.[mcp]'")
        environment["GRADIO_MCP_SERVER"] = "true"
    _start("app.py", environment)


def start_dashboard(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8501,
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Start the Streamlit dashboard."""
    folder = str(checkpoints.resolve())
    environment = {"STREAMLIT_SERVER_PORT": str(port), "COLORIZE_CHECKPOINTS": folder}
    _start("dashboard/__main__.py", environment)


def _start(name: str, environment: dict[str, str]) -> None:
    """Become a script that lies beside the package, and end as it ends.

    Raises:
        ColorizeError: the package was installed without its front ends.
    """
    script = Path(__file__).resolve().parents[2] / name
    if not script.is_file():
        raise ColorizeError(f"{name} is not installed; clone the repository and pip install -e .")
    words, environment = [sys.executable, str(script)], {**os.environ, **environment}
    if os.name != "nt":  # there it would start a process and end this one
        sys.stdout.flush()
        os.execve(sys.executable, words, environment)  # signals to this process reach the server
    raise typer.Exit(subprocess.run(words, env=environment).returncode)
