"""Read what a run leaves in its folder: configuration, history, metrics. The only reader of them.

No torch, so that menus and dashboards stay light.
"""

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from colorize_core.errors import CheckpointError

SHIPPED = Path(__file__).resolve().parents[1] / "checkpoints"
"""Where the trained weights of the methods lie, a folder each."""
CONFIG = "config.json"
DIGEST = "weights_sha256"
"""In config.json: the SHA-256 of the weights' file that it belongs to."""
WEIGHTS = "model.safetensors"
HISTORY = "history.jsonl"
METRICS_FILE = "metrics.json"
SWEEP = "sweep.json"
PRIOR = "prior.json"
"""Beside the run folders: how often colours occur in data sets."""
QUEUE = "queue.json"
"""Beside the run folders: the runs of the queue that trains into them."""


def list_runs(root: Path = SHIPPED) -> dict[str, Path]:
    """Run folders below `root` that hold a configuration, by folder name.

    One that may not be looked into is among them: whoever reads it says so.
    """
    return {folder.name: folder for folder in sorted(Path(root).glob("*")) if _is_run(folder)}


def _is_run(folder: Path) -> bool:
    try:
        return (folder / CONFIG).is_file()
    except PermissionError:
        return True


def read_config(folder: Path) -> dict[str, Any]:
    """What config.json holds: `method`, `config` and, where it is known, `training`.

    Raises:
        CheckpointError: no such folder or file, or a damaged one.
    """
    path = Path(folder) / CONFIG
    if not _is_there(path):
        raise CheckpointError(f"no checkpoint at {folder}: {CONFIG} is missing")
    return _read_object(path, "restore or retrain it")


def read_metrics(folder: Path) -> dict[str, Any] | None:
    """What metrics.json holds; None where there is none.

    Raises:
        CheckpointError: a damaged file.
    """
    path = Path(folder) / METRICS_FILE
    return _read_object(path, "run colorize evaluate again") if _is_there(path) else None


def read_sweep(folder: Path) -> dict[str, Any] | None:
    """What sweep.json holds; None where there is none.

    Raises:
        CheckpointError: a damaged file.
    """
    path = Path(folder) / SWEEP
    return _read_object(path, "run colorize evaluate --sweep again") if _is_there(path) else None


def read_prior(root: Path) -> dict[str, Any] | None:
    """What prior.json beside the run folders holds; None where there is none.

    Raises:
        CheckpointError: a damaged file.
    """
    path = Path(root) / PRIOR
    return _read_object(path, "move it away and count anew") if _is_there(path) else None


def read_queue(root: Path) -> dict[str, Any] | None:
    """What queue.json beside the run folders holds; None where there is none.

    Raises:
        CheckpointError: a damaged file.
    """
    path = Path(root) / QUEUE
    return (
        _read_object(path, "remove it; the next queue writes it anew") if path.is_file() else None
    )


def read_history(folder: Path) -> list[dict[str, Any]]:
    """The lines of history.jsonl, oldest first; lines that cannot be read are left out.

    A line may be half there while a run writes it.
    """
    path = Path(folder) / HISTORY
    if not os.path.isfile(path):  # also where its folder may not be looked into
        return []
    lines = []
    for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(line, dict) and isinstance(line.get("images"), int | float):
            lines.append(line)
    return lines


@dataclass(frozen=True)
class TrainingTotals:
    """What went into a run's weights, with the runs that it started from."""

    images: int
    seconds: float
    whole: bool
    """Whether all of them are known; else the totals are the least that it can be."""

    def to_json(self) -> dict[str, Any]:
        """What config.json says of them under `before`."""
        return {"images_seen": self.images, "seconds": self.seconds, "whole": self.whole}


def training_totals(folder: Path) -> TrainingTotals | None:
    """Images and seconds along the chain of `init`; None where the run itself does not tell.

    `init` names the run that the weights came from, `before` says what that one had seen. Without
    `before` the run of that name beside this one is asked; if it is gone, or was overwritten by the
    one that started from it, the totals are incomplete.

    Raises:
        CheckpointError: a damaged config.json.
    """
    folder, seen = Path(folder), set()
    images, seconds = 0, 0.0
    while folder.name not in seen and _is_there(folder / CONFIG):
        seen.add(folder.name)
        training = read_config(folder).get("training") or {}
        parts = [part for part in (training, training.get("before")) if part]
        if not all(part.keys() >= {"images_seen", "seconds"} for part in parts) or not parts:
            break
        images += sum(part["images_seen"] for part in parts)
        seconds += sum(part["seconds"] for part in parts)
        if len(parts) == 2 or not training.get("init"):
            return TrainingTotals(images, seconds, parts[-1].get("whole", True))
        folder = folder.parent / Path(training["init"]).name
    return TrainingTotals(images, seconds, whole=False) if images else None


def count_parameters(folder: Path) -> int | None:
    """Trained numbers of a run's network: those in half precision; None if it cannot be read."""
    try:
        with safe_open(Path(folder) / WEIGHTS, framework="numpy") as file:
            slices = [file.get_slice(name) for name in file.keys()]  # noqa: SIM118, no dict
            halves = [part.get_shape() for part in slices if part.get_dtype() == "F16"]
    except (SafetensorError, OSError):
        return None
    return sum(math.prod(shape) for shape in halves)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except PermissionError as error:
        raise CheckpointError(f"{path.parent} cannot be read; change its permissions") from error


def _read_object(path: Path, remedy: str) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); {remedy}") from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{path} is damaged (no JSON object); {remedy}")
    return content
