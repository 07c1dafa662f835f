"""Results into a ZIP file, which is there whole or not at all."""

import copy
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

from colorize_core.errors import StorageError
from colorize_core.files import atomic_file


def pack(path: Path, folder: Path, files: Iterable[Path], add: bool, overwrite: bool) -> None:
    """Write files into a ZIP file, stored: pictures do not get smaller.

    Args:
        path: of the ZIP file.
        folder: what the names in it are relative to.
        files: below the folder.
        add: keep what is in a ZIP file of that name.
        overwrite: replace a ZIP file of that name.

    Raises:
        StorageError: the disk refuses it, or the file exists and is not to be replaced.
    """
    with (
        atomic_file(path, overwrite or add) as file,
        zipfile.ZipFile(file, "w", strict_timestamps=False) as archive,
    ):
        if add and path.exists():
            with zipfile.ZipFile(path) as old:
                for info in old.infolist():
                    anew = copy.copy(info)  # which writing changes
                    with old.open(info) as source, archive.open(anew, "w") as target:
                        shutil.copyfileobj(source, target, 1 << 20)
        for name in files:
            archive.write(name, name.relative_to(folder).as_posix())


def packed_names(path: Path) -> set[str]:
    """The names in a ZIP file; none where there is no file.

    Raises:
        StorageError: it cannot be read.
    """
    if not path.exists():
        return set()
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, OSError) as error:
        raise StorageError(path, OSError(None, "what is there is no ZIP file")) from error
