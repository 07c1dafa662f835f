from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from support.tiny import tiny_config

from colorize_core import METHODS, Hint, load_colorizer
from colorize_core.methods.checkpoint import save_checkpoint


@pytest.fixture
def run(colorize, tmp_path):
    """`colorize run` with a network that takes hints, untrained, but not deaf to them."""
    method = METHODS["regression"]
    model = method.build(tiny_config(method, hints=True))
    for path in model.network.hint_paths:
        torch.nn.init.normal_(path.tell.weight)
    torch.nn.init.normal_(model.network.head.weight)
    save_checkpoint(
        tmp_path / "trained" / "regression", method, tiny_config(method, hints=True), model, {}
    )

    def call(*words: str | Path) -> tuple[int, str]:
        where = ("--checkpoints", tmp_path / "trained", "--method", "regression")
        return colorize("run", *words, "-o", tmp_path / "out", *where)

    return call


def test_hints_are_those_of_the_python_call(run, photos, tmp_path):
    code, text = run(photos / "a.png", "--hint", "3,4,#c81e1e", "--hint", "39,29,#1e1ec8")
    assert code == 0, text
    colorizer = load_colorizer("regression", tmp_path / "trained" / "regression")
    hints = [Hint(3, 4, (200, 30, 30)), Hint(39, 29, (30, 30, 200))]
    with Image.open(tmp_path / "out" / "a.png") as found:
        assert (np.asarray(found) == np.asarray(colorizer(photos / "a.png", hints=hints))).all()
        assert (np.asarray(found) != np.asarray(colorizer(photos / "a.png"))).any()


def test_what_is_no_hint_is_refused_before_anything_is_written(run, photos, tmp_path):
    code, text = run(photos, "--hint", "3,4,red")
    assert code == 1
    assert "x,y,#rrggbb" in text
    assert "'3,4,red'" in text
    assert not (tmp_path / "out").exists()


def test_a_hint_outside_a_photo_names_the_photo(run, photos):
    code, text = run(photos / "a.png", "--hint", "40,4,#c81e1e")
    assert code == 1
    assert f"{photos / 'a.png'}: the hint at (40, 4) lies outside the photo of 40 × 30" in text
