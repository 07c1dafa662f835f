"""The repository as a Hugging Face Space: it starts there, and its pins agree with each other."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from colorize_core.checkpoint import SHIPPED, list_checkpoints
from colorize_core.methods import METHODS

ROOT = Path(__file__).resolve().parent.parent
SPACE = {"SYSTEM": "spaces", "SPACE_ID": "u/s", "GRADIO_SERVER_NAME": "0.0.0.0"}
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


def weights(fallback: Path) -> Path:
    """The shipped checkpoints where all are there, untrained ones otherwise."""
    return SHIPPED if set(METHODS) <= set(list_checkpoints(SHIPPED)) else fallback


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


@pytest.fixture(scope="module")
def space(tiny_checkpoints, tmp_path_factory) -> Iterator[str]:
    """The app with a Space's environment; with server-side rendering where Node is there."""
    ssr = {"GRADIO_SSR_MODE": "true"} if shutil.which("node") else {}
    log = tmp_path_factory.mktemp("space") / "log.txt"
    with serve(weights(tiny_checkpoints), log, **SPACE, **ssr) as url:
        yield url


def pins() -> dict[str, str]:
    """Package -> exact version, as requirements.txt has them."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    return dict(line.split("==") for line in wanted)


def ranges() -> dict[str, SpecifierSet]:
    """Package -> range, as pyproject.toml has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(line) for line in project["dependencies"]]
    return {requirement.name: requirement.specifier for requirement in wanted}


def front_matter() -> dict[str, str]:
    """The scalar settings at the head of README.md."""
    head = (ROOT / "README.md").read_text(encoding="utf-8").split("---")[1]
    return dict(re.findall(r'^(\w+): *"?([^"\n]+)"?$', head, re.MULTILINE))


def test_space_answers(space):
    status, page = fetch(f"{space}/")
    assert status == 200
    assert b"Colorize Studio" in page


def test_space_names_its_endpoints(space):
    status, body = fetch(f"{space}/gradio_api/info")
    assert status == 200
    endpoints = json.loads(body)["named_endpoints"]
    assert set(endpoints) == {"/colorize", "/recolor"}
    parameters = [p["parameter_name"] for p in endpoints["/colorize"]["parameters"]]
    assert parameters == ["photo", "method", "temperature", "saturation"]
    parameters = [p["parameter_name"] for p in endpoints["/recolor"]["parameters"]]
    assert parameters == ["temperature", "saturation"]


def test_pins_are_what_the_space_can_run():
    assert pins()["torch"] == "2.11.0"
    assert pins()["torchvision"] == "0.26.0"
    assert "gradio" not in pins()  # sdk_version decides


@pytest.mark.parametrize("package", sorted(pins()))
def test_pin_lies_in_the_range_of_the_package(package):
    assert ranges()[package].contains(pins()[package])


def test_front_matter_agrees_with_the_package():
    head = front_matter()
    assert head["sdk"] == "gradio"
    assert ranges()["gradio"].contains(head["sdk_version"])
    assert head["python_version"] == "3.12.12"
    assert (ROOT / head["app_file"]).is_file()
