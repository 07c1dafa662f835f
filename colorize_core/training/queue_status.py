"""How far a training queue has come, told by its folder alone; no torch."""

import time
from dataclasses import dataclass
from pathlib import Path

from colorize_core.errors import CheckpointError
from colorize_core.files import is_running
from colorize_core.runs import HISTORY, QUEUE, read_config, read_history, read_queue

IN_QUEUE = "COLORIZE_IN_QUEUE"
"""Set in the environment of a run's process, which ends when its standard input does."""
WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"


@dataclass(frozen=True)
class QueuedRun:
    """One run of a queue, as far as it has come."""

    name: str
    trains: str
    """A method, or an evaluation classifier."""
    state: str
    """waiting, running, done, failed, or stopped: it ran when the queue was ended."""
    reason: str
    """Why it failed."""
    images: int
    """Seen at the last evaluation."""
    total: int | None
    """Images that it will have seen at its end; None before it has counted its photos."""
    rate: float | None
    """Images per second between the last two evaluations."""
    seconds_left: float | None
    """Of training, from now on; None where nothing tells."""

    @property
    def share(self) -> float:
        """What of it is done, 0…1."""
        return min(1.0, self.images / self.total) if self.total else float(self.state == DONE)


def queue_status(out: Path) -> list[QueuedRun]:
    """The runs of the queue that trains, or trained last, into a folder; [] where none did.

    Raises:
        CheckpointError: its queue.json is damaged.
    """
    content = read_queue(out)
    if content is None:
        return []
    try:
        alive = is_running(int(content["process"]))
        return [_status(Path(out), alive, **entry) for entry in content["runs"]]
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{Path(out) / QUEUE} is damaged ({error}); remove it") from error


def _status(
    out: Path, alive: bool, name: str, trains: str, epochs: float, state: str, reason: str = ""
) -> QueuedRun:
    if state == RUNNING and not alive:
        state = STOPPED
    images, total, rate = progress(out / name, epochs)
    left = (total - images) / rate if total and rate and state in (RUNNING, STOPPED) else None
    if left is not None:
        left = max(0.0, left - (_age(out / name / HISTORY) if state == RUNNING else 0.0))
    return QueuedRun(name, trains, state, reason, images, total, rate, left)


def progress(folder: Path, epochs: float) -> tuple[int, int | None, float | None]:
    """Images seen by a run, images at its end, images per second."""
    lines = read_history(folder)
    images, rate = (int(lines[-1]["images"]) if lines else 0), None
    if len(lines) > 1:
        more, longer = (lines[-1][key] - lines[-2].get(key, 0) for key in ("images", "seconds"))
        rate = more / longer if longer > 0 else None
    try:
        photos = read_config(folder)["training"]["training_photos"] if lines else None
    except (CheckpointError, KeyError, TypeError):
        photos = None
    return images, round(epochs * photos) if photos else None, rate


def _age(path: Path) -> float:
    try:
        return max(0.0, time.time() - path.stat().st_mtime)
    except OSError:
        return 0.0
