import subprocess
import sys
from pathlib import Path

import pytest

from colorize_core.cli import front_ends
from colorize_core.methods import METHODS
from colorize_core.methods.checkpoint import load_model, read_checkpoint

COMMANDS = (
    *("run", "methods", "app", "dashboard", "classify", "train", "train-classifier"),
    *("evaluate", "results", "prior", "blend", "export-cifar10"),
)


def test_methods_lists_every_method(colorize, tiny_checkpoints, tmp_path):
    code, text = colorize("methods", "--checkpoints", tiny_checkpoints)
    assert code == 0
    for name, method in METHODS.items():
        row = next(line for line in text.splitlines() if f" {name} " in line)
        assert method.idea[:20] in row
        assert method.paper[:20] in row
        size = (tiny_checkpoints / name / "model.safetensors").stat().st_size / 1e6
        assert f"{size:.1f} MB" in row
        module = load_model(read_checkpoint(tiny_checkpoints / name))
        assert f"{sum(p.numel() for p in module.parameters()) / 1e6:.2f} M" in row
    assert colorize("methods", "--checkpoints", tmp_path)[1].count("not trained") == len(METHODS)


def test_the_command_explains_itself(colorize):
    code, text = colorize("--help")
    assert code == 0
    assert set(COMMANDS) <= set(text.split())
    assert colorize("run")[0] == 2
    assert "Missing argument" in colorize("run")[1]


def test_help_waits_for_nothing_that_computes():
    """Torch alone takes seconds; every command's help must answer at once."""
    code = (
        "import sys\n"
        "from colorize_core.cli.main import app\n"
        "from typer.testing import CliRunner\n"
        f"for words in {[[], *([name] for name in COMMANDS)]}:\n"
        "    assert CliRunner().invoke(app, [*words, '--help']).exit_code == 0, words\n"
        "heavy = 'torch torchvision numpy PIL skimage gradio streamlit pandas plotly accelerate'\n"
        "print(*(name for name in heavy.split() if name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("module", ["colorize_core", "colorize_core.cli.main"])
def test_the_command_is_a_module_too(module):
    words = [sys.executable, "-m", module, "methods", "--help"]
    assert "List the methods" in subprocess.run(words, capture_output=True, text=True).stdout


def test_app_starts_the_front_end_on_its_port(colorize, monkeypatch):
    started = []

    def fake(program, words, env):
        started.append((Path(words[1]).name, env["GRADIO_SERVER_PORT"]))
        raise SystemExit(3)

    monkeypatch.setattr(front_ends.os, "execve", fake)
    monkeypatch.setattr(Path, "is_file", lambda path: True)
    assert colorize("app", "--port", 1234)[0] == 3
    assert started == [("app.py", "1234")]


def test_app_hands_a_lecturers_photos_to_the_quiz(colorize, monkeypatch, photos, tmp_path):
    started = []

    def fake(program, words, env):
        started.append(env["COLORIZE_PHOTOS"])
        raise SystemExit(0)

    monkeypatch.setattr(front_ends.os, "execve", fake)
    monkeypatch.chdir(photos.parent)
    assert colorize("app", "--photos", photos.name)[0] == 0
    assert started == [str(photos.resolve())]
    code, text = colorize("app", "--photos", tmp_path / "none")
    assert code == 1
    assert f"no folder {tmp_path / 'none'}; --photos needs one" in text
    assert len(started) == 1


def test_app_says_when_it_is_not_installed(colorize, monkeypatch):
    monkeypatch.setattr(Path, "is_file", lambda path: False)
    code, text = colorize("app")
    assert code == 1
    assert "app.py is not installed; clone the repository" in text


def test_blend_writes_a_checkpoint_between_two(colorize, tiny_checkpoints, tmp_path):
    ends = tiny_checkpoints / "regression", tiny_checkpoints / "gan"
    code, text = colorize("blend", *ends, "--share", 0.5, "--out", tmp_path / "out")
    assert code == 0, text
    assert f"written to {tmp_path / 'out'}" in text
    assert read_checkpoint(tmp_path / "out").training["blend_share"] == 0.5
    code, text = colorize("blend", *ends, "--share", 2, "--out", tmp_path / "more")
    assert code != 0
    assert "must lie in [0, 1], got 2.0" in text
    assert not (tmp_path / "more").exists()
