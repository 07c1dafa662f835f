"""Photos inside a ZIP file, of which nothing is believed.

Its list is bounded before it is read; a member is refused with the reason, and the others are
read one at a time, never to the disk.
"""

import contextlib
import io
import os
import re
import stat
import struct
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from colorize_core.data.folders import SUFFIXES
from colorize_core.errors import PhotoError

SUFFIX = ".zip"
MAX_MEMBERS = 10_000
"""Files and folders that an archive may list."""
MAX_LIST = 4_000_000
"""Bytes of that list."""
MAX_BYTES = 300_000_000
"""Unpacked size of one photo: 40 megapixels of 16-bit RGB, and some."""
MAX_TOTAL = 100_000_000_000
"""Bytes of all photos of an archive together."""
MAX_RATIO = 200
"""So many times its packed size may a photo of more than `SMALL` bytes grow."""
SMALL = 10_000_000
_CHUNK = 1 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # LZMA may ask for gigabytes by itself
_ENCRYPTED = 1
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, OverflowError),
    *(RuntimeError, struct.error),
)


class _Archive:
    """An open ZIP file, whose list is read once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        file = _Bounded(os.fspath(path))
        try:
            self.zip = zipfile.ZipFile(file)
        except BaseException:
            file.close()
            raise
        weakref.finalize(self, file.close)


class _Bounded(io.FileIO):
    """A file of which no more is read at once than a list of members may take."""

    def read(self, size: int = -1) -> bytes:
        if size > MAX_LIST:
            raise PhotoError(
                f"{self.name} has a list of {size / 1e6:.0f} MB; "
                f"use at most {MAX_MEMBERS:,} files in one archive"
            )
        return super().read(size)


@dataclass(frozen=True)
class Member:
    """One photo of an archive."""

    archive: _Archive
    place: PurePosixPath
    """Below the archive's own name; relative and without ".."."""
    info: zipfile.ZipInfo

    @property
    def path(self) -> Path:
        """The file that it is part of."""
        return self.archive.path

    def __str__(self) -> str:
        return f"{self.path}/{self.info.filename}"

    def read(self) -> bytes:
        """The unpacked content, at most `MAX_BYTES`; for one thread at a time.

        Raises:
            PhotoError: the archive is damaged or gone.
        """
        with _explained(str(self), "cannot be unpacked"):
            content = bytearray()
            with self.archive.zip.open(self.info) as file:
                while chunk := file.read(_CHUNK):
                    content += chunk
            if len(content) != self.info.file_size:
                raise EOFError("it ends early")
            return bytes(content)


def is_archive(path: Path) -> bool:
    """Whether a file is taken for an archive, by its name."""
    return path.suffix.lower() == SUFFIX


def list_members(path: Path) -> tuple[list[Member], list[str]]:
    """The photos of a ZIP file in its order, and a sentence for each that is refused.

    What is neither a photo by its name nor refused, such as a text, is left out.

    Raises:
        PhotoError: no ZIP file, or its list is too long.
    """
    with _explained(str(path), "is no ZIP file, or damaged"):
        archive = _Archive(path)
    found = archive.zip.infolist()
    if len(found) > MAX_MEMBERS:
        raise PhotoError(
            f"{path} lists {len(found):,} files; use at most {MAX_MEMBERS:,} in one archive"
        )
    members, problems, total = [], [], 0
    for info in found:
        place = PurePosixPath(info.filename.replace("\\", "/"))
        if info.is_dir() or place.suffix.lower() not in SUFFIXES or "__MACOSX" in place.parts:
            continue
        reason = _refusal(info, place)
        if reason is None and total + info.file_size > MAX_TOTAL:
            reason = f"brings the archive over {MAX_TOTAL / 1e9:g} GB; pack it into several"
        if reason is not None:
            problems.append(f"{path}/{info.filename}: {reason}")
            continue
        total += info.file_size
        members.append(Member(archive, PurePosixPath(path.stem.strip(".") or "zip", place), info))
    return members, problems


def _refusal(info: zipfile.ZipInfo, place: PurePosixPath) -> str | None:
    """Why a member is not read, None if it is."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    size, packed = info.file_size, max(1, info.compress_size)
    if place.is_absolute() or re.match(r"[A-Za-z]:", info.filename):
        return "its name starts at the root of a disk; pack it with relative names"
    if ".." in place.parts:
        return "its name leads out of the archive; pack it with relative names"
    if stat.S_ISLNK(kind):
        return "it is a link; pack the photo itself"
    if kind not in (0, stat.S_IFREG):
        return "it is no plain file; leave it out"
    if info.flag_bits & _ENCRYPTED:
        return "it is encrypted; pack it without a password"
    if info.compress_type not in _METHODS:
        return "it is packed in an unusual way; pack it with Deflate, as most programs do"
    if size > MAX_BYTES:
        return f"it unpacks to {size / 1e6:.0f} MB; use at most {MAX_BYTES / 1e6:.0f} MB a photo"
    if size > SMALL and size > MAX_RATIO * packed:
        return f"it unpacks to {size // packed:,} times its size, as no photo does; pack it stored"
    return None


@contextlib.contextmanager
def _explained(name: str, what: str) -> Iterator[None]:
    """Turn whatever a damaged archive raises into a PhotoError about `name`."""
    try:
        yield
    except PhotoError:
        raise
    except _DAMAGED as error:
        reason = getattr(error, "strerror", None) or error
        raise PhotoError(f"{name} {what} ({reason}); pack it again") from error
