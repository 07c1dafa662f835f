"""history.jsonl: one line per evaluation of a run."""

import json
from pathlib import Path
from typing import Any

from colorize_core.files import write_atomically
from colorize_core.runs import HISTORY


def read_history(folder: Path) -> list[dict[str, Any]]:
    """The lines of a run's history; none if there is no file yet."""
    path = Path(folder) / HISTORY
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def add_to_history(folder: Path, line: dict[str, Any]) -> None:
    """Add a line; those of a run that had come further before it was resumed are dropped."""
    kept = [entry for entry in read_history(folder) if entry["images"] < line["images"]]
    text = "".join(json.dumps(entry) + "\n" for entry in [*kept, line])
    write_atomically(folder / HISTORY, text.encode())
