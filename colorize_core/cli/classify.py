"""The command `colorize classify`."""

from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import Checkpoints, output
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
        Path | None, typer.Option(help="An evaluation classifier folder, or VGG-16's weights file.")
    ] = None,
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Say what a classifier takes photos for: the original, colorized at each T, and grey."""
    from rich.table import Table

    from colorize_core.evaluation import classifiers
    from colorize_core.evaluation.opinions import opinions
    from colorize_core.image.read import load_image
    from colorize_core.inference.colorizer import load_colorizer

    pictures = [(path, load_image(path)) for path in photos]
    colorizers = [load_colorizer(name, checkpoints / name) for name in method or ["classification"]]
    table = Table("Photo", "Picture", "Top class")
    for title in ("Confidence", "In the true class"):
        table.add_column(title, justify="right")
    for path, picture in pictures:
        label = path.absolute().parent.name
        loaded = classifiers.load_classifier(classifier or _who_knows(label), classifier_weights)
        for opinion in opinions(picture, colorizers, loaded, label):
            true = opinion.true_probability
            shown = "–" if true is None else f"{true:.4f}"
            table.add_row(
                path.name, opinion.picture, opinion.name, f"{opinion.probability:.4f}", shown
            )
        table.add_section()
    output.print(table)


def _who_knows(label: str) -> str:
    from colorize_core.evaluation.classifiers import CLASSIFIERS

    return next((name for name, found in CLASSIFIERS.items() if label in found.labels), EVERYDAY)
