"""The command `colorize blend`."""

from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import report


def blend(
    start: Annotated[Path, typer.Argument(help="Checkpoint folder that the other went on from.")],
    end: Annotated[Path, typer.Argument(help="Checkpoint folder of the other.")],
    share: Annotated[float, typer.Option(help="How much of the latter, 0 to 1.")],
    out: Annotated[Path, typer.Option(help="New folder for the network between both.")],
) -> None:
    """Take the mean of two networks, such as of a regression and the GAN that started from it."""
    from colorize_core.files import check_writable
    from colorize_core.methods.blend import blend as blend_networks

    check_writable(out)
    report(f"written to {blend_networks(start, end, share, out)}")
