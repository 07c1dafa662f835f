"""The command `colorize evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import Checkpoints, errors
from colorize_core.errors import ConfigError
from colorize_core.runs import SHIPPED


def evaluate(
    names: Annotated[list[str] | None, typer.Argument(help="Methods; default all trained.")] = None,
    data: Annotated[list[Path] | None, typer.Option(help="Photos; a test/ split is used.")] = None,
    out: Annotated[Path, typer.Option(help="Where <method>/metrics.json go.")] = SHIPPED,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    limit: Annotated[int | None, typer.Option(min=1, help="Use at most so many photos.")] = None,
    classifier: Annotated[
        str | None,
        typer.Option(help="Who names the photos, or none; default by the folders' names."),
    ] = None,
    classifier_weights: Annotated[
        Path | None,
        typer.Option(
            help="An evaluation classifier folder, or VGG-16's weights file, for --classifier."
        ),
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
    from colorize_core.cli import measure
    from colorize_core.evaluation.evaluate import collect, load_methods
    from colorize_core.evaluation.panels import choose_jury

    files = collect(data or [], split, limit)
    if compare is not None and (names or sweep):
        raise ConfigError("--compare takes two folders; leave method names and --sweep out")
    colorizers = [] if compare is not None else load_methods(names or [], checkpoints)
    jury = choose_jury(
        files, classifier, classifier_weights, lambda text: errors.print(text, markup=False)
    )
    if compare is not None:
        measure.compare(compare, files, jury)
    elif sweep:
        measure.sweep(colorizers, files, out, jury)
    else:
        measure.measure(colorizers, files, out, jury)
