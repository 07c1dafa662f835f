"""The command `colorize prior`."""

from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import printable, progress_bars, report
from colorize_core.runs import SHIPPED


def prior(
    data: Annotated[list[Path], typer.Option(help="Photos; a train/ split is used.")],
    out: Annotated[Path, typer.Option(help="Where prior.json is written or added to.")] = SHIPPED,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "train",
    limit: Annotated[int, typer.Option(help="Count at most so many photos.")] = 4000,
) -> None:
    """Count how often each colour class occurs in photos, for the dashboard."""
    from colorize_core.evaluation import class_prior
    from colorize_core.files import check_writable

    check_writable(out)
    jobs = {folder.resolve().name: class_prior.choose(folder, split, limit) for folder in data}
    with progress_bars() as progress:
        for name, files in jobs.items():
            task = progress.add_task(printable(f"counting {name}"), total=len(files))
            entry = class_prior.count_photos(files, report, lambda t=task: progress.advance(t))
            path = class_prior.add_prior(out, name, entry)
    report(f"written to {path}")
