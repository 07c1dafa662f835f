"""Results in a ZIP file: they gather in a folder beside it, which is packed at the end.

So a run that was stopped leaves whole pictures to go on from, and no half ZIP file.
"""

import shutil
from dataclasses import replace
from pathlib import Path

from colorize_core.cli.batch import Job, Settings
from colorize_core.data.archives import is_archive
from colorize_core.data.packing import pack, packed_names
from colorize_core.errors import ConfigError
from colorize_core.files import storage


def is_zip_output(out: Path) -> bool:
    """Whether results go into a ZIP file."""
    return is_archive(out) and not out.is_dir()


def begin(out: Path, settings: Settings) -> Path:
    """The folder where results gather.

    Raises:
        ConfigError: there is a ZIP file already, or the pictures of a run that was stopped, and
            the settings do not say what becomes of them.
        StorageError: the disk refuses it.
    """
    parts = out.with_name(f"{out.name}.parts")
    if settings.force and parts.exists():
        with storage(parts):
            shutil.rmtree(parts)
    if not settings.force and not settings.resume:
        if out.exists():
            raise ConfigError(
                f"{out} already exists; --resume adds what it lacks, --force makes it anew"
            )
        if parts.exists():
            raise ConfigError(
                f"{parts} holds results of a run that was stopped; --resume goes on with them, "
                "--force begins anew"
            )
    return parts


def without_packed(jobs: list[Job], out: Path, parts: Path) -> tuple[list[Job], int]:
    """The jobs without what the ZIP file holds, and how many are left out wholly.

    Raises:
        StorageError: it is no ZIP file.
    """
    packed, left = packed_names(out), []
    for job in jobs:
        targets = {
            name: path
            for name, path in job.targets.items()
            if path.relative_to(parts).as_posix() not in packed
        }
        if targets:
            left.append(replace(job, targets=targets))
    return left, len(jobs) - len(left)


def finish(out: Path, parts: Path, settings: Settings) -> None:
    """Pack what has gathered, and remove its folder.

    Raises:
        StorageError: the disk refuses it; the folder is left.
    """
    files = sorted(path for path in parts.rglob("[!.]*") if path.is_file())
    if files:
        pack(out, parts, files, add=settings.resume, overwrite=settings.force)
    with storage(parts):
        if parts.exists():
            shutil.rmtree(parts)
