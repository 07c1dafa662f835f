"""Find the pictures of a data folder, with their split and group.

A data set is split by its folders train/, val/ and test/. What is missing is cut from train/ by
content, so that neither renaming nor moving a file changes its part.
"""

import hashlib
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from colorize_core.errors import DataError

_SUFFIXES = "jpg jpeg png webp gif bmp tif tiff avif heic heif ppm pgm"
SUFFIXES = frozenset(f".{name}" for name in _SUFFIXES.split())
SPLITS = ("train", "val", "test")
LEAST_TEST = 150
"""Photos that a test split cut from train/ has at least."""
TEST_SHARE = 0.1
"""Of what lies in train/ and val/, the part that such a test split has at least."""
VALIDATION_STEP = 20
"""Where there is no val/, every so many-th training photo is for validation."""


@dataclass(frozen=True)
class PhotoFile:
    """One picture of a data set."""

    path: Path
    group: str
    """The data set and the folder of the picture, such as photos/faces."""


def list_photos(folder: Path, split: str | None = None) -> list[PhotoFile]:
    """All pictures of a folder, or of its part, sorted by path.

    Args:
        folder: any folder of images; one with train/, val/ or test/ in it is a split data set.
            Without test/, a part of train/ is its test split; see `_cut_test`.
        split: the part of a split data set; None takes everything below the folder. A folder
            without any split is taken whole.

    Raises:
        DataError: no such folder or split, no picture in it, a subfolder that cannot be read, or a
            train/ that is too small to cut a test split from.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"no data folder at {folder}; give an existing folder of images")
    if split is None or not is_split(folder):
        return _find(folder, folder)
    if split != "val" and (folder / "train").is_dir() and not (folder / "test").is_dir():
        return _cut_test(folder)[split]
    if not (folder / split).is_dir():
        there = ", ".join(name for name in SPLITS if (folder / name).is_dir())
        raise DataError(f"{folder} has no {split}/; choose a split that it has: {there}")
    return _find(folder, folder / split)


def is_split(folder: Path) -> bool:
    """Whether a folder has train/, val/ or test/ in it."""
    return any((Path(folder) / name).is_dir() for name in SPLITS)


def _find(folder: Path, root: Path) -> list[PhotoFile]:
    """The pictures of a data set below `root`."""
    paths = sorted(_pictures(root))
    if not paths:
        known = " ".join(sorted(SUFFIXES))
        raise DataError(f"no image files below {root}; expected files ending in {known}")
    return [PhotoFile(path, _group(folder.name, path.relative_to(root))) for path in paths]


def _pictures(root: Path) -> Iterator[Path]:
    # A part left out in silence would make another data set of it.
    def refuse(error: OSError) -> None:
        raise DataError(
            f"{error.filename} cannot be read ({error.strerror}); "
            "change its permissions, or move it out of the folder"
        ) from error

    for folder, _, names in os.walk(root, onerror=refuse):
        for path in (Path(folder, name) for name in names):
            if path.suffix.lower() in SUFFIXES:
                try:
                    if path.is_file():
                        yield path
                except OSError as error:
                    refuse(error)


def _cut_test(folder: Path) -> dict[str, list[PhotoFile]]:
    """What is left of train/ when a test split is cut from it: "train", "test".

    The files with the smallest SHA-256 of their content are for testing: `TEST_SHARE` of train/
    and val/ together, at least `LEAST_TEST`. Copies of a picture stay together.

    Raises:
        DataError: no picture, or more than half of train/ would be cut away.
    """
    photos = _find(folder, folder / "train")
    val = folder / "val"
    total = len(photos) + (len(_find(folder, val)) if val.is_dir() else 0)
    count = max(LEAST_TEST, math.ceil(TEST_SHARE * total))
    if 2 * count > len(photos):
        raise DataError(
            f"{folder} has no test/, and {count} test photos would be more than half of the "
            f"{len(photos)} in train/; add test/, or put all photos into one folder without train/"
        )
    digests = [_digest(photo) for photo in photos]
    last = sorted(digests)[count - 1]
    return {
        "train": [p for p, digest in zip(photos, digests, strict=True) if digest > last],
        "test": [p for p, digest in zip(photos, digests, strict=True) if digest <= last],
    }


def _digest(photo: PhotoFile) -> str:
    """SHA-256 of a file's content, hexadecimal."""
    with photo.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _group(dataset: str, path: Path) -> str:
    return f"{dataset}/{path.parts[0]}" if len(path.parts) > 1 else dataset


def split_photos(folders: list[Path]) -> tuple[list[PhotoFile], list[PhotoFile]]:
    """Training and validation pictures of several folders.

    Where there is no val/, every `VALIDATION_STEP`-th training picture, in the order of the
    content's SHA-256, is for validation. Test pictures are in neither.

    Raises:
        DataError: as `list_photos`, or a folder that holds a single picture only.
    """
    train, val = [], []
    for folder in map(Path, folders):
        photos = list_photos(folder, "train")
        if (folder / "val").is_dir():
            train += photos
            val += list_photos(folder, "val")
            continue
        digests = [_digest(photo) for photo in photos]
        unlike = sorted(set(digests))
        if len(unlike) < 2:
            raise DataError(f"{folder} holds one picture; training and validation need two or more")
        held_out = set(unlike[::VALIDATION_STEP])
        for photo, digest in zip(photos, digests, strict=True):
            (val if digest in held_out else train).append(photo)
    return train, val


def spread(files: list, limit: int | None) -> list:
    """At most `limit` of the files, evenly spread over the list."""
    if limit is None or len(files) <= limit:
        return files
    return [files[i * len(files) // limit] for i in range(limit)]
