"""Write files whole or not at all."""

import json
import os
import uuid
from pathlib import Path
from typing import Any

from colorize_core.errors import ConfigError


def write_atomically(path: Path, content: bytes) -> None:
    """Write to a temporary name beside `path`, then rename: never a half-written file."""
    # No longer than the name itself may be, and no other writer's, be it a thread.
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(folder: Path) -> None:
    """Refuse a folder that could neither be made nor written to; nothing is made.

    Raises:
        ConfigError: names the folder, and what is in the way.
    """
    there = Path(folder).absolute()
    while not there.exists():
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise ConfigError(f"cannot write to {folder}: {there} is no folder that can be written to")


def write_json(path: Path, value: Any) -> None:
    """Write JSON for people to read, atomically."""
    write_atomically(path, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())
