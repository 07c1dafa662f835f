"""The command `colorize export-cifar10`."""

from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import progress_bars, report


def export_cifar10(
    root: Annotated[Path, typer.Argument(help="Folder that holds cifar-10-batches-py.")],
    out: Annotated[Path, typer.Argument(help="New folder for the pictures.")],
    download: Annotated[bool, typer.Option("--download", help="Fetch it first.")] = False,
) -> None:
    """Turn torchvision's CIFAR-10 into a folder of lossless PNG files to train on."""
    from colorize_core.data import cifar10
    from colorize_core.files import check_writable

    check_writable(out.parent)
    with progress_bars() as progress:
        task = progress.add_task("writing", total=cifar10.PICTURES)
        count = cifar10.export(root, out, lambda: progress.advance(task), download)
    report(f"{count} pictures written to {out}")
