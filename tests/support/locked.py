"""A folder that may not be looked into; root, as whom tests may run, may look into any."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def lock(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Refuse to list a folder, and to say anything of what is in it."""

    def guarded(call: Callable, least: Path | None) -> Callable:
        def ask(path=".", *rest, **more):
            place = Path(os.fsdecode(path)) if isinstance(path, str | bytes | Path) else Path(".")
            if folder in place.parents or place == least:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(path))
            return call(path, *rest, **more)

        return ask

    access = os.access
    monkeypatch.setattr(os, "stat", guarded(os.stat, None))
    monkeypatch.setattr(os, "scandir", guarded(os.scandir, folder))
    monkeypatch.setattr(os, "access", lambda path, mode: path != folder and access(path, mode))
