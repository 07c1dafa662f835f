"""Where visitors' files lie while they are needed: one private folder, which ends with the app."""

import atexit
import contextlib
import functools
import os
import re
import secrets
import shutil
import signal
import tempfile
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

UPLOADED_SECONDS = 600
"""Uploads that no visit has taken up are removed after this time."""
UPLOADED_BYTES, UPLOADED_FILES = 512 << 20, 500
"""What may wait there; more is refused, if the older ones do not make room."""
OUTSTAYED_SECONDS = 60
"""An upload that no visit has taken up after this time makes room where there is none."""
VISIT_BYTES = 200 << 20
"""What one photo's pictures and downloads may take on the disk; the oldest make room."""
ENDS = 5
"""So often the folder is removed at the end: threads may write into it meanwhile."""
_VISITS, _NAME = "visits", "colorize-{pid}-"


@functools.cache
def root() -> Path:
    """This process's folder, mode 0700; what dead processes of ours have left is removed."""
    remove_left_overs(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=_NAME.format(pid=os.getpid()))).resolve()
    os.environ["GRADIO_TEMP_DIR"] = str(folder)  # uploads lie there, each in a folder of its own
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def remove_left_overs(place: Path) -> None:
    """Remove folders of this user's processes that are no longer there."""
    for folder in place.glob(_NAME.format(pid="*") + "*"):
        match = re.match(_NAME.format(pid=r"(\d+)"), folder.name)
        with contextlib.suppress(OSError):  # another user's, or just removed by another process
            mine = not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()
            if match and mine and not folder.is_symlink() and not _runs(int(match[1])):
                shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    """Whether another process has this number; in a container a new start has the old one's."""
    if pid == os.getpid():
        return False
    if os.name == "nt":
        return True  # to ask would end it
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end_on_signals(*steps: Callable[[], None]) -> None:
    """End at once when asked to, by whichever signal: the steps, and visitors' files go first.

    Python would wait for threads of the server, which wait for work.
    """

    def end(number: int, frame: object) -> None:
        for step in steps:
            step()
        for _ in range(ENDS if root.cache_info().currsize else 0):
            shutil.rmtree(root(), ignore_errors=True)
        os._exit(128 + number)

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if number := getattr(signal, name, None):  # SIGHUP is not on Windows
            signal.signal(number, end)


def random_name() -> str:
    """A name that nobody can guess."""
    return secrets.token_hex(16)


class Files:
    """The files of one photo or game: under names that nobody can guess, gone with this object."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, tuple[Path, int]] = OrderedDict()
        self.size = 0
        """Bytes on the disk."""

    @functools.cached_property
    def _folder(self) -> Path:
        folder = root() / _VISITS / random_name()
        folder.mkdir(parents=True)
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder

    def keep(self, content: bytes, name: str) -> str:
        """Write a file, and give its path; equal contents share one, the oldest make room."""
        digest = sha256(name.encode())
        digest.update(content)  # not joined: a download is large
        key = digest.digest()
        if key not in self._kept:
            path = self._new(name)
            path.write_bytes(content)
            self._kept[key] = path, len(content)
            self.size += len(content)
        self._kept.move_to_end(key)
        while self.size > VISIT_BYTES and len(self._kept) > 1:
            _, (oldest, size) = self._kept.popitem(last=False)
            oldest.unlink(missing_ok=True)
            self.size -= size
        return str(self._kept[key][0])

    def data(self, content: bytes, name: str) -> dict[str, Any]:
        """The same inside the value of a `gr.HTML`; Gradio adds its address."""
        return {"path": self.keep(content, name), "meta": {"_type": "gradio.FileData"}}

    def take(self, upload: str) -> str:
        """Take an upload over, so that it stays as long as this object."""
        path = self._new(Path(upload).name)
        try:
            os.link(upload, path)
        except OSError:  # a file system without links
            shutil.copyfile(upload, path)
        self.size += path.stat().st_size
        return str(path)

    def _new(self, name: str) -> Path:
        folder = self._folder / random_name()
        folder.mkdir()
        return folder / name


def locate(name: str) -> Path | None:
    """The file that a visitor names by its `public_name`; None if there is no such."""
    path = (root() / name).resolve()
    return path if path.is_relative_to(root()) and path.is_file() else None


def public_name(path: str) -> str:
    """A file of `root()` as visitors are told of it: without this machine's folders."""
    return path.removeprefix(str(root())).lstrip(os.sep)


def uploads() -> list[os.stat_result]:
    """Of files that visitors have sent; whether a visit has taken them over or not."""
    return [stat for _, stat in _uploads()]


def make_room() -> bool:
    """Whether further uploads may come, if need be at the cost of old ones."""
    if not _has_room():
        sweep(OUTSTAYED_SECONDS)
    return _has_room()


def _has_room() -> bool:
    sizes = [stat.st_size for stat in uploads()]
    return len(sizes) < UPLOADED_FILES and sum(sizes) < UPLOADED_BYTES


def sweep(seconds: float = UPLOADED_SECONDS) -> None:
    """Remove uploads that are older than this."""
    for path, stat in _uploads():
        if time.time() - stat.st_ctime > seconds:
            path.unlink(missing_ok=True)
            if path.parent != root():
                with contextlib.suppress(OSError):
                    path.parent.rmdir()


def _uploads() -> list[tuple[Path, os.stat_result]]:
    found = []
    for top in root().iterdir():
        for path in [top] if top.is_file() else top.iterdir() if top.name != _VISITS else []:
            with contextlib.suppress(FileNotFoundError):
                found.append((path, path.stat()))
    return found
