"""Everything a run needs to go on after a kill, in one safetensors file.

Tensors are stored as tensors and the rest as JSON in the file's header, so nothing is pickled.
The file is replaced by rename: a kill leaves the old state or the new one.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import filelock
import safetensors
import safetensors.torch
from torch import Tensor

from colorize_core.data.folders import PhotoFile
from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.files import make_folder, storage, write_atomically
from colorize_core.runs import CONFIG, WEIGHTS

FILE = "state.safetensors"
LOCK = ".lock"
"""Held by the process that trains into a folder; the system lets go of it when that one dies."""

WRONG = (KeyError, TypeError, ValueError, AttributeError)
"""What a state raises whose parts are not what they should be."""


def _flatten(value: Any, name: str, tensors: dict[str, Tensor]) -> Any:
    """Move tensors out of nested dicts and lists; what remains is JSON."""
    if isinstance(value, Tensor):
        tensors[name] = value.detach().cpu().contiguous().clone()
        return {"tensor": name}
    if isinstance(value, dict):
        return {"dict": [[k, _flatten(v, f"{name}/{k}", tensors)] for k, v in value.items()]}
    if isinstance(value, list | tuple):
        return {"list": [_flatten(v, f"{name}/{i}", tensors) for i, v in enumerate(value)]}
    return {"value": value}


def _restore(value: dict[str, Any], tensors: dict[str, Tensor]) -> Any:
    if "tensor" in value:
        return tensors[value["tensor"]]
    if "dict" in value:
        return {key: _restore(item, tensors) for key, item in value["dict"]}
    if "list" in value:
        return [_restore(item, tensors) for item in value["list"]]
    return value["value"]


def save_state(folder: Path, state: dict[str, Any]) -> None:
    """Write nested dicts and lists of tensors and JSON scalars."""
    tensors: dict[str, Tensor] = {}
    layout = json.dumps(_flatten(state, "", tensors))
    write_atomically(folder / FILE, safetensors.torch.save(tensors, {"layout": layout}))


def load_state(folder: Path) -> dict[str, Any]:
    """Read what `save_state` wrote.

    Raises:
        CheckpointError: nothing to resume from, or a damaged file.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        raise CheckpointError(f"nothing to resume at {path}; start without --resume")
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            layout = json.loads(file.metadata()["layout"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return _restore(layout, tensors)
    except (safetensors.SafetensorError, OSError, RecursionError, *WRONG) as error:
        raise damaged(folder, error) from error


def read_images(folder: Path) -> int | None:
    """Images that a run has seen by its state, none of whose tensors is read; None without one.

    Raises:
        CheckpointError: a damaged file.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        return None
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            layout = dict(json.loads(file.metadata()["layout"])["dict"])
        return int(_restore(layout["position"], {})["images"])
    except (safetensors.SafetensorError, OSError, RecursionError, *WRONG) as error:
        raise damaged(folder, error) from error


def damaged(folder: Path, error: Exception) -> CheckpointError:
    """The refusal of a state that cannot be used, with a way out of it."""
    path = Path(folder) / FILE
    return CheckpointError(
        f"{path} is damaged ({error}); remove this file and start without --resume, "
        f"or with --init {folder} if its {CONFIG} and {WEIGHTS} are whole"
    )


def read_numbers(kind: type, values: dict[str, float]) -> Any:
    """A dataclass of numbers, as `dataclasses.asdict` gave it.

    Raises:
        ValueError: some are missing, or no numbers.
    """
    wanted = {field.name for field in dataclasses.fields(kind)}
    if values.keys() != wanted or not all(isinstance(v, int | float) for v in values.values()):
        raise ValueError(f"{kind.__name__} is {values!r}")
    return kind(**values)


def check_same(folder: Path, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Refuse to go on with a run that was begun with other options.

    Args:
        folder: of the run, for the message.
        mine: what is asked for now; None and what is not named are the same.
        theirs: what the state was made with.

    Raises:
        ConfigError: the first option that differs, with both values.
    """
    for name in mine | theirs:
        asked, begun = mine.get(name), theirs.get(name)
        if asked != begun:
            raise ConfigError(
                f"the run in {folder} has {name} = {begun!r}, not {asked!r}; "
                "give the same value or another --out"
            )


def fingerprint(files: Iterable[PhotoFile], folders: Iterable[Path]) -> str:
    """What tells one list of photos from another, wherever it lies: names below the folders, sizes.

    Args:
        files: the photos.
        folders: of the data sets that they are of.

    Returns:
        Their number and a SHA-256.
    """
    roots, lines = [Path(folder) for folder in folders], []
    for file in files:
        root = next(root for root in roots if file.path.is_relative_to(root))
        name = file.path.relative_to(root).as_posix()
        lines.append(json.dumps([root.name, name, file.path.stat().st_size]))
    return f"{len(lines)} {hashlib.sha256(chr(10).join(sorted(lines)).encode()).hexdigest()}"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes from training into a folder, which is made.

    Raises:
        ConfigError: another one does.
        StorageError: the disk refuses it.
    """
    make_folder(folder)
    path = Path(folder) / LOCK
    lock = filelock.FileLock(path, blocking=False)
    with storage(path):
        try:
            lock.acquire()
        except filelock.Timeout as error:
            holder = _read_holder(path)
            raise ConfigError(
                f"{holder} is training into {folder}; wait until it ends or give another --out"
            ) from error
    try:
        with contextlib.suppress(OSError):  # where a locked file cannot be written, it is empty
            path.write_text(f"process {os.getpid()}", encoding="ascii")
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
            Path(folder).rmdir()  # nothing was written
        lock.release()


def _read_holder(path: Path) -> str:
    with contextlib.suppress(OSError, ValueError):
        return path.read_text(encoding="ascii") or "another process"
    return "another process"
