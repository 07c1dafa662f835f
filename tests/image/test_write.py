import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.pictures import (
    RED,
    assert_close,
    grey,
    plain,
    quads,
    ramp,
)

from colorize_core import files
from colorize_core.errors import PhotoError, StorageError
from colorize_core.image import write
from colorize_core.image.read import load_image
from colorize_core.image.write import encode, save_image


@pytest.mark.parametrize(
    ("format", "kind", "tolerance"),
    [("png", "PNG", 0), (".PNG", "PNG", 0), ("jpg", "JPEG", 4), ("jpeg", "JPEG", 4)],
)
def test_encode_keeps_the_picture(format, kind, tolerance):
    data = encode(Image.fromarray(quads()), format)
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == kind
    assert_close(load_image(data), quads(), tolerance)


def test_encode_writes_webp():
    data = encode(plain(RED), "webp")
    assert_close(load_image(data), quads() * 0 + RED, 4)


def test_encode_keeps_the_color_of_single_columns_in_jpeg():
    stripes = np.zeros((32, 48, 3), np.uint8)
    stripes[:, ::2], stripes[:, 1::2] = (200, 60, 60), (60, 60, 200)
    back = np.asarray(load_image(encode(Image.fromarray(stripes), "jpg"))).astype(int)
    assert np.abs(back - stripes).mean() < 6  # 4:2:0 gives about 45


def test_encode_leaves_the_image_as_it_was():
    image = plain(RED)
    before = dict(vars(image))
    encode(image, "jpg")
    assert vars(image) == before


def test_encode_writes_grey():
    assert_close(load_image(encode(Image.fromarray(ramp()), "png")), grey(ramp()), 0)


@pytest.mark.parametrize("format", ["gif", "", "PDF", "png "])
def test_encode_refuses_an_unknown_format(format):
    with pytest.raises(PhotoError, match=f"format '{format}'; choose from: png, jpg, webp"):
        encode(plain(RED), format)


def test_encode_refuses_other_modes():
    with pytest.raises(PhotoError, match="cannot write mode CMYK; pass it through load_image"):
        encode(plain((0, 0, 0, 0), mode="CMYK"), "jpg")


@pytest.mark.parametrize(("format", "longest"), [("webp", 16_383), ("jpg", 65_500)])
def test_encode_refuses_a_side_beyond_the_format(format, longest):
    assert encode(plain(RED, (longest, 8)), format)
    assert encode(plain(RED, (8, longest + 1)), "png")
    with pytest.raises(PhotoError, match=f"8×{longest + 1} px is too large for {format}.*as png"):
        encode(plain(RED, (8, longest + 1)), format)


@pytest.mark.parametrize("name", ["a.png", "b.JPG", "c.jpeg", "d.webp", "été 图片.png"])
def test_save_image_follows_the_suffix(name, tmp_path):
    path = tmp_path / name
    save_image(plain(RED), path)
    assert_close(load_image(path), quads() * 0 + RED, 4)
    assert list(tmp_path.iterdir()) == [path]


def test_save_image_is_readable_by_others(tmp_path):
    save_image(plain(RED), tmp_path / "a.png")
    (tmp_path / "plain").touch()
    assert (tmp_path / "a.png").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_save_image_refuses_to_overwrite(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"precious")
    with pytest.raises(PhotoError, match=r"already exists.*--force") as refusal:
        save_image(plain(RED), path)
    assert str(path) in str(refusal.value)
    assert path.read_bytes() == b"precious"
    save_image(plain(RED), str(path), overwrite=True)
    assert load_image(path).getpixel((0, 0)) == RED


@pytest.mark.parametrize("step", ["encode", "write", "rename"])
def test_save_image_leaves_nothing_behind_on_failure(step, tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"precious")

    def fail(*_):
        raise PhotoError("no") if step == "encode" else OSError(28, "No space left on device")

    target = {
        "encode": (write, "encode"),
        "write": (files.os, "fsync"),  # after the bytes went out, whole or not
        "rename": (Path, "replace"),
    }[step]
    with monkeypatch.context() as patch:
        patch.setattr(*target, fail)
        with pytest.raises(PhotoError if step == "encode" else StorageError):
            save_image(plain(RED), path, overwrite=True)
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_save_image_explains_a_missing_folder(tmp_path):
    path = tmp_path / "gone" / "a.png"
    with pytest.raises(StorageError, match=r"No such file.*make room or give another place"):
        save_image(plain(RED), path)
    assert not path.parent.exists()


def test_save_image_refuses_a_folder_even_with_overwrite(tmp_path):
    folder = tmp_path / "a.png"
    folder.mkdir()
    with pytest.raises(StorageError, match="cannot write"):
        save_image(plain(RED), folder, overwrite=True)
    assert list(tmp_path.iterdir()) == [folder]


def test_save_image_refuses_an_unknown_suffix(tmp_path):
    with pytest.raises(PhotoError, match="choose from: png, jpg, webp"):
        save_image(plain(RED), tmp_path / "a.tiff")
    assert list(tmp_path.iterdir()) == []
