import logging

import numpy as np
import pytest
import torch
from PIL import Image

from colorize_core.data import store as store_module
from colorize_core.data.folders import list_photos
from colorize_core.data.store import load_store
from colorize_core.errors import DataError
from colorize_core.image.read import load_image


def test_load_store_holds_every_photo_as_bytes(store, photo_folder):
    assert len(store) == 12
    assert store.pixels.dtype == torch.uint8
    assert store.pixels.shape == (12, 3, 53, 53)
    assert store.skipped == 0
    assert (store.sizes[:, 0] == 40).all()
    assert store.group_names == (f"{photo_folder.name}/hills", f"{photo_folder.name}/towns")
    assert store.groups.bincount().tolist() == [6, 6]


def test_load_store_keeps_the_pictures_of_the_files(tmp_path, make_photo):
    photo = make_photo(40, 30, seed=2)
    photo.save(tmp_path / "a.png")
    store = load_store(list_photos(tmp_path), 30)
    assert store.sizes.tolist() == [[30, 40]]
    found = store.pixels[0, :, :30, :40].movedim(0, -1).numpy()
    assert (found == np.asarray(photo)).all()


@pytest.mark.parametrize("size", [(400, 30), (30, 400), (64, 64), (10, 8), (90, 60)])
def test_load_store_limits_the_aspect_around_the_centre(tmp_path, size):
    width, height = size
    ramp = np.linspace(0, 255, max(size)).astype(np.uint8)
    grey = np.tile(ramp, (height, 1)) if width >= height else np.tile(ramp[:, None], (1, width))
    Image.fromarray(grey).save(tmp_path / "a.png")
    store = load_store(list_photos(tmp_path), 30)
    h, w = store.sizes[0].tolist()
    assert min(h, w) == 30
    assert max(h, w) <= 40
    assert store.pixels.shape == (1, 3, 40, 40)
    middle = store.pixels[0, 0, h // 2, w // 2].item()
    assert middle == pytest.approx(127, abs=6)


def test_load_store_skips_and_reports_broken_files(tmp_path, make_photo, caplog):
    for name in ("a", "c"):
        make_photo(40, 40).save(tmp_path / f"{name}.png")
    (tmp_path / "b.png").write_bytes(b"broken")
    with caplog.at_level(logging.WARNING):
        store = load_store(list_photos(tmp_path), 32)
    assert (len(store), store.skipped) == (2, 1)
    assert "b.png" in caplog.text


def test_load_store_skips_and_reports_strips(tmp_path, make_photo, caplog):
    for name, size in {"a": (40, 40), "strip": (8, 401), "long": (400, 8)}.items():
        make_photo(*size).save(tmp_path / f"{name}.png")
    with caplog.at_level(logging.WARNING):
        store = load_store(list_photos(tmp_path), 32)
    assert (len(store), store.skipped) == (2, 1)
    assert '"strip.png" is 8×401 px; use at most 30,000 px a side and 50:1' in caplog.text


def test_load_store_never_resizes_what_it_cuts_off(tmp_path, make_photo, monkeypatch):
    """A photo of 8×160 px at a short side of 64 would be 64×1280 px first."""
    made, resize = [], Image.Image.resize

    def watched(self, size, *args, **options):
        made.append(size)
        return resize(self, size, *args, **options)

    make_photo(160, 8).save(tmp_path / "long.png")
    monkeypatch.setattr(Image.Image, "resize", watched)
    assert load_store(list_photos(tmp_path), 64).sizes.tolist() == [[64, 85]]
    assert made == [(85, 64)]


def test_load_store_decodes_a_photo_once(photo_folder, monkeypatch):
    decoded = []
    monkeypatch.setattr(store_module, "load_image", lambda p: decoded.append(p) or load_image(p))
    files = list_photos(photo_folder)
    load_store(files, 40)
    assert sorted(decoded) == sorted(file.path for file in files)


def test_load_store_refuses_nothing_but_broken_files(tmp_path):
    (tmp_path / "b.png").write_bytes(b"broken")
    with pytest.raises(DataError, match=r"none of 1 pictures .* b\.png|none of 1 .*b\.png"):
        load_store(list_photos(tmp_path), 32)
