"""The command `colorize run`."""

from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import Checkpoints, Device, progress_bars, stderr
from colorize_core.errors import ColorizeError
from colorize_core.runs import SHIPPED


def run(
    inputs: Annotated[list[Path], typer.Argument(help="Photos and folders of photos.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="A folder, or a file for one photo.")],
    method: Annotated[str, typer.Option(help="A method's name, or all.")] = "classification",
    temperature: Annotated[
        float | None,
        typer.Option(help="0 (vivid) … 1 (calm), for classification; default 0.38."),
    ] = None,
    saturation: Annotated[float, typer.Option(help="0 (grey) … 4; 1 leaves colours.")] = 1.0,
    format: Annotated[str | None, typer.Option(help="png, jpg or webp; default png.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing outputs.")] = False,
    device: Device = "auto",
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Colorize photos; a broken file is reported and skipped, the rest are done."""
    from colorize_core.cli import batch
    from colorize_core.inference.colorizer import load_colorizer
    from colorize_core.inference.devices import pick_device

    jobs, problems = batch.plan(inputs, out, batch.method_names(method, checkpoints), format)
    for problem in problems:
        stderr.print(f"error: {problem}", markup=False)
    failed = len(problems)
    settings = batch.Settings(temperature, saturation, force)
    place = pick_device(device)
    colorizers = {
        name: load_colorizer(name, checkpoints / name, place) for name in batch.methods_of(jobs)
    }
    with progress_bars() as progress:
        task = progress.add_task("colorizing", total=len(jobs))
        for job in jobs:
            try:
                batch.colorize_file(job, colorizers, settings)
            except ColorizeError as error:
                failed += 1
                progress.console.print(f"error: {error}", markup=False)
            progress.advance(task)
    done = len(jobs) + len(problems) - failed
    stderr.print(f"{done} done, {failed} failed; written to {out}", markup=False)
    if failed:
        raise typer.Exit(1)
