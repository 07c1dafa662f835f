"""Turn torchvision's CIFAR-10 into a folder of images, which is what training takes.

The pictures of the original data set are lossless (Krizhevsky 2009); so are the PNG files.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from torchvision.datasets import CIFAR10

from colorize_core.errors import DataError
from colorize_core.files import storage

PICTURES = 60_000
"""In training and test together."""


def export(
    root: Path, out: Path, advance: Callable[[], None] = lambda: None, download: bool = False
) -> int:
    """Write `<out>/{train,test}/<class>/<number>.png`.

    Args:
        root: where torchvision keeps CIFAR-10 (the folder with `cifar-10-batches-py`).
        out: must not exist yet; it appears only once it is complete.
        advance: called after every picture.
        download: fetch the data set first, where it is missing.

    Returns:
        The number of pictures.

    Raises:
        DataError: no or damaged data at `root`, or something at `out` already.
        StorageError: the disk refuses it.
    """
    if out.exists():
        raise DataError(f"{out} exists already; give a new folder")
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    count = 0
    try:
        for split in ("train", "test"):
            for number, (picture, label) in enumerate(_open(root, split, download)):
                path = partial / split / label / f"{number:05}.png"
                with storage(path):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    picture.save(path)
                count += 1
                advance()
        with storage(out):
            partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return count


def _open(root: Path, split: str, download: bool):
    try:
        pictures = CIFAR10(root, train=split == "train", download=download)
    except (RuntimeError, OSError) as error:
        raise DataError(
            f"no CIFAR-10 at {root} ({error}); give the folder that holds cifar-10-batches-py, "
            "or add --download"
        ) from error
    return ((picture, pictures.classes[label]) for picture, label in pictures)
