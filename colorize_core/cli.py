"""The `colorize` command."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from colorize_core import batch, prior
from colorize_core.blend import blend
from colorize_core.checkpoint import SHIPPED, WEIGHTS, list_checkpoints, read_checkpoint
from colorize_core.compare import compare as compare_tables
from colorize_core.data.cifar10 import export_cifar10
from colorize_core.data.folders import PhotoFile
from colorize_core.errors import ColorizeError, ConfigError, DataError
from colorize_core.evaluate import (
    Results,
    collect,
    evaluate,
    evaluate_by_data,
    load_methods,
    merge,
    method_report,
    write_report,
)
from colorize_core.inference import Colorizer, load_colorizer
from colorize_core.judge_command import judge_photos, run_judge_training
from colorize_core.jury import Jury, choose_jury
from colorize_core.lesson import write_lesson
from colorize_core.methods import METHODS
from colorize_core.metrics.table import METRICS
from colorize_core.report import results_table, rewrite
from colorize_core.report.page import write_page
from colorize_core.sweep import sweep as sweep_temperature
from colorize_core.sweep import write_sweep
from colorize_core.training.command import repeat_option, run_training

app = typer.Typer(
    help="Colorize grey photos; compare and train colorization methods.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("train")(run_training)
app.command("train-judge")(run_judge_training)
app.command("judge")(judge_photos)
# Long sentences must stay on one line when they are piped or searched.
errors = Console(stderr=True, highlight=False, soft_wrap=True)
# A table that goes to a file or a pipe is not folded to the 80 columns of no terminal.
output = Console(highlight=False, width=None if sys.stdout.isatty() else 180)

Temperature = Annotated[
    float | None, typer.Option(help="0 (vivid) … 1 (calm), for classification; default 0.38.")
]
Checkpoints = Annotated[Path, typer.Option(help="Folder with one folder per method.")]


def main() -> None:
    """Run the command line; expected errors become one sentence and exit code 1."""
    try:
        app(repeat_option(sys.argv[1:]))
    except ColorizeError as error:
        errors.print(f"error: {error}", markup=False)
        sys.exit(1)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors,
    )


@app.command()
def run(
    inputs: Annotated[list[Path], typer.Argument(help="Photos and folders of photos.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="A folder, or a file for one photo.")],
    method: Annotated[str, typer.Option(help="A method's name, or all.")] = "classification",
    temperature: Temperature = None,
    saturation: Annotated[float, typer.Option(help="0 (grey) … 4; 1 leaves colours.")] = 1.0,
    format: Annotated[str | None, typer.Option(help="png, jpg or webp; default png.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing outputs.")] = False,
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Colorize photos; a broken file is reported and skipped, the rest are done."""
    jobs, problems = batch.plan(inputs, out, batch.method_names(method, checkpoints), format)
    for problem in problems:
        errors.print(f"error: {problem}", markup=False)
    failed = len(problems)
    settings = batch.Settings(temperature, saturation, force)
    colorizers = {name: load_colorizer(name, checkpoints / name) for name in batch.methods_of(jobs)}
    with _progress() as progress:
        task = progress.add_task("colorizing", total=len(jobs))
        for job in jobs:
            try:
                batch.colorize_file(job, colorizers, settings)
            except ColorizeError as error:
                failed += 1
                progress.console.print(f"error: {error}", markup=False)
            progress.advance(task)
    done = len(jobs) + len(problems) - failed
    errors.print(f"{done} done, {failed} failed; written to {out}", markup=False)
    if failed:
        raise typer.Exit(1)


@app.command()
def methods(checkpoints: Checkpoints = SHIPPED) -> None:
    """List the methods: name, idea, paper, parameters, size on disk."""
    shipped = list_checkpoints(checkpoints)
    table = Table("Name", "Idea", "Paper", show_lines=True)
    table.add_column("Parameters", justify="right")
    table.add_column("On disk", justify="right")
    for name, entry in METHODS.items():
        parameters = sum(p.numel() for p in entry.build(entry.config).parameters())
        path = shipped.get(name, Path()) / WEIGHTS
        size = f"{path.stat().st_size / 1e6:.1f} MB" if path.is_file() else "not trained"
        table.add_row(name, entry.idea, entry.paper, f"{parameters / 1e6:.2f} M", size)
    output.print(table)


@app.command("evaluate")
def evaluate_command(
    names: Annotated[list[str] | None, typer.Argument(help="Methods; default all trained.")] = None,
    data: Annotated[list[Path] | None, typer.Option(help="Photos; a test/ split is used.")] = None,
    out: Annotated[Path, typer.Option(help="Where <method>/metrics.json go.")] = SHIPPED,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    limit: Annotated[int | None, typer.Option(min=1, help="Use at most so many photos.")] = None,
    judge: Annotated[
        str | None,
        typer.Option(help="Who names the photos, or none; default by the folders' names."),
    ] = None,
    judge_weights: Annotated[
        Path | None, typer.Option(help="A judge folder, or VGG-16's weights file, for --judge.")
    ] = None,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Measure classifiers over T instead: sweep.json.")
    ] = False,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(help="Two method folders, old and new: print which is better at what."),
    ] = None,
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Measure methods on photos, write metrics.json and print the table."""
    files = collect(data or [], split, limit)
    if compare is not None:
        if names or sweep:
            raise ConfigError("--compare takes two folders; leave method names and --sweep out")
        jury = choose_jury(files, judge, judge_weights, lambda text: errors.print(text))
        _compare(compare, files, jury)
        return
    colorizers = load_methods(names or [], checkpoints)
    jury = choose_jury(files, judge, judge_weights, lambda text: errors.print(text, markup=False))
    if sweep:
        _sweep(colorizers, files, out, jury)
        return
    with _progress() as progress:
        task = progress.add_task("measuring", total=len(files))
        parts = evaluate_by_data(
            colorizers, files, _report_to(progress), lambda: progress.advance(task), jury
        )
    for colorizer in colorizers:
        report = method_report(colorizer, parts, files)
        write_report(out / colorizer.method.name, report)
    _print_table(merge(parts.values()))


def _compare(folders: tuple[Path, Path], files: list[PhotoFile], jury: Jury) -> None:
    colorizers = [load_colorizer(read_checkpoint(f).method.name, f) for f in folders]
    tables = []
    with _progress() as progress:
        for folder, colorizer in zip(folders, colorizers, strict=True):
            task = progress.add_task(f"measuring {folder}", total=len(files))
            step = functools.partial(progress.advance, task)
            tables.append(evaluate([colorizer], files, _report_to(progress), step, jury))
    old, new = folders
    count = len(tables[0]["truth"][""])
    sheet = Table("", "Measure", caption=f"{count} photos; 95 % bootstrap interval, paired")
    for title in (f"old: {old}", f"new: {new}", "new - old", "interval"):
        sheet.add_column(title, justify="right")
    sheet.add_column("Verdict")
    for found in compare_tables(*tables):
        sheet.add_row(
            found.variant,
            f"{found.metric.title} {found.metric.unit}".strip(),
            f"{found.old:.3f}",
            f"{found.new:.3f}",
            f"{found.new - found.old:+.3f}",
            f"{found.low:+.3f} … {found.high:+.3f}",
            found.verdict,
        )
    output.print(sheet)


def _report_to(progress: Progress) -> Callable[[str], None]:
    return lambda text: progress.console.print(text, markup=False)


def _sweep(colorizers: list[Colorizer], files: list[PhotoFile], out: Path, jury: Jury) -> None:
    classifiers = [colorizer for colorizer in colorizers if colorizer.method.has_temperature]
    if not classifiers:
        raise ConfigError("--sweep needs a method with a temperature; none was chosen")
    with _progress() as progress:
        for colorizer in classifiers:
            name = colorizer.method.name
            task = progress.add_task(f"sweeping T of {name}", total=len(files))
            report = sweep_temperature(
                colorizer,
                files,
                _report_to(progress),
                lambda t=task: progress.advance(t),
                jury=jury,
            )
            write_sweep(out / name, report)
    errors.print(f"sweep.json of {len(classifiers)} written below {out}", markup=False)


def _print_table(table: Results) -> None:
    sheet = Table(caption="95 % intervals stand in metrics.json")
    sheet.add_column("Method", no_wrap=True)
    for metric in METRICS.values():
        sheet.add_column(f"{metric.title} {metric.unit}".strip(), justify="right")
    for method, variants in table.items():
        for variant, row in variants.items():
            measured = row.summary()
            cells = [f"{measured[m]['value']:.2f}" if m in measured else "–" for m in METRICS]
            sheet.add_row(f"{method} {variant}".strip(), *cells)
    output.print(sheet)


@app.command()
def results(
    into: Annotated[
        Path | None, typer.Option(help="Markdown file whose table is rewritten; default prints.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write the page of all methods, such as docs/results.md.")
    ] = None,
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Make the Markdown results from the metrics.json files: the studio's table, or the page."""
    if page is not None:
        write_page(checkpoints, page)
    if into is not None:
        rewrite(into, results_table(checkpoints))
    if page is None and into is None:
        typer.echo(results_table(checkpoints))


@app.command("lesson")
def lesson_command(
    out: Annotated[Path, typer.Option(help="The Markdown file to write.")],
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Write the lesson on temperature, with its numbers computed anew."""
    write_lesson(out, checkpoints)


@app.command("prior")
def prior_command(
    data: Annotated[list[Path], typer.Option(help="Photos; a train/ split is used.")],
    out: Annotated[Path, typer.Option(help="Where prior.json is written or added to.")] = SHIPPED,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "train",
    limit: Annotated[int, typer.Option(help="Count at most so many photos.")] = prior.PHOTOS,
) -> None:
    """Count how often each colour class occurs in photos, for the dashboard."""
    jobs = {folder.resolve().name: prior.choose(folder, split, limit) for folder in data}
    with _progress() as progress:
        for name, files in jobs.items():
            task = progress.add_task(f"counting {name}", total=len(files))
            entry = prior.count_photos(
                files, progress.console.print, lambda t=task: progress.advance(t)
            )
            path = prior.add_prior(out, name, entry)
    errors.print(f"written to {path}", markup=False)


@app.command("blend")
def blend_command(
    start: Annotated[Path, typer.Argument(help="Checkpoint folder that the other went on from.")],
    end: Annotated[Path, typer.Argument(help="Checkpoint folder of the other.")],
    share: Annotated[float, typer.Option(help="How much of the latter, 0 to 1.")],
    out: Annotated[Path, typer.Option(help="New folder for the network between both.")],
) -> None:
    """Take the mean of two networks, such as of a regression and the GAN that started from it."""
    errors.print(f"written to {blend(start, end, share, out)}", markup=False)


@app.command("export-cifar10")
def export_cifar10_command(
    root: Annotated[Path, typer.Argument(help="Folder that holds cifar-10-batches-py.")],
    out: Annotated[Path, typer.Argument(help="New folder for the pictures.")],
    download: Annotated[bool, typer.Option("--download", help="Fetch it first.")] = False,
) -> None:
    """Turn torchvision's CIFAR-10 into a folder of lossless PNG files to train on."""
    with _progress() as progress:
        task = progress.add_task("writing", total=60_000)
        count = export_cifar10(root, out, lambda: progress.advance(task), download)
    errors.print(f"{count} pictures written to {out}", markup=False)


@app.command("app")
def app_command(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 7860,
    photos: Annotated[
        Path | None, typer.Option(help="Folder of photos in colour for the quiz; default bundled.")
    ] = None,
) -> None:
    """Start the Gradio front end."""
    environment = {"GRADIO_SERVER_PORT": str(port)}
    if photos is not None:
        if not photos.is_dir():
            raise DataError(f"no folder {photos}; --photos needs one with photos in colour")
        environment["COLORIZE_PHOTOS"] = str(photos.resolve())
    batch.start_script("app.py", environment)


@app.command("dashboard")
def dashboard_command(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8501,
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Start the Streamlit dashboard."""
    folder = str(checkpoints.resolve())
    environment = {"STREAMLIT_SERVER_PORT": str(port), "COLORIZE_CHECKPOINTS": folder}
    batch.start_script("dashboard/__main__.py", environment)


if __name__ == "__main__":
    main()
