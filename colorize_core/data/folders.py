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
        folder: any folder of images; one with train/, val/ or test/ in it is a split data set.
        split: the part of a split data set; None takes everything below the folder.

    Raises:
        DataError: no such folder or split, or no picture in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"no data folder at {folder}; give an existing folder of images")
    root = folder / split if split and _has_split(folder, split) else folder
    paths = sorted(p for p in root.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not paths:
        known = " ".join(sorted(SUFFIXES))
        raise DataError(f"no image files below {root}; expected files ending in {known}")
    return [PhotoFile(path, _group(folder.name, path.relative_to(root))) for path in paths]


def _has_split(folder: Path, split: str) -> bool:
    """Whether a split is there; taking another in its place could mix training and test photos.

    Raises:
        DataError: the folder is split, but not like that.
    """
    there = [name for name in SPLITS if (folder / name).is_dir()]
    if there and split not in there:
        raise DataError(f"{folder} has no {split}/; choose a split that it has: {', '.join(there)}")
    return bool(there)


def _group(dataset: str, path: Path) -> str:
    return f"{dataset}/{path.parts[0]}" if len(path.parts) > 1 else dataset


def split_photos(folders: list[Path], every: int = 20) -> tuple[list[PhotoFile], list[PhotoFile]]:
    """Training and validation pictures of several folders.

    A folder without `val/` gives every `every`-th of its training pictures to validation; what
    lies in `test/` is never looked at where there is a `train/`.

    Raises:
        DataError: no such folder, no picture in it, or a single picture only.
    """
    train, val = [], []
    for folder in map(Path, folders):
        photos = list_photos(folder, "train")
        if (folder / "train").is_dir() and (folder / "val").is_dir():
            train += photos
            val += list_photos(folder, "val")
            continue
        if len(photos) < 2:
            raise DataError(f"{folder} holds one picture; training and validation need two or more")
        step = min(every, len(photos))
        val += photos[::step]
        train += [photo for i, photo in enumerate(photos) if i % step]
    return train, val


def spread(files: list, limit: int | None) -> list:
    """At most `limit` of the files, evenly spread over the list."""
    if limit is None or len(files) <= limit:
        return files
    return [files[i * len(files) // limit] for i in range(limit)]
