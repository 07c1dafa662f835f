import hashlib
from pathlib import Path

import pytest
from support.locked import lock

from colorize_core.data.folders import PhotoFile, list_photos, split_photos
from colorize_core.errors import DataError


def write(folder: Path, *names: str) -> None:
    """Files of different content; nobody looks whether it is a picture."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def names(photos: list[PhotoFile]) -> list[str]:
    return [photo.path.name for photo in photos]


def contents(photos: list[PhotoFile]) -> set[str]:
    return {photo.path.read_text() for photo in photos}


@pytest.fixture
def untested(tmp_path) -> Path:
    """A data set with 400 photos in train/, 20 in val/ and no test/."""
    write(tmp_path, *(f"train/{'ab'[i % 2]}/{i:03}.png" for i in range(400)))
    write(tmp_path, *(f"val/a/{i:03}.png" for i in range(20)))
    return tmp_path


def test_list_photos_finds_pictures_below_a_folder_in_order(tmp_path):
    folder = tmp_path / "set"
    write(folder, "b/2.JPG", "a/1.png", "0.webp", "a/deep/3.heic", "notes.txt", "a/.hidden")
    photos = list_photos(folder)
    assert names(photos) == ["0.webp", "1.png", "3.heic", "2.JPG"]
    assert [photo.group for photo in photos] == ["set", "set/a", "set/a", "set/b"]


def test_list_photos_uses_a_split_where_there_is_one(tmp_path):
    write(tmp_path, "train/x/1.png", "test/x/2.png")
    assert names(list_photos(tmp_path, "test")) == ["2.png"]
    assert list_photos(tmp_path, "test")[0].group == f"{tmp_path.name}/x"
    with pytest.raises(DataError, match=r"has no val/; choose a split that it has: train, test"):
        list_photos(tmp_path, "val")
    assert len(list_photos(tmp_path)) == 2


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_a_folder_without_any_split_is_taken_whole(tmp_path, split):
    write(tmp_path, "a/1.png", "b/2.png")
    assert names(list_photos(tmp_path, split)) == ["1.png", "2.png"]


@pytest.mark.parametrize("part", ["a/locked", "train/locked"])
def test_a_subfolder_that_cannot_be_read_is_named(part, tmp_path, monkeypatch):
    """Left out in silence, another data set would be trained on, or measured."""
    write(tmp_path, f"{part}/1.png", f"{Path(part).parent}/2.png", f"{Path(part).parent}/3.png")
    lock(monkeypatch, tmp_path / part)
    for split in (None, "train"):
        with pytest.raises(
            DataError, match=r"/locked cannot be read \(Permission denied\); change"
        ):
            list_photos(tmp_path, split)


def test_list_photos_refuses_missing_and_empty_folders(tmp_path):
    with pytest.raises(DataError, match=r"no data folder at .*nowhere"):
        list_photos(tmp_path / "nowhere")
    with pytest.raises(
        DataError, match=r"no image files below .* expected files ending in .*\.png"
    ):
        list_photos(tmp_path)
    write(tmp_path, "file.png")
    with pytest.raises(DataError, match="no data folder"):
        list_photos(tmp_path / "file.png")


# Cutting a test split


def test_the_test_photos_are_those_with_the_smallest_hash(untested):
    test = list_photos(untested, "test")
    order = sorted(
        (untested / "train").rglob("*.png"),
        key=lambda path: hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    assert {photo.path for photo in test} == set(order[:150])
    assert {photo.path for photo in list_photos(untested, "train")} == set(order[150:])
    assert {photo.group for photo in test} == {f"{untested.name}/a", f"{untested.name}/b"}
    assert names(list_photos(untested, "val")) == [f"{i:03}.png" for i in range(20)]


def test_of_many_photos_a_tenth_of_all_is_for_testing(tmp_path):
    write(tmp_path, *(f"train/{i}.png" for i in range(1600)))
    write(tmp_path, *(f"val/{i}.png" for i in range(205)))
    assert len(list_photos(tmp_path, "test")) == 181  # of 1,805


def test_training_and_validation_never_see_the_test_photos(untested):
    train, val = split_photos([untested])
    test = contents(list_photos(untested, "test"))
    assert (len(train), len(val), len(test)) == (250, 20, 150)
    assert not test & (contents(train) | contents(val))


def test_renaming_a_photo_does_not_change_its_part(untested):
    before = {part: contents(list_photos(untested, part)) for part in ("train", "test")}
    for i, path in enumerate(sorted((untested / "train").rglob("*.png"))):
        path.rename(untested / "train" / f"{997 * i % 400:03}-{i}.webp")
    assert {part: contents(list_photos(untested, part)) for part in ("train", "test")} == before


def test_copies_of_a_photo_stay_in_one_part(untested):
    train = untested / "train"
    for photo in list_photos(untested):
        if photo.path.is_relative_to(train):
            (train / f"copy-{photo.path.name}").write_bytes(photo.path.read_bytes())
    test = contents(list_photos(untested, "test"))
    assert test
    assert not test & contents(list_photos(untested, "train"))


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_test_split_of_more_than_half_is_refused(tmp_path, part):
    write(tmp_path, *(f"train/{i:03}.png" for i in range(299)))
    sentence = r"no test/, and 150 test photos would be more than half of the 299 in train/; add"
    with pytest.raises(DataError, match=sentence):
        list_photos(tmp_path, part)
    write(tmp_path, "train/299.png")
    assert len(list_photos(tmp_path, part)) == 150


# Training and validation


def test_split_photos_keeps_a_split_that_exists(tmp_path):
    write(tmp_path, "train/1.png", "train/2.png", "val/3.png", "test/4.png")
    train, val = split_photos([tmp_path])
    assert (names(train), names(val)) == (["1.png", "2.png"], ["3.png"])


def test_split_photos_never_looks_at_the_test_split(tmp_path):
    write(tmp_path, "train/1.png", "train/2.png", "test/3.png", "test/4.png")
    train, val = split_photos([tmp_path])
    assert sorted(names(train) + names(val)) == ["1.png", "2.png"]


@pytest.mark.parametrize(("count", "held_out"), [(2, 1), (12, 1), (20, 1), (21, 2), (100, 5)])
def test_split_photos_holds_every_twentieth_out(tmp_path, count, held_out):
    write(tmp_path, *(f"{i:03}.png" for i in range(count)))
    train, val = split_photos([tmp_path])
    assert len(val) == held_out
    assert sorted(names(train) + names(val)) == [f"{i:03}.png" for i in range(count)]
    assert split_photos([tmp_path]) == (train, val)


def test_held_out_photos_are_the_same_after_renaming(tmp_path):
    write(tmp_path, *(f"{i:03}.png" for i in range(60)))
    before = [contents(part) for part in split_photos([tmp_path])]
    for i in range(60):
        (tmp_path / f"{i:03}.png").rename(tmp_path / f"{(7 * i + 5) % 60:03}-new.png")
    assert [contents(part) for part in split_photos([tmp_path])] == before


def test_split_photos_joins_folders(tmp_path):
    write(tmp_path, "one/train/1.png", "one/val/2.png", "one/test/3.png", "two/4.png", "two/5.png")
    train, val = split_photos([tmp_path / "one", tmp_path / "two"])
    assert len(train) == len(val) == 2
    assert (train[0].path.name, val[0].path.name) == ("1.png", "2.png")


@pytest.mark.parametrize("copies", [1, 3])
def test_split_photos_refuses_a_single_picture(tmp_path, copies):
    for i in range(copies):
        (tmp_path / f"{i}.png").write_text("the same")
    with pytest.raises(DataError, match="holds one picture"):
        split_photos([tmp_path])
