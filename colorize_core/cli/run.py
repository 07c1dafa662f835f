"""The command `colorize run`."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import Checkpoints, Device, progress_bars, report
from colorize_core.errors import CheckpointError, ColorizeError
from colorize_core.runs import SHIPPED


def run(
    # One that cannot be read is a line among the others', and does not refuse the call.
    inputs: Annotated[
        list[Path], typer.Argument(help="Photos and folders of photos.", readable=False)
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="A folder, or a file for one photo.")],
    method: Annotated[
        str, typer.Option(help="A name; all: the studio's three; every: all that are trained.")
    ] = "classification",
    temperature: Annotated[
        float | None,
        typer.Option(help="0 (vivid) … 1 (calm), for classification; default 0.38."),
    ] = None,
    saturation: Annotated[float, typer.Option(help="0 (grey) … 4; 1 leaves colours.")] = 1.0,
    hint: Annotated[
        list[str] | None,
        typer.Option(help="A colour known at a place, x,y,#rrggbb, in pixels; may be repeated."),
    ] = None,
    format: Annotated[str | None, typer.Option(help="png, jpg or webp; default png.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Make existing outputs anew.")] = False,
    device: Device = "auto",
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Colorize photos; a broken file is reported, what is there already is left, the rest done."""
    from colorize_core.cli import batch
    from colorize_core.files import check_writable
    from colorize_core.inference.colorizer import load_colorizer
    from colorize_core.inference.devices import pick_device
    from colorize_core.inference.hints import Hint

    jobs, problems = batch.plan(inputs, out, batch.method_names(method, checkpoints), format)
    for problem in problems:
        report(f"error: {problem}")
    if jobs:
        check_writable(next(iter(jobs[0].targets.values())).parent)
    outcomes, failed = Counter(), len(problems)
    settings = batch.Settings(temperature, saturation, force, tuple(map(Hint.parse, hint or ())))
    place = pick_device(device)
    colorizers = {}
    for name in batch.methods_of(jobs):
        try:
            colorizers[name] = load_colorizer(name, checkpoints / name, place)
        except CheckpointError as error:
            if method not in (batch.ALL, batch.EVERY):
                raise
            failed += 1
            report(f"error: {error}")
    with progress_bars() as progress:
        task = progress.add_task("colorizing", total=len(jobs))
        for job in jobs if colorizers else []:
            try:
                outcomes[batch.colorize_file(job, colorizers, settings, report)] += 1
            except ColorizeError as error:
                failed += 1
                report(f"error: {error}")
            progress.advance(task)
    there, older = outcomes[batch.Outcome.THERE], outcomes[batch.Outcome.OLDER]
    if there or older:
        stale = f", {older} of them older than the photo" if older else ""
        report(
            f"{there + older} were there already{stale}, and are left as they are; "
            "--force makes them anew, as after other settings"
        )
    report(f"{outcomes[batch.Outcome.DONE]} done, {failed} failed; written to {out}")
    if failed:
        raise typer.Exit(1)
