"""Find the pictures of a data folder, with their split and group."""

from dataclasses import dataclass
from pathlib import Path

from colorize_core.errors import DataError

_SUFFIXES = "jpg jpeg png webp gif bmp tif tiff avif heic heif ppm pgm"
SUFFIXES = frozenset(f".{name}" for name in _SUFFIXES.split())
SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class PhotoFile:
    """One picture of a data set."""

    path: Path
    group: str
    """The data set and the folder of the picture, such as photos/faces."""


def list_photos(folder: Path, split: str | None = None) -> list[PhotoFile]:
    """All pictures below a folder, sorted by path.

    Args:
        folder: any folder of images; `<folder>/<split>/` is used where it exists.
        split: train, val or test; None takes everything below the folder.

    Raises:
        DataError: no such folder, or no picture in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"no data folder at {folder}; give an existing folder of images")
    root = folder / split if split and (folder / split).is_dir() else folder
    paths = sorted(p for p in root.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not paths:
        known = " ".join(sorted(SUFFIXES))
        raise DataError(f"no image files below {root}; expected files ending in {known}")
    return [PhotoFile(path, _group(folder.name, path.relative_to(root))) for path in paths]


def _group(dataset: str, path: Path) -> str:
    return f"{dataset}/{path.parts[0]}" if len(path.parts) > 1 else dataset


def split_photos(folders: list[Path], every: int = 20) -> tuple[list[PhotoFile], list[PhotoFile]]:
    """Training and validation pictures of several folders.

    A folder without `train/` and `val/` gives every `every`-th picture to validation.

    Raises:
        DataError: no such folder, no picture in it, or a single picture only.
    """
    train, val = [], []
    for folder in map(Path, folders):
        if (folder / "train").is_dir() and (folder / "val").is_dir():
            train += list_photos(folder, "train")
            val += list_photos(folder, "val")
            continue
        photos = list_photos(folder)
        if len(photos) < 2:
            raise DataError(f"{folder} holds one picture; training and validation need two or more")
        step = min(every, len(photos))
        val += photos[::step]
        train += [photo for i, photo in enumerate(photos) if i % step]
    return train, val
