"""The commands around evaluation classifiers: `colorize classify` and `colorize train-classifier`."""

import logging
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from colorize_core.evaluation.classifiers import CLASSIFIERS, get_classifier, load_classifier
from colorize_core.evaluation.opinions import opinions
from colorize_core.image.read import load_image
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.runs import SHIPPED
from colorize_core.training.classifier import ClassifierOptions, train_classifier

EVERYDAY = "imagenette"
"""Names photos from folders that no evaluation classifier knows."""


def classifier_photos(
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
    checkpoints: Annotated[Path, typer.Option(help="Folder with one folder per method.")] = SHIPPED,
) -> None:
    """Say what an evaluation classifier takes photos for: the original, colorized at each T, and grey."""
    pictures = [(path, load_image(path)) for path in photos]
    colorizers = [load_colorizer(name, checkpoints / name) for name in method or ["classification"]]
    table = Table("Photo", "Picture", "Top class")
    for title in ("Confidence", "In the true class"):
        table.add_column(title, justify="right")
    for path, picture in pictures:
        label = path.absolute().parent.name
        loaded = load_classifier(classifier or _classifier_for(label), classifier_weights)
        for opinion in opinions(picture, colorizers, loaded, label):
            shown = [f"{opinion.probability:.4f}", "–"]
            if opinion.true_probability is not None:
                shown[1] = f"{opinion.true_probability:.4f}"
            table.add_row(path.name, opinion.picture, opinion.name, *shown)
        table.add_section()
    Console(highlight=False).print(table)


def _classifier_for(label: str) -> str:
    return next(
        (name for name, classifier in CLASSIFIERS.items() if label in classifier.labels), EVERYDAY
    )


def run_classifier_training(
    name: Annotated[str, typer.Argument(help="cifar10 or imagenette.")],
    data: Annotated[
        Path, typer.Option(help="Folder of class folders, or of train/, val/ and test/ with them.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Where to write; default runs/evaluation classifiers/NAME.")
    ] = None,
    epochs: Annotated[float | None, typer.Option(help="Passes over the training photos.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Length of the run in minutes.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    precision: Annotated[
        str, typer.Option(help="fp32, bf16, or auto: bf16 where the device is faster with it.")
    ] = "auto",
    seed: Annotated[int, typer.Option(help="Same seed, same CPU: same result.")] = 0,
    encoder_weights: Annotated[
        str, typer.Option(help="imagenet (downloads), none, or a safetensors file.")
    ] = "imagenet",
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run in --out.")] = False,
    limit: Annotated[int | None, typer.Option(help="Use at most so many photos.")] = None,
    widths: Annotated[
        tuple[int, int, int] | None, typer.Option(help="Channels of the stages of cifar10's.")
    ] = None,
    grey: Annotated[
        bool,
        typer.Option(
            "--grey", help="Learn from grey photos: a reader, not an evaluation classifier."
        ),
    ] = False,
) -> None:
    """Train an evaluation classifier and measure it on true and on grey test photos."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    signal.signal(signal.SIGTERM, _stop)
    options = ClassifierOptions(
        data=data,
        out=out or Path("runs") / "classifiers" / name,
        epochs=10 if epochs is None and minutes is None else epochs,
        minutes=minutes,
        device=device,
        precision=precision,
        seed=seed,
        encoder_weights=encoder_weights,
        resume=resume,
        limit=limit,
        widths=widths,
        grey=grey,
    )
    try:
        folder = train_classifier(get_classifier(name), options)
    except KeyboardInterrupt as error:
        typer.echo("stopped; continue with the same command and --resume", err=True)
        raise typer.Exit(130) from error
    typer.echo(f"written to {folder}")


def _stop(signum: int, frame: object) -> NoReturn:
    # The last epoch's state is on disk already; what came after it is repeated by --resume.
    raise KeyboardInterrupt
