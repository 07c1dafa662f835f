"""The Gradio app as a process of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


PATIENCE = 120
"""Seconds; importing PyTorch on a busy machine takes its time."""


def fetch(url: str) -> tuple[int, bytes]:
    """Status and body of a page; status 0 while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""
    except OSError:
        return 0, b""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def serve(folder: Path, log: Path, **environment: str) -> Iterator[str]:
    """`python app.py` on a free port; gives its address once it answers."""
    port = free_port()
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("GRADIO_", "SPACE"))}
    settings = {"GRADIO_SERVER_PORT": str(port), "COLORIZE_CHECKPOINTS": str(folder)}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=inherited | settings | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        end = time.monotonic() + PATIENCE
        while fetch(url)[0] != 200:
            if server.poll() is not None or time.monotonic() > end:
                pytest.fail(f"the app does not answer:\n{log.read_text()[-2000:]}")
            time.sleep(0.3)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
