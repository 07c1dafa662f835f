"""The gallery: order, large view, and what its caches are keyed on."""

import os
import shutil

import numpy as np
from streamlit.testing.v1 import AppTest
from support.dashboard import CLASSIFIER, OTHER, figure, warnings_of
from support.tiny import STUDIO

from colorize_core.data.folders import list_photos
from colorize_core.methods.checkpoint import load_model, read_checkpoint, save_checkpoint


def errors(at: AppTest, name: str = OTHER) -> list[float]:
    """ΔE of a method's pictures, from top to bottom."""
    lines = [c.value for c in at.caption if c.value.startswith(f"**{name}**")]
    return [float(line.split("ΔE ")[1].split()[0]) for line in lines]


def test_photos_are_sorted_by_measures(open_page, filled, photo_folder):
    at = open_page(
        "gallery", filled, gallery_folder=str(photo_folder), gallery_limit="3", gallery_by=OTHER
    )
    best = errors(at)
    assert len(best) == 3
    assert best == sorted(best)
    at.selectbox(key="gallery_order").set_value("worst").run()
    assert errors(at) == best[::-1]
    for order in ("colorful", "disagreement"):
        at.selectbox(key="gallery_order").set_value(order).run()
        assert not at.exception


def test_large_view_has_maps(open_page, filled, photo_folder):
    at = open_page("gallery", filled, gallery_folder=str(photo_folder), gallery_limit="2")
    path = list_photos(photo_folder)[0].path
    at.button(key=f"gallery_open_{path}").click().run()
    assert at.query_params["gallery_photo"] in ("hills/00.png", ["hills/00.png"])
    assert len(at.get("plotly_chart")) == len(STUDIO) + 1
    entropy = figure(at, f"gallery_entropy_{CLASSIFIER}")["data"][0]["z"]
    assert 0 <= np.min(entropy) <= np.max(entropy) <= 8.03
    assert set(at.dataframe[0].value.index) == {"truth", "grey", *STUDIO}
    at.button(key="gallery_back").click().run()
    assert not at.get("plotly_chart")


def test_of_two_files_of_one_name_the_right_one_is_opened(open_page, filled, tmp_path, make_photo):
    sizes = {"first": (60, 30), "second": (30, 60)}
    for group, size in sizes.items():
        (tmp_path / group).mkdir()
        make_photo(*size).save(tmp_path / group / "same.png")
    at = open_page("gallery", filled, gallery_folder=str(tmp_path), gallery_runs=OTHER)
    for group, (width, height) in sizes.items():
        at.button(key=f"gallery_open_{tmp_path / group / 'same.png'}").click().run()
        assert at.subheader[0].value == f"{group}/same.png"
        values = np.array(figure(at, f"gallery_error_{OTHER}")["data"][0]["z"])
        assert values.shape == (height, width)
        at.button(key="gallery_back").click().run()


def test_broken_photos_and_missing_folders_are_named(open_page, filled, tmp_path, make_photo):
    (tmp_path / "broken.png").write_bytes(b"x")
    make_photo(40, 40).save(tmp_path / "whole.png")
    at = open_page("gallery", filled, gallery_folder=str(tmp_path))
    assert "broken.png" in warnings_of(at)
    assert [b.key for b in at.button] == [f"gallery_open_{tmp_path / 'whole.png'}"]
    at.button(key=f"gallery_open_{tmp_path / 'whole.png'}").click().run()
    assert not at.warning  # the large view reads no other photo
    at = open_page("gallery", filled, gallery_folder=str(tmp_path / "x"), gallery_limit="1")
    assert "no data folder" in warnings_of(at)


def test_retrained_weights_are_picked_up(open_page, filled, tmp_path, photo_folder):
    folder = tmp_path / "root" / OTHER
    shutil.copytree(filled / OTHER, folder)
    query = {"gallery_folder": str(photo_folder), "gallery_limit": "1"}
    at = open_page("gallery", folder.parent, **query)
    before = errors(at)
    checkpoint = read_checkpoint(folder)
    model = load_model(checkpoint)
    model.network.head.bias.data += 0.3
    save_checkpoint(folder, checkpoint.method, checkpoint.config, model, {})
    assert errors(at.run()) != before


def test_a_changed_photo_is_read_again(open_page, filled, tmp_path, make_photo):
    path = tmp_path / "photo.png"
    make_photo(40, 40, seed=1).save(path)
    at = open_page("gallery", filled, gallery_folder=str(tmp_path), gallery_runs=OTHER)
    before = errors(at)
    make_photo(40, 40, seed=2).save(path)
    os.utime(path, ns=(1, 1))
    assert errors(at.run()) != before
