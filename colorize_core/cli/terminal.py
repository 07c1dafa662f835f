"""What the commands share: where they print, how they show progress, common options."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

# Long sentences must stay on one line when they are piped or searched.
errors = Console(stderr=True, highlight=False, soft_wrap=True)
# A table that goes to a file or a pipe is not folded to the 80 columns of no terminal.
output = Console(highlight=False, width=None if sys.stdout.isatty() else 180)

Checkpoints = Annotated[Path, typer.Option(help="Folder with one folder per method.")]


def progress_bars() -> Progress:
    """Bars on standard error, a task each."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors,
    )
