"""The command `colorize evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import Checkpoints, Device, report
from colorize_core.data.folders import SPLITS
from colorize_core.errors import ConfigError
from colorize_core.runs import SHIPPED


def evaluate(
    names: Annotated[list[str] | None, typer.Argument(help="Methods; default all trained.")] = None,
    data: Annotated[list[Path] | None, typer.Option(help="Photos; a test/ split is used.")] = None,
    out: Annotated[Path, typer.Option(help="Where <method>/metrics.json go.")] = SHIPPED,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    elsewhere: Annotated[
        Path | None,
        typer.Option(help="Photos from sources that no training photo comes from."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Use at most so many photos.")] = None,
    classifier: Annotated[
        str | None,
        typer.Option(help="Who names the photos, or none; default by the folders' names."),
    ] = None,
    classifier_weights: Annotated[
        Path | None,
        typer.Option(help="A classifier's folder, or VGG-16's weights file, for --classifier."),
    ] = None,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Measure classifiers over T instead: sweep.json.")
    ] = False,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(help="Two method folders, old and new: print which is better at what."),
    ] = None,
    checkpoints: Checkpoints = SHIPPED,
    device: Device = "auto",
) -> None:
    """Measure methods on photos, write metrics.json and print the table."""
    from colorize_core.cli import measure
    from colorize_core.evaluation.evaluate import collect, split_of
    from colorize_core.evaluation.panel import choose_panel
    from colorize_core.files import check_writable
    from colorize_core.inference.devices import pick_device

    if compare is not None and (names or sweep):
        raise ConfigError("--compare takes two folders; leave method names and --sweep out")
    if elsewhere is not None and (sweep or compare is not None):
        raise ConfigError("--elsewhere adds to metrics.json; leave --sweep and --compare out")
    if split not in SPLITS:
        raise ConfigError(f"--split must be one of {', '.join(SPLITS)}, got {split!r}")
    if compare is None:
        check_writable(out)
    files = collect(data or [], split, limit)
    split = split_of(data or [], split)
    others = collect([elsewhere], "test", limit) if elsewhere else []
    where = pick_device(device)
    colorizers = (
        [] if compare is not None else measure.load_methods(names or [], checkpoints, where, report)
    )
    panel = choose_panel(
        [*files, *others],
        classifier,
        classifier_weights,
        where,
        report,
    )
    if compare is not None:
        measure.compare(compare, files, panel, where)
    elif sweep:
        measure.sweep(colorizers, files, split, out, panel)
    else:
        measure.measure(colorizers, files, split, others, out, panel)
