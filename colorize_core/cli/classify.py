"""The command `colorize classify`."""

import functools
from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import Checkpoints, Device, cell, report, stdout
from colorize_core.runs import SHIPPED

EVERYDAY = "imagenette"
"""Names photos from folders that no evaluation classifier knows."""


def classify(
    photos: Annotated[list[Path], typer.Argument(help="Photos in colour.")],
    method: Annotated[
        list[str] | None, typer.Option(help="Methods to try; default classification.")
    ] = None,
    classifier: Annotated[
        str | None, typer.Option(help="cifar10, imagenette or vgg16; default by folder.")
    ] = None,
    classifier_weights: Annotated[
        Path | None, typer.Option(help="A classifier's folder, or VGG-16's weights file.")
    ] = None,
    checkpoints: Checkpoints = SHIPPED,
    device: Device = "auto",
) -> None:
    """Say what a classifier takes photos for: the original, colorized at each T, and grey."""
    from rich.table import Table

    from colorize_core.errors import PhotoError
    from colorize_core.evaluation.classifiers import load_classifier
    from colorize_core.evaluation.confidences import confidences
    from colorize_core.image.sandbox import read_untrusted
    from colorize_core.inference.colorizer import load_colorizer
    from colorize_core.inference.devices import pick_device

    pictures = []
    for path in photos:
        try:
            reading = read_untrusted(path)
        except PhotoError as error:
            report(f"error: {error}")
            continue
        pictures.append((path, reading.picture))
        for note in reading.notes:
            report(note)
    chosen, where = method or ["classification"], pick_device(device)
    colorizers = [load_colorizer(name, checkpoints / name, where) for name in chosen]
    load = functools.cache(lambda name: load_classifier(name, classifier_weights, where))
    table = Table("Photo", "Picture", "Top class")
    for title in ("Confidence", "In the true class"):
        table.add_column(title, justify="right")
    for path, picture in pictures:
        label = path.absolute().parent.name
        loaded = load(classifier or _who_knows(label))
        for found in confidences(picture, colorizers, loaded, label):
            of_true = "–" if found.of_true is None else f"{found.of_true:.4f}"
            table.add_row(cell(path.name), found.picture, found.top, f"{found.of_top:.4f}", of_true)
        table.add_section()
    if pictures:
        stdout.print(table)
    if len(pictures) < len(photos):
        raise typer.Exit(1)


def _who_knows(label: str) -> str:
    from colorize_core.evaluation.classifiers import CLASSIFIERS

    return next((name for name, found in CLASSIFIERS.items() if label in found.labels), EVERYDAY)
