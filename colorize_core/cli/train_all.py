"""`colorize train all`: a queue of runs, shown while it works."""

from datetime import timedelta
from pathlib import Path

import typer
from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from colorize_core.cli.terminal import cell, printable, report, stderr, stdout, stoppable
from colorize_core.errors import ConfigError, DataError
from colorize_core.training.queue_status import RUNNING, QueuedRun, queue_status


def train_all(
    data: list[Path], out: Path, plan: Path | None, jobs: int, device: str, precision: str
) -> None:
    """Train the runs of a plan, and end with exit code 1 if one of them failed.

    Raises:
        ColorizeError: as `read_plan` and `Queue.train`; one --data folder, at least one job.
    """
    from colorize_core.training.plan import PLAN, read_plan
    from colorize_core.training.queue import Queue

    if len(data) != 1 or not data[0].is_dir():
        given = ", ".join(map(str, data)) or "none"
        raise DataError(f"train all needs one --data folder that holds the data sets, got {given}")
    if jobs < 1:
        raise ConfigError(f"--jobs must be 1 or more, got {jobs}")
    queue = Queue(read_plan(plan or PLAN), data[0], out, jobs, device, precision, report)
    with (
        stoppable(out),
        Live(console=stderr, auto_refresh=False, transient=True) as live,
    ):

        def show() -> None:  # which reads every history: not for a log file
            if stderr.is_terminal:
                live.update(_line_of_each(queue_status(out)), refresh=True)

        failed = queue.train(show)
    print_status(out)
    if failed:
        raise typer.Exit(1)


def print_status(out: Path) -> None:
    """Print how far the queue of a folder has come.

    Raises:
        CheckpointError: a damaged queue.json.
        DataError: no queue has trained into it.
    """
    found = queue_status(out)
    if not found:
        raise DataError(f"no queue has trained into {out}; give the --out of `colorize train all`")
    table = Table("run", "state", "done", "images", "images/s", "time left", "reason")
    for run in found:
        table.add_row(cell(run.name), run.state, *_numbers(run), cell(run.reason))
    stdout.print(table)
    typer.echo(printable(f"{_counts(found)}; below {out}"))


def _line_of_each(runs: list[QueuedRun]) -> Group:
    """A line for each run that trains, and one for the others."""
    lines = Table.grid(padding=(0, 2))
    for run in runs:
        if run.state == RUNNING:
            share, images, rate, left = _numbers(run)
            bar = ProgressBar(1.0, run.share, width=30)
            lines.add_row(cell(run.name), bar, share, f"{images} images", f"{rate}/s", left)
    return Group(lines, _counts(runs))


def _counts(runs: list[QueuedRun]) -> str:
    states = [run.state for run in runs]
    return ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))


def _numbers(run: QueuedRun) -> tuple[str, str, str, str]:
    total = "" if run.total is None else f" of {run.total:,}"
    return (
        f"{100 * run.share:.0f} %",
        f"{run.images:,}{total}",
        "–" if run.rate is None else f"{run.rate:,.0f}",
        "–" if run.seconds_left is None else str(timedelta(seconds=round(run.seconds_left))),
    )
