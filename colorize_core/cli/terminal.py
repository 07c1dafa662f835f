"""What the commands share: where they print, how they show progress, common options."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from colorize_core.training.queue_status import IN_QUEUE

# Long sentences must stay on one line when they are piped or searched.
stderr = Console(stderr=True, highlight=False, soft_wrap=True)
# A table that goes to a file or a pipe is not folded to the 80 columns of no terminal.
stdout = Console(highlight=False, width=None if sys.stdout.isatty() else 180)

Checkpoints = Annotated[Path, typer.Option(help="Folder with one folder per method.")]
Device = Annotated[str, typer.Option(help="auto (a GPU where there is one), cpu, cuda or mps.")]


def printable(text: object) -> str:
    """Text as one line that cannot steer a terminal; names of files may hold anything.

    What is not printable is shown as an escape, such as \\x1b.
    """
    characters = str(text)
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in characters
    )


def report(text: object) -> None:
    """Print one line on standard error, as it is."""
    stderr.print(printable(text), markup=False, emoji=False)


def cell(text: object) -> Text:
    """What a table shows of a name: no markup is read in it."""
    return Text(printable(text))


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(map(printable, super().format(record).split("\n")))


def progress_bars() -> Progress:
    """Bars on standard error, a task each."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=stderr,
    )


def repeat_option(arguments: list[str], option: str) -> list[str]:
    """Let an option take several values: `--data A B` becomes `--data A --data B`.

    Args:
        arguments: of the command line.
        option: its name.

    Returns:
        The arguments, with the option before each of its values.
    """
    spread, open_option = [], False
    for argument in arguments:
        if argument.startswith("-"):
            open_option = argument == option
        elif open_option and spread[-1] != option:
            spread.append(option)
        spread.append(argument)
    return spread


@contextmanager
def stoppable(out: Path) -> Iterator[None]:
    """For training: messages on standard error; a signal ends with a hint and exit code 130.

    Args:
        out: the folder that holds the state of the run, or a folder each for several runs.
    """
    if os.environ.get(IN_QUEUE):
        threading.Thread(target=_end_with_input, daemon=True).start()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    except KeyboardInterrupt as error:
        if not os.environ.get(IN_QUEUE):
            report(f"stopped; {_way_on(out)}")
        raise typer.Exit(130) from error


def _way_on(out: Path) -> str:
    from colorize_core.training.state import FILE

    if (out / FILE).exists():
        return "continue with the same command and --resume"
    if any(out.rglob(FILE)):  # of several runs: those that have a state go on by themselves
        return "continue with the same command"
    return f"nothing to resume was written to {out} yet: give the same command again"


def _stop(signum: int, frame: object) -> NoReturn:
    # The last interval's state is on disk already; what came after it is repeated by --resume.
    raise KeyboardInterrupt


def _end_with_input() -> None:
    """End this process when standard input does: the queue died, be it by a kill.

    At once: every file is written whole or not at all, and the next queue goes on from them.
    """
    while os.read(0, 1):  # not by sys.stdin, whose lock the interpreter wants when it ends
        pass
    os._exit(130)
