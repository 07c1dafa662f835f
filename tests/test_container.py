"""The Dockerfile's steps, as far as they go without an engine: in a clean folder, read-only."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from support.client import answer, given, upload
from support.serving import PATIENCE, ROOT, fetch, free_port
from support.tiny import make_photo

STUBS = {
    "pip": 'printf "%s\\n" "$*" >> "$LOG"\n',
    "useradd": 'printf "useradd %s\\n" "$*" >> "$LOG"\n',
}
LOCKED = """mount --bind "$TMPDIR" "$TMPDIR" && mount --bind "$PWD" "$PWD" &&
mount -o remount,bind,ro "$PWD" && mount -o remount,bind,ro / && cd "$PWD" &&
exec setpriv --bounding-set=-all --no-new-privs "$@" """
"""Become a program without rights, for which all but the temporary folder is read-only."""


def steps() -> list[tuple[str, str]]:
    """(instruction, rest) of every line."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(" ", 1)) for line in lines]


def only(instruction: str) -> str:
    """The rest of the one line of a kind."""
    (found,) = [rest for name, rest in steps() if name == instruction]
    return found


def left_out(path: str) -> bool:
    """Whether .dockerignore keeps a path from the engine; the last line that fits decides."""
    out = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        inside = any(
            fnmatch("/".join(parts), pattern) or fnmatch("/" + "/".join(parts), pattern)
            for n in range(len(path.split("/")))
            for parts in [path.split("/")[: n + 1]]
        )
        out = not line.startswith("!") if inside else out
    return out


def copy(rest: str, place: Path) -> None:
    """COPY, of what .dockerignore lets through."""
    *sources, target = rest.split()
    for source in sources:
        whole = ROOT / source
        assert whole.exists(), source
        files = [whole] if whole.is_file() else [f for f in whole.rglob("*") if f.is_file()]
        kept = [f for f in files if not left_out(f.relative_to(ROOT).as_posix())]
        assert kept, f"{source} is left out by .dockerignore"
        for file in kept:
            single = Path(target) / file.name if target.endswith("/") else Path(target)
            goal = place / (single if whole.is_file() else target / file.relative_to(whole))
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, goal)


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> tuple[Path, Path]:
    """The folder that the steps up to USER leave, and what was to be installed."""
    place, tools = tmp_path_factory.mktemp("image"), tmp_path_factory.mktemp("tools")
    for name, script in STUBS.items():
        (tools / name).write_text("#!/bin/sh\n" + script)
        (tools / name).chmod(0o755)
    log = tools / "log.txt"
    path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {"PATH": path, "LOG": str(log), "TORCH_INDEX": "scheme:wheels for CPUs"}
    for name, rest in steps():
        if name == "COPY":
            copy(rest, place)
        elif name == "RUN":
            subprocess.run(["sh", "-ec", rest], cwd=place, env=environment, check=True)
    return place, log


def test_what_is_installed_is_what_a_space_installs(image):
    torch, rest, user = image[1].read_text(encoding="utf-8").splitlines()
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert "--index-url scheme:wheels for CPUs torch==" in torch
    assert set(re.findall(r"torch\w*==\S+", torch)) == set(re.findall(r"torch\w*==\S+", pins))
    head = (ROOT / "README.md").read_text(encoding="utf-8")
    version = re.search(r"^sdk_version: (\S+)$", head, re.MULTILINE)[1]
    assert rest.endswith(f"-r requirements.txt gradio[mcp]=={version}")
    assert f"--uid {only('USER')} " in user


def test_without_an_index_none_is_named():
    line = next(rest for name, rest in steps() if name == "RUN" and "TORCH_INDEX" in rest)
    words = 'echo ${TORCH_INDEX:+--index-url "$TORCH_INDEX"}'
    assert words.removeprefix("echo ") in line
    assert only("ARG") == 'TORCH_INDEX=""'
    assert subprocess.check_output(["sh", "-c", words], env={"TORCH_INDEX": ""}) == b"\n"


def test_the_image_holds_all_that_the_page_may_need_and_no_tests(image):
    place = image[0]
    assert {path.name for path in place.iterdir() if path.name != "__pycache__"} == {
        *("app.py", "checkpoints", "colorize_core", "docs", "webpage"),
        *("README.md", "requirements.txt"),
    }
    for folder in ("checkpoints", "colorize_core", "webpage"):
        for path in (ROOT / folder).rglob("*"):
            unneeded = "__pycache__" in path.parts or path.name == "state.safetensors"
            assert (place / path.relative_to(ROOT)).exists() != unneeded or path.is_dir()


def settings(temporary: Path) -> dict[str, str]:
    """ENV, but for the port and the place of temporary files."""
    given_there = dict(word.split("=", 1) for word in shlex.split(only("ENV")))
    given_there = {key: value.replace("/tmp", str(temporary)) for key, value in given_there.items()}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    changed = {"GRADIO_SERVER_PORT": str(free_port()), "TMPDIR": str(temporary), "PATH": path}
    return given_there | changed


def locked(command: list[str], place: Path, environment: dict[str, str]) -> list[str]:
    """The command without rights to write, where this system can take them."""
    wrapped = ["unshare", "-rm", "sh", "-c", LOCKED, "sh"]
    try:
        subprocess.run([*wrapped, "true"], cwd=place, env=environment, check=True)
    except (OSError, subprocess.CalledProcessError):
        return command
    for folder, may in ((place, False), (Path.home(), False), (Path(environment["TMPDIR"]), True)):
        touch = [*wrapped, "touch", str(folder / "written")]
        done = subprocess.run(touch, cwd=place, env=environment, capture_output=True)
        assert (done.returncode == 0) == may, folder
    return [*wrapped, *command]


@pytest.fixture
def container(image, tmp_path) -> Iterator[tuple[str, dict[str, str]]]:
    """CMD, running; its address and its environment."""
    environment = settings(tmp_path)
    command = locked(json.loads(only("CMD")), image[0], environment)
    with (tmp_path / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=image[0], env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{environment['GRADIO_SERVER_PORT']}"
    try:
        end = time.monotonic() + PATIENCE
        while fetch(url)[0] != 200:
            assert process.poll() is None, (tmp_path / "log.txt").read_text()
            assert time.monotonic() < end
            time.sleep(0.3)
        yield url, environment
    finally:
        process.terminate()
        process.wait(10)


def test_the_container_answers_heals_and_colours(container, image):
    url, environment = container
    options, words = only("HEALTHCHECK").split("CMD ")
    assert "--start-period" in options
    health = json.loads(words)
    assert subprocess.run(health, cwd=image[0], env=environment).returncode == 0
    silent = environment | {"GRADIO_SERVER_PORT": str(free_port())}
    assert subprocess.run(health, env=silent, capture_output=True).returncode != 0
    path = Path(environment["TMPDIR"]) / "photo.png"
    make_photo(40, 30).save(path)
    sent = given(upload(url, path.read_bytes())[1][0])
    kind, reply = answer(url, "colorize", sent, "regression", 0.5, 1)
    assert kind == "complete"
    assert fetch(reply[0]["url"])[1].startswith(b"\x89PNG")


def test_the_readme_starts_it_without_rights_to_write():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    command = (
        "docker build -t colorize . && docker run --read-only --tmpfs /tmp -p 7860:7860 colorize"
    )
    assert f"\n{command}\n" in text
    assert only("EXPOSE") == "7860"
    assert "GRADIO_SERVER_PORT=7860" in only("ENV")
