"""The command `colorize run`."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from colorize_core.cli.terminal import Checkpoints, Device, progress_bars, report
from colorize_core.errors import CheckpointError
from colorize_core.runs import SHIPPED

if TYPE_CHECKING:
    import torch

    from colorize_core.cli.batch import Job, Settings
    from colorize_core.inference.colorizer import Colorizer


def run(
    # One that cannot be read is a line among the others', and does not refuse the call.
    inputs: Annotated[
        list[Path], typer.Argument(help="Photos, folders and ZIP files of photos.", readable=False)
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="A folder, a ZIP file, or a file for one photo.")
    ],
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
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was stopped.")
    ] = False,
    mark: Annotated[
        bool, typer.Option("--mark/--no-mark", help="Say in the metadata that machines coloured.")
    ] = True,
    device: Device = "auto",
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Colorize photos; a broken file is reported, what is there already is left, the rest done."""
    from colorize_core.cli import batch, zip_output
    from colorize_core.files import check_writable
    from colorize_core.inference.devices import pick_device
    from colorize_core.inference.hints import Hint

    hints = tuple(map(Hint.parse, hint or ()))
    settings = batch.Settings(temperature, saturation, force, hints, resume, mark)
    zipped = zip_output.is_zip_output(out)
    folder = zip_output.begin(out, settings) if zipped else out
    names = batch.method_names(method, checkpoints)
    jobs, problems = batch.plan(inputs, folder, names, format)
    for problem in problems:
        report(f"error: {problem}")
    if jobs:
        check_writable(next(iter(jobs[0].targets.values())).parent)
    jobs, packed = zip_output.without_packed(jobs, out, folder) if zipped and resume else (jobs, 0)
    place = pick_device(device)
    colorizers, missing = _load(batch.methods_of(jobs), checkpoints, place, len(names) > 1)
    outcomes = Counter(THERE=packed, FAILED=len(problems) + missing)
    try:
        outcomes += _run_all(jobs, colorizers, settings)
    except KeyboardInterrupt as stop:
        report("stopped; the same command with --resume goes on")
        raise typer.Exit(130) from stop
    if zipped:
        zip_output.finish(out, folder, settings)
    _report_rest(outcomes, resume)
    report(f"{outcomes['DONE']} done, {outcomes['FAILED']} failed; written to {out}")
    if outcomes["FAILED"]:
        raise typer.Exit(1)


def _load(
    names: list[str], checkpoints: Path, device: "torch.device", several: bool
) -> tuple[dict[str, "Colorizer"], int]:
    """The methods by name, and how many cannot be loaded; the only one must be."""
    from colorize_core.inference.colorizer import load_colorizer

    colorizers = {}
    for name in names:
        try:
            colorizers[name] = load_colorizer(name, checkpoints / name, device)
        except CheckpointError as error:
            if not several:
                raise
            report(f"error: {error}")
    return colorizers, len(names) - len(colorizers)


def _run_all(
    jobs: list["Job"], colorizers: dict[str, "Colorizer"], settings: "Settings"
) -> Counter[str]:
    """Colorize all and say what happens; how many ended in which way."""
    from colorize_core.cli.pipeline import run_jobs

    outcomes = Counter()
    with progress_bars() as progress:
        task = progress.add_task("colorizing", total=len(jobs))
        for result in run_jobs(jobs if colorizers else [], colorizers, settings):
            for note in result.notes:
                report(note)
            if result.error:
                report(f"error: {result.error}")
            outcomes[result.outcome.name if result.outcome else "FAILED"] += 1
            progress.advance(task)
    return outcomes


def _report_rest(outcomes: Counter[str], resume: bool) -> None:
    """Say how many results were left as they are."""
    there = outcomes["THERE"] + outcomes["OLDER"]
    if not there:
        return
    older = f", {outcomes['OLDER']} of them older than the photo" if outcomes["OLDER"] else ""
    if resume:
        report(f"{there} were done already{older}")
        return
    report(
        f"{there} were there already{older}, and are left as they are; "
        "--force makes them anew, as after other settings"
    )
