"""The methods with weights, loaded for all visitors, and the photos that are predicted for all."""

import contextlib
import functools
import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path

try:
    import spaces  # on a Hugging Face Space; elsewhere there is none, and none is needed
except ImportError:
    spaces = None
import torch
from PIL import Image
from skimage import data

from colorize_core import METHODS, Colorizer, load_colorizer, load_image
from colorize_core.errors import CheckpointError
from colorize_core.inference.colorizer import Prediction
from colorize_core.inference.hints import Hint
from colorize_core.methods.checkpoint import Checkpoint, read_checkpoint
from colorize_core.runs import CONFIG, SHIPPED, WEIGHTS, count_parameters, list_runs
from webpage.session import Column

logger = logging.getLogger(__name__)
_FAILED: set[tuple[Path, tuple[int, ...]]] = set()
"""Folders, as they were, whose weights could not be loaded."""

TURN = threading.Lock()
"""One network at a time: it fills the cores."""
LOADED = 8
"""So many networks are held at once; those that were not used for longest make room."""
# Photographs inside scikit-image's wheel: nothing is downloaded or copied.
EXAMPLES = {
    "chelsea": "Cat",
    "coffee": "Coffee",
    "astronaut": "Astronaut",
    "rocket": "Rocket",
    "camera": "Photographer, grey",
}


def folders() -> dict[str, Path]:
    """Folders of methods with weights: in COLORIZE_CHECKPOINTS if it is set, or the shipped."""
    found = list_runs(Path(os.environ.get("COLORIZE_CHECKPOINTS") or SHIPPED))
    return {name: found[name] for name in METHODS if name in found and _has_weights(found[name])}


def _has_weights(folder: Path) -> bool:
    # A folder that may not be looked into counts as damaged, and so is named.
    return (folder / WEIGHTS).is_file() if os.access(folder, os.X_OK) else True


def checkpoints() -> dict[str, Path]:
    """Those of them that can be used, as far as is known without reading the weights."""
    return {name: path for name, path in folders().items() if _is_sound(path, fingerprint(path))}


def unusable() -> list[str]:
    """Methods whose folders are damaged: their weights are there, but cannot be read."""
    return [name for name in folders() if name not in checkpoints()]


@functools.lru_cache(maxsize=256)
def _is_sound(folder: Path, fingerprint: tuple[int, ...]) -> bool:
    try:
        read_checkpoint(folder)
    except CheckpointError:
        logger.exception("a checkpoint is left out")
        return False
    if count_parameters(folder) is None:
        logger.error("a checkpoint is left out: %s of %s is damaged", WEIGHTS, folder)
        return False
    return (folder, fingerprint) not in _FAILED


def folder_of(name: str) -> Path:
    """Where a method's checkpoint lies, or should lie."""
    return folders().get(name, SHIPPED / name)


def described(name: str) -> Checkpoint:
    """What a method folder says of itself; the weights are not read.

    Raises:
        CheckpointError: no such folder, or a damaged one.
    """
    return read_checkpoint(folder_of(name))


def fingerprint(folder: Path) -> tuple[int, ...]:
    """Becomes another one when a checkpoint is replaced; reading the weights would take longer."""
    stats = [path.stat() for path in (folder / CONFIG, folder / WEIGHTS) if os.path.isfile(path)]
    return tuple(value for s in stats for value in (s.st_mtime_ns, s.st_ctime_ns, s.st_size))


@functools.lru_cache(maxsize=LOADED)
def _load(name: str, folder: Path, fingerprint: tuple[int, ...]) -> Colorizer:
    return load_colorizer(name, folder, "cuda" if torch.cuda.is_available() else "cpu")


def colorizer(name: str) -> Colorizer:
    """A method as its folder holds it now, loaded when first chosen and after retraining.

    Raises:
        CheckpointError: no such folder, or a damaged one.
    """
    folder = folder_of(name)
    state = fingerprint(folder)
    try:
        return _load(name, folder, state)
    except CheckpointError:
        _FAILED.add((folder, state))  # until it is replaced
        _is_sound.cache_clear()
        raise


def load_studio() -> None:
    """Load what the page opens with; what cannot be loaded is `unusable` from then on."""
    for name in checkpoints():
        if METHODS[name].report is None:
            with contextlib.suppress(CheckpointError):
                colorizer(name)


def predict(name: str, photo: Image.Image, hints: Sequence[Hint] = ()) -> Prediction:
    """Run one network over one photo."""
    return colorizer(name).predict(photo, hints)


if spaces is not None:
    predict = spaces.GPU(predict)


def column(name: str, photo: Image.Image, hints: Sequence[Hint] = ()) -> Column:
    """What a method makes of a visitor's photo."""
    with TURN:
        return Column(colorizer(name), predict(name, photo, hints))


@functools.cache
def example(name: str) -> Image.Image:
    """A bundled photograph."""
    return load_image(getattr(data, name)())


@functools.lru_cache(maxsize=64)
def _example_column(found: Colorizer, name: str) -> Column:
    return Column(found, predict(found.method.name, example(name)))


def example_column(method: str, name: str) -> Column:
    """Examples are predicted once for all visitors: every page opens with one."""
    return _example_column(colorizer(method), name)
