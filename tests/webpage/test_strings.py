"""What the page says of methods and pictures, and where docs/lesson.md points to."""

import json
import re
from pathlib import Path

from support.page import KNOBS
from support.serving import ROOT

from colorize_core.inference.lightness import grey_picture
from colorize_core.methods import METHODS
from webpage import strings
from webpage.networks import EXAMPLES
from webpage.session import open_session


def write_config(folder: Path, name: str, **training) -> None:
    """A method folder without weights: the page only reads its config.json."""
    (folder / name).mkdir()
    content = {"method": name, "config": METHODS[name].config.to_json(), "training": training}
    (folder / name / "config.json").write_text(json.dumps(content))
    (folder / name / "model.safetensors").touch()


def test_note_says_what_the_network_has_seen(tmp_path, monkeypatch):
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(tmp_path))
    write_config(
        tmp_path, "zhang-114", data=["photos", "imagenette"], images_seen=20_256, seconds=9.0
    )
    write_config(tmp_path, "birds-gan")
    zhang, birds = strings.note("zhang-114"), strings.note("birds-gan")
    for text in ("report 001", "photos and imagenette: 20,256", "176 px", "T = 0.09", "L is kept"):
        assert text in zhang
    for text in ("report 004", "not recorded", "128 px", "only its colours are used"):
        assert text in birds
    assert " T = " not in birds


def test_note_counts_what_the_networks_it_started_from_have_seen(tmp_path, monkeypatch):
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(tmp_path))
    write_config(tmp_path, "regression", data=["photos"], images_seen=5_000, seconds=9.0)
    run = {"data": ["photos"], "images_seen": 1_000, "seconds": 9.0}
    write_config(tmp_path, "gan", **run, init="regression")
    write_config(tmp_path, "zhang-114", **run, init="gone")
    assert "photos: 6,000 images" in strings.note("gan")
    assert "photos: at least 1,000 images" in strings.note("zhang-114")


def test_measures_name_grey_every_method_and_the_original(session):
    heads = re.findall(r"<tr><th>(.*?)</th>", strings.measures(session, *KNOBS))
    assert heads == ["Plain grey", "Regression", "GAN", "Classification", "Original"]


def test_measures_of_a_grey_photo_are_not_pretended(session):
    grey = open_session(None, "hill", grey_picture(session.preview), session.columns)
    assert "<table" not in strings.measures(grey, *KNOBS)


def test_the_lessons_exercises_name_what_is_on_the_screen():
    text = (ROOT / "docs" / "lesson.md").read_text(encoding="utf-8")
    exercises = text.split("## 4.")[1].split("## 5.")[0]
    named = {name for name in re.findall(r"\*\*([^*]+)\*\*", exercises) if ":" not in name}
    files = [*(ROOT / "webpage").rglob("*.html"), ROOT / "webpage" / "page.py"]
    files += [ROOT / "webpage" / "strings.py", ROOT / "dashboard" / "streamlit_app.py"]
    screen = "".join(path.read_text(encoding="utf-8") for path in files) + str(EXAMPLES)
    assert len(named) >= 9
    assert [
        name for name in named if not re.search(rf"[>\"' ]{re.escape(name)}[<\"']", screen)
    ] == []
