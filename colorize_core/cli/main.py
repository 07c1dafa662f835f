"""The `colorize` command."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from colorize_core.cli.classifiers import classifier_photos, run_classifier_training
from colorize_core.cli.evaluate import run_evaluation
from colorize_core.cli.terminal import Checkpoints, errors, output, progress_bars
from colorize_core.cli.train import repeat_option, run_training
from colorize_core.data.cifar10 import export_cifar10
from colorize_core.errors import ColorizeError, DataError
from colorize_core.evaluation import class_prior
from colorize_core.evaluation.lesson import write_lesson
from colorize_core.evaluation.page import write_page
from colorize_core.evaluation.tables import results_table, rewrite
from colorize_core.inference import batch
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.methods import METHODS
from colorize_core.methods.blend import blend
from colorize_core.runs import SHIPPED, WEIGHTS, list_runs

app = typer.Typer(
    help="Colorize grey photos; compare and train colorization methods.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("train")(run_training)
app.command("train-classifier")(run_classifier_training)
app.command("classifier")(classifier_photos)
app.command("evaluate")(run_evaluation)

Temperature = Annotated[
    float | None, typer.Option(help="0 (vivid) … 1 (calm), for classification; default 0.38.")
]


def main() -> None:
    """Run the command line; expected errors become one sentence and exit code 1."""
    try:
        app(repeat_option(sys.argv[1:]))
    except ColorizeError as error:
        errors.print(f"error: {error}", markup=False)
        sys.exit(1)


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
    errors.print(f"{done} done, {failed} failed; written to {out}", markup=False)
    if failed:
        raise typer.Exit(1)


@app.command()
def methods(checkpoints: Checkpoints = SHIPPED) -> None:
    """List the methods: name, idea, paper, parameters, size on disk."""
    shipped = list_runs(checkpoints)
    table = Table("Name", "Idea", "Paper", show_lines=True)
    table.add_column("Parameters", justify="right")
    table.add_column("On disk", justify="right")
    for name, entry in METHODS.items():
        parameters = sum(p.numel() for p in entry.build(entry.config).parameters())
        path = shipped.get(name, Path()) / WEIGHTS
        size = f"{path.stat().st_size / 1e6:.1f} MB" if path.is_file() else "not trained"
        table.add_row(name, entry.idea, entry.paper, f"{parameters / 1e6:.2f} M", size)
    output.print(table)


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
    limit: Annotated[int, typer.Option(help="Count at most so many photos.")] = class_prior.PHOTOS,
) -> None:
    """Count how often each colour class occurs in photos, for the dashboard."""
    jobs = {folder.resolve().name: class_prior.choose(folder, split, limit) for folder in data}
    with progress_bars() as progress:
        for name, files in jobs.items():
            task = progress.add_task(f"counting {name}", total=len(files))
            entry = class_prior.count_photos(
                files, progress.console.print, lambda t=task: progress.advance(t)
            )
            path = class_prior.add_prior(out, name, entry)
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
    with progress_bars() as progress:
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
