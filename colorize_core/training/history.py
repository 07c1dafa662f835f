"""Write the history of a run, which `runs.read_history` reads."""

import json
from pathlib import Path
from typing import Any

from colorize_core.files import write_atomically
from colorize_core.runs import HISTORY, read_history


def add_to_history(folder: Path, line: dict[str, Any]) -> None:
    """Add a line, atomically."""
    _write(folder, [*read_history(folder), line])


def cut_history(folder: Path, images: int) -> None:
    """Drop the lines after so many images: of a run that had come further than its state says."""
    lines = read_history(folder)
    kept = [line for line in lines if line["images"] <= images]
    if len(kept) < len(lines):
        _write(folder, kept)


def _write(folder: Path, lines: list[dict[str, Any]]) -> None:
    write_atomically(folder / HISTORY, "".join(json.dumps(line) + "\n" for line in lines).encode())
