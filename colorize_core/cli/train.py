"""The command `colorize train`."""

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import Device, printable, stoppable
from colorize_core.cli.train_all import print_status, train_all
from colorize_core.errors import ConfigError
from colorize_core.methods import Method, get_method
from colorize_core.methods.config import MethodConfig
from colorize_core.training.options import TrainingOptions

ALL = "all"
OF_QUEUE = ("plan", "jobs", "status")
OF_BOTH = ("name", "data", "out", "device", "precision")
HELP = "Repeat for several folders; a train/ and val/ split is used where present."


def train(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A method, or all: a queue of runs, by a plan.")],
    data: Annotated[
        list[Path] | None,
        typer.Option(help=f"A folder of images. {HELP} all: the folder that holds the data sets."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to write; default runs/<method>; all: runs.")
    ] = None,
    epochs: Annotated[float | None, typer.Option(help="Passes over the training photos.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Length of the run in minutes.")] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Pictures in a step; default, as for the next: by method.")
    ] = None,
    crop: Annotated[int | None, typer.Option(help="Side of training crops, pixels.")] = None,
    store_side: Annotated[int | None, typer.Option(help="Short side of photos in memory.")] = None,
    lr: Annotated[float | None, typer.Option(help="Peak learning rate.")] = None,
    trunk_lr: Annotated[float, typer.Option(help="The trunk's rate, as a share of --lr.")] = 0.15,
    device: Device = "auto",
    precision: Annotated[
        str, typer.Option(help="fp32, bf16, or auto: bf16 where the device is faster with it.")
    ] = "auto",
    seed: Annotated[int, typer.Option(help="Same seed, same CPU: same result.")] = 0,
    encoder_weights: Annotated[
        str, typer.Option(help="imagenet (downloads; @REVISION), none, or a file of timm's names.")
    ] = "imagenet",
    init: Annotated[
        Path | None, typer.Option(help="Checkpoint to start from; gan: regression.")
    ] = None,
    degradation: Annotated[
        float, typer.Option(help="Share of crops made to look old, 0 to 1.")
    ] = 0.0,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run in --out.")] = False,
    evaluate_every: Annotated[int, typer.Option(help="Images between evaluations.")] = 10_000,
    limit: Annotated[int | None, typer.Option(help="Use at most so many photos.")] = None,
    config: Annotated[
        list[str] | None, typer.Option("--set", help="A configuration field, as name=value.")
    ] = None,
    plan: Annotated[
        Path | None, typer.Option(help="all: a TOML file that names the runs; default our own.")
    ] = None,
    jobs: Annotated[int, typer.Option(help="all: runs at a time on the CPU.")] = 1,
    status: Annotated[
        bool, typer.Option("--status", help="all: show how far it is in --out, start nothing.")
    ] = False,
) -> None:
    """Train one method, or all runs of a plan; write checkpoint, history and resume state."""
    _check_options(context, name == ALL)
    if name == ALL:
        folder = out or Path("runs")
        if status:
            print_status(folder)
        else:
            train_all(data or [], folder, plan, jobs, device, precision)
        return
    from colorize_core.training import engine

    method = get_method(name)
    options = TrainingOptions(
        data=tuple(data or ()),
        out=out or Path("runs") / name,
        epochs=10 if epochs is None and minutes is None else epochs,
        minutes=minutes,
        batch_size=batch_size,
        crop=crop,
        store_side=store_side,
        lr=lr,
        trunk_lr=trunk_lr,
        device=device,
        precision=precision,
        seed=seed,
        encoder_weights=encoder_weights,
        init=init,
        degradation=degradation,
        resume=resume,
        evaluate_every=evaluate_every,
        limit=limit,
    )
    with stoppable(options.out):
        folder = engine.train(method, parse_config(method, config or []), options)
    typer.echo(printable(f"written to {folder}"))


def _check_options(context: typer.Context, every: bool) -> None:
    """Refuse options that belong to the other of the two: one run, or a queue."""
    given = [
        name for name in context.params if context.get_parameter_source(name).name == "COMMANDLINE"
    ]
    for name in given:
        option = "--set" if name == "config" else "--" + name.replace("_", "-")
        if every and name not in {*OF_BOTH, *OF_QUEUE}:
            raise ConfigError(f"{option} is for a single run; for all, write it into the --plan")
        if not every and name in OF_QUEUE:
            raise ConfigError(f"{option} is for `colorize train all`, not for a single method")


def parse_config(method: Method, assignments: list[str]) -> MethodConfig:
    """Configuration of a method with `name=value` changes.

    Raises:
        ConfigError: an assignment without =, an unknown field, or an impossible value.
    """
    fields = {field.name: field.type for field in dataclasses.fields(method.config)}
    values = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise ConfigError(f"--set needs name=value, got {assignment!r}")
        if name not in fields:
            known = ", ".join(fields)
            raise ConfigError(f"{method.name} has no field {name!r}; its fields: {known}")
        try:
            values[name] = _TRUTH[text.lower()] if fields[name] is bool else fields[name](text)
        except (ValueError, KeyError) as error:
            raise ConfigError(f"{name} needs a {fields[name].__name__}, got {text!r}") from error
    return method.configure(**values)


_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
