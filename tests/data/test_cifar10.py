import pytest

from colorize_core.data import cifar10
from colorize_core.data.folders import list_photos
from colorize_core.errors import DataError, StorageError
from colorize_core.image.read import load_image


@pytest.fixture
def photo(make_photo, monkeypatch):
    """The one picture of a CIFAR-10 of three."""
    photo = make_photo(32, 32)

    class Stub(list):
        classes = ("cat", "dog")

        def __init__(self, root, train, download):
            super().__init__([(photo, 0), (photo, 1)] if train else [(photo, 1)])

    monkeypatch.setattr(cifar10, "CIFAR10", Stub)
    return photo


def test_cifar10_becomes_a_folder_of_images(photo, tmp_path):
    assert cifar10.export(tmp_path, tmp_path / "out") == 3
    files = list_photos(tmp_path / "out", "train")
    assert [file.group for file in files] == ["out/cat", "out/dog"]
    assert load_image(files[0].path).tobytes() == photo.tobytes()
    with pytest.raises(DataError, match="exists already; give a new folder"):
        cifar10.export(tmp_path, tmp_path / "out")


def test_a_full_disk_is_a_sentence_and_leaves_nothing(photo, tmp_path, monkeypatch):
    save, out = photo.save, tmp_path / "out"

    def full(path):
        if path.parent.name == "dog":
            raise OSError(28, "No space left on device")
        save(path)

    monkeypatch.setattr(photo, "save", full)
    with pytest.raises(StorageError, match=r"cannot write .*00001\.png \(No space left"):
        cifar10.export(tmp_path, out)
    assert list(tmp_path.iterdir()) == []


def test_missing_cifar10_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no CIFAR-10 at .*nowhere.*add --download"):
        cifar10.export(tmp_path / "nowhere", tmp_path / "out")
    assert not (tmp_path / "out").exists()
