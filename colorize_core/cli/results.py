"""The command `colorize results`."""

from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import Checkpoints
from colorize_core.runs import SHIPPED


def results(
    into: Annotated[
        Path | None, typer.Option(help="Markdown file whose tables are rewritten; default prints.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write the page of all methods, such as docs/results.md.")
    ] = None,
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Make Markdown tables of what was measured: between the markers of a file, or the page."""
    from colorize_core.evaluation.page import write_page
    from colorize_core.evaluation.tables import results_table, rewrite

    if page is not None:
        write_page(checkpoints, page)
    if into is not None:
        rewrite(into, checkpoints)
    if page is None and into is None:
        typer.echo(results_table(checkpoints))
