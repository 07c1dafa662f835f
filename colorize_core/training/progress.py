"""One line on the terminal that says how a run is going."""

import time
from typing import Any, Self

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class ProgressLine:
    """A progress bar with images per second, loss terms and the time left."""

    def __init__(self, enabled: bool) -> None:
        columns = ("[bold]{task.description}", "{task.fields[rate]:5.0f} images/s")
        self._bar = Progress(
            TextColumn(columns[0]),
            BarColumn(),
            TextColumn("{task.percentage:3.0f} %"),
            TextColumn(columns[1]),
            TimeRemainingColumn(),
            TextColumn("{task.fields[terms]}"),
            disable=not enabled,
        )
        self._last: tuple[float, int] | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        self._task = self._bar.add_task("training", total=1.0, rate=0.0, terms="")
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, position: Any, progress: float, terms: dict[str, float]) -> None:
        """Update; the rate is that since the last call."""
        now, rate = time.monotonic(), 0.0
        if self._last is not None and position.images > self._last[1]:
            rate = (position.images - self._last[1]) / (now - self._last[0])
        self._last = (now, position.images)
        text = "  ".join(f"{name} {value:.4f}" for name, value in terms.items())
        self._bar.update(self._task, completed=progress, rate=rate, terms=text)
