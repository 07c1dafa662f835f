"""Class priors: counting, storing, showing."""

import json

import pytest
import torch
from PIL import Image

from colorize_core.color.classes import grid_centres, nearest_class
from colorize_core.color.conversions import rgb_to_lab
from colorize_core.data.folders import list_photos
from colorize_core.errors import DataError
from colorize_core.evaluation import class_prior
from colorize_core.runs import PRIOR


def test_grids_have_the_classes_that_reports_state():
    assert len(class_prior.GRIDS["10"].centres) == 261
    assert len(class_prior.GRIDS["16"].centres) == 114


def test_count_photos_finds_the_classes_of_flat_pictures(tmp_path):
    colors = [(200, 30, 30), (30, 30, 200), (128, 128, 128)]
    for i, color in enumerate(colors):
        Image.new("RGB", (30, 20), color).save(tmp_path / f"{i}.png")
    (tmp_path / "3.png").write_bytes(b"broken")
    reported, steps = [], []
    entry = class_prior.count_photos(
        list_photos(tmp_path), reported.append, lambda: steps.append(1)
    )
    assert entry["photos"] == 3
    assert len(steps) == 4
    assert len(reported) == 1
    for grid in entry["grids"].values():
        counts = torch.tensor(grid["counts"])
        centres = grid_centres(grid["cell"], grid["origin"])
        ab = rgb_to_lab(torch.tensor(colors).T[..., None] / 255)[1:, :, 0].T
        expected = torch.zeros(len(centres), dtype=torch.int64)
        expected.index_add_(0, nearest_class(ab, centres), torch.full((3,), 600))
        assert torch.equal(counts, expected)


def test_count_photos_without_a_readable_one_is_refused(tmp_path):
    (tmp_path / "a.png").write_bytes(b"broken")
    with pytest.raises(DataError, match=r"none of 1 photos"):
        class_prior.count_photos(list_photos(tmp_path))


def test_choose_thins_evenly(photo_folder):
    chosen = class_prior.choose(photo_folder, "train", 4)
    assert len(chosen) == 4
    assert {file.path.parent.name for file in chosen} == {"hills", "towns"}
    assert len(class_prior.choose(photo_folder, "train", None)) == 12


def test_command_adds_a_data_set_to_those_counted_before(colorize, photo_folder, tmp_path):
    code, output = colorize("prior", "--data", photo_folder, "--out", tmp_path, "--limit", 3)
    assert code == 0, output
    assert "3/3" in output
    stored = json.loads((tmp_path / PRIOR).read_text())
    class_prior.add_prior(tmp_path, "others", stored["data"][photo_folder.name])
    again = json.loads((tmp_path / PRIOR).read_text())
    assert list(again["data"]) == [photo_folder.name, "others"]
    assert again["data"]["others"]["photos"] == 3


def test_command_refuses_a_folder_that_is_not_there(colorize, tmp_path):
    code, output = colorize("prior", "--data", tmp_path / "nowhere", "--out", tmp_path)
    assert code == 1
    assert "no data folder" in output
    assert not (tmp_path / PRIOR).exists()


def test_damaged_prior_is_left_alone(tmp_path):
    (tmp_path / PRIOR).write_text("{")
    with pytest.raises(DataError, match="damaged"):
        class_prior.add_prior(tmp_path, "x", {})
    assert (tmp_path / PRIOR).read_text() == "{"


def test_class_colors_lie_in_their_class_where_srgb_holds_it():
    centres = class_prior.GRIDS["10"].centres
    colors = class_prior.class_colors(centres)
    rgb = torch.tensor([list(bytes.fromhex(color[1:])) for color in colors])
    ab = rgb_to_lab(rgb.T[..., None] / 255)[1:, :, 0].T
    distance = torch.linalg.vector_norm(ab - centres, dim=1)
    assert (distance < 1.5).float().mean() > 0.8
    # Centres of cells that sRGB only grazes lie outside it.
    assert distance.max() < 15
