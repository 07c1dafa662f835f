"""How the front ends start and end: as processes, with ports and folders."""

import os
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.client import SLOW, ask, given, upload
from support.serving import PATIENCE, ROOT, fetch, free_port


def started(command: str, place: Path, **environment: str) -> tuple[subprocess.Popen, str]:
    """`colorize COMMAND`, once it answers; its temporary files lie in `place`."""
    port = free_port()
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("GRADIO_", "STREAMLIT_"))}
    settings = {"TMPDIR": str(place), "STREAMLIT_SERVER_HEADLESS": "true", **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "colorize_core.cli.main", command, "--port", str(port)],
        cwd=ROOT,
        env=inherited | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + PATIENCE
    while fetch(f"http://127.0.0.1:{port}")[0] != 200:
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.2)
    return process, f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("command", "name"), [("app", "SIGTERM"), ("dashboard", "SIGTERM"), ("dashboard", "SIGINT")]
)
def test_a_signal_to_the_command_ends_the_server(tiny_checkpoints, tmp_path, photo, command, name):
    process, url = started(command, tmp_path, COLORIZE_CHECKPOINTS=str(tiny_checkpoints))
    try:
        folders = list(tmp_path.glob(f"colorize-{process.pid}-*"))
        assert len(folders) == (command == "app")
        if command == "app":  # with a photo that is being read
            sent = given(upload(url, SLOW, "slow.pgm")[1][0])
            assert ask(url, "colorize", sent, "gan", 0.5, 1)[0] == 200
            assert [*folders[0].rglob("slow.pgm")] != []
        process.send_signal(getattr(signal, name))
        process.wait(3)
    finally:
        process.kill()
        process.wait()
    assert fetch(url)[0] == 0
    assert list(tmp_path.glob("colorize-*")) == []


def test_no_weights_are_a_sentence_at_the_start(tmp_path, monkeypatch):
    (tmp_path / "gan").mkdir()
    (tmp_path / "gan" / "config.json").write_text("{")
    (tmp_path / "gan" / "model.safetensors").touch()
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(signal, "signal", lambda *handler: None)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
    assert ended.value.code == (
        "no method has weights here (gan: damaged); run: colorize train METHOD"
    )
