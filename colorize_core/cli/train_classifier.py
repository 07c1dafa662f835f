"""The command `colorize train-classifier`."""

from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import Device, printable, stoppable


def train_classifier(
    name: Annotated[str, typer.Argument(help="cifar10 or imagenette.")],
    data: Annotated[
        Path, typer.Option(help="Folder of class folders, or of train/, val/ and test/ with them.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Where to write; default runs/classifiers/NAME.")
    ] = None,
    epochs: Annotated[float | None, typer.Option(help="Passes over the training photos.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Length of the run in minutes.")] = None,
    device: Device = "auto",
    precision: Annotated[
        str, typer.Option(help="fp32, bf16, or auto: bf16 where the device is faster with it.")
    ] = "auto",
    seed: Annotated[int, typer.Option(help="Same seed, same CPU: same result.")] = 0,
    encoder_weights: Annotated[
        str, typer.Option(help="imagenet (downloads), none, or a safetensors file.")
    ] = "imagenet",
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run in --out.")] = False,
    limit: Annotated[int | None, typer.Option(help="Use at most so many photos.")] = None,
) -> None:
    """Train an evaluation classifier and measure it on true and on grey test photos."""
    from colorize_core.evaluation.classifiers import get_classifier
    from colorize_core.training import classifier
    from colorize_core.training.options import TrainingOptions

    options = TrainingOptions(
        data=(data,),
        out=out or Path("runs") / "classifiers" / name,
        epochs=10 if epochs is None and minutes is None else epochs,
        minutes=minutes,
        device=device,
        precision=precision,
        seed=seed,
        encoder_weights=encoder_weights,
        resume=resume,
        limit=limit,
    )
    with stoppable(options.out):
        folder = classifier.train_classifier(get_classifier(name), options)
    typer.echo(printable(f"written to {folder}"))
