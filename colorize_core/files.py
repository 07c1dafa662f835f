"""Write files whole or not at all."""

import contextlib
import functools
import json
import os
import re
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from colorize_core.errors import StorageError

_OURS = re.compile(r"\.colorize-(\d+)-[0-9a-f]{32}\.tmp")
_DAY = 24 * 3600


@contextlib.contextmanager
def storage(path: Path) -> Iterator[None]:
    """Turn what the disk says against writing `path` into a StorageError."""
    try:
        yield
    except OSError as error:
        raise StorageError(path, error) from error


@contextlib.contextmanager
def atomic_file(path: Path, overwrite: bool = True) -> Iterator[IO[bytes]]:
    """A temporary file beside `path` that takes its name at the end: never a half-written file.

    Args:
        path: of the file; its folder must exist.
        overwrite: whether a file that is there, or appears meanwhile, is replaced.

    Raises:
        StorageError: the disk refuses it, or `path` exists and is not to be replaced.
    """
    # No longer than the name itself may be, and no other writer's, be it a thread.
    temporary = path.with_name(f".colorize-{os.getpid()}-{uuid.uuid4().hex}.tmp")
    with storage(path):
        remove_leftovers(path.parent)
        try:
            with temporary.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if overwrite:
                temporary.replace(path)
            else:
                _place(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes, overwrite: bool = True) -> None:
    """Write all of a file, as `atomic_file`."""
    with atomic_file(path, overwrite) as file:
        file.write(content)


def _place(temporary: Path, path: Path) -> None:
    """Give a file its name unless that is taken, in one step."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        path.open("xb").close()
        temporary.replace(path)


@functools.lru_cache(maxsize=256)  # once for every folder that a process writes to
def remove_leftovers(folder: Path) -> None:
    """Remove temporary files of ours whose process was killed, or that are older than a day."""
    for path in folder.glob(".colorize-*.tmp"):
        found = _OURS.fullmatch(path.name)
        with contextlib.suppress(OSError):  # of another user, or gone
            if found and (
                not is_running(int(found[1])) or path.stat().st_mtime < time.time() - _DAY
            ):
                path.unlink()


def is_running(process: int) -> bool:
    """Whether there is a process of that number; true where that cannot be told."""
    if os.name != "posix":  # there, asking would end it
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def make_folder(folder: Path) -> None:
    """Make a folder, with those above it.

    Raises:
        StorageError: the disk refuses it.
    """
    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)


def check_writable(folder: Path) -> None:
    """Refuse a folder that could neither be made nor written to; nothing is left in it.

    Raises:
        StorageError: names the folder, and what is in the way.
    """
    there = Path(folder).absolute()
    with storage(folder):
        while not _is_there(there):
            there = there.parent
        with tempfile.TemporaryFile(dir=there) as probe:
            probe.write(bytes(4096))
            probe.flush()
            os.fsync(probe.fileno())


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return False
    return True


def write_json(path: Path, value: Any) -> None:
    """Write JSON for people to read, atomically.

    Raises:
        StorageError: as `write_atomically`.
    """
    write_atomically(path, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())
