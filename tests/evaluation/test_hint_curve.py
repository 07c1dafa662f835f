import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from support.tiny import build_tiny, tiny_config

from colorize_core import METHODS
from colorize_core.data.folders import list_photos
from colorize_core.errors import ConfigError
from colorize_core.evaluation.hint_curve import honoured, measure_hints, random_hints
from colorize_core.inference.colorizer import Colorizer
from colorize_core.methods.checkpoint import save_checkpoint
from colorize_core.runs import read_metrics

METHOD = METHODS["regression"]
CONFIG = replace(tiny_config(METHOD), hints=True, denoise=0.0)


class Spreads(torch.nn.Module):
    """Grey without hints; with them, every cell has the colour of the nearest."""

    stride, size_divisor = 4, 32

    def forward(self, L, hints=None):
        size = L.shape[-2] // 4, L.shape[-1] // 4
        if hints is None:
            return L.new_zeros(len(L), 2, *size)
        given = hints[0, 2].nonzero().float()  # (n, 2)
        cells = torch.cartesian_prod(*(torch.arange(length).float() for length in size))
        near = given[torch.cdist(cells, given).argmin(1)].long()
        return hints[0, :2, near[:, 0], near[:, 1]].unflatten(1, size)[None]


@pytest.fixture
def colorizer() -> Colorizer:
    module = METHOD.build(CONFIG).eval()
    module.network = Spreads()
    return Colorizer(METHOD, CONFIG, module, torch.device("cpu"))


def test_more_true_colours_bring_the_picture_nearer(colorizer, photo_folder):
    found = measure_hints(colorizer, list_photos(photo_folder, "test"), counts=(0, 2, 50))
    assert found["n"] == 12
    assert found["counts"] == [0, 2, 50]
    none, some, many = (row["value"] for row in found["measures"]["delta_e2000"])
    assert min(none, some) > many
    none, some, many = (row["value"] for row in found["measures"]["psnr"])
    assert max(none, some) < many
    assert found["at_the_hints"][0] is None
    assert found["at_the_hints"][1] < 8


def test_hints_are_the_photos_own_colours_and_the_same_each_time(make_photo):
    photo = make_photo(40, 30, seed=2)
    some = random_hints(photo, 5, random.Random("a"))
    assert some == random_hints(photo, 5, random.Random("a"))
    assert all(photo.getpixel((hint.x, hint.y)) == hint.rgb for hint in some)


def test_a_hint_that_is_honoured_differs_by_nothing(make_photo):
    photo = make_photo(40, 30, seed=2)
    hints = random_hints(photo, 5, random.Random(1))
    assert max(honoured(photo, hints)) < 0.01
    grey = photo.convert("L").convert("RGB")
    assert max(honoured(grey, hints)) > 3


def test_a_method_without_hints_is_refused(photo_folder):
    plain = Colorizer(METHOD, tiny_config(METHOD), build_tiny(METHOD), torch.device("cpu"))
    with pytest.raises(ConfigError, match="regression takes no hints"):
        measure_hints(plain, list_photos(photo_folder, "test"))


def test_evaluate_adds_the_curve(colorize, photo_folder, tmp_path: Path):
    save_checkpoint(tmp_path / "in" / METHOD.name, METHOD, CONFIG, METHOD.build(CONFIG), {})
    words = ["--data", photo_folder, "--out", tmp_path / "out", "--checkpoints", tmp_path / "in"]
    code, output = colorize("evaluate", *words, "--limit", "2")
    assert code == 0, output
    assert read_metrics(tmp_path / "out" / METHOD.name)["hints"]["n"] == 2
