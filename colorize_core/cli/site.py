"""The commands `colorize site` and `colorize publish`: the page without a server."""

import importlib
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from colorize_core.cli.terminal import Checkpoints, report
from colorize_core.errors import ColorizeError, SiteError
from colorize_core.runs import SHIPPED


def site(
    out: Annotated[Path, typer.Option(help="Folder to write; one written before is replaced.")],
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Write the studio as a static folder that runs in the browser; needs Node once, for npm."""
    sizes = _front_end("build").build_site(out, checkpoints)
    report(f"{_total(sizes)} written to {out}; try: python -m http.server -d {out}")


def publish(
    space: Annotated[str, typer.Argument(metavar="USER/SPACE", help="The Space of Hugging Face.")],
    static: Annotated[
        bool, typer.Option("--static", help="The studio in the browser, as `colorize site` has it.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list the files; needs no token.")
    ] = False,
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Make or update a Space with the studio."""
    if not static:
        raise SiteError("say --static: only the studio in the browser can be published so far")
    hub = _front_end("space")
    hub.check_name(space)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "site")
        sizes = _front_end("build").build_site(folder, checkpoints)
        if dry_run:
            for name, size in sizes.items():
                print(f"{size:>10,}  {name}")
            print(f"{_total(sizes)} would be written to {space}")
        else:
            report(f"{_total(sizes)} written to {hub.upload(folder, space)}")


def _total(sizes: dict[str, int]) -> str:
    return f"{len(sizes)} files, {sum(sizes.values()) / 1e6:.1f} MB,"


def _front_end(name: str) -> ModuleType:
    """A part of the page, looked for only when its command is called.

    Raises:
        ColorizeError: the package was installed without its front ends.
    """
    try:
        return importlib.import_module(f"webpage.publish.{name}")
    except ModuleNotFoundError as error:
        if error.name not in ("webpage", "webpage.publish"):
            raise
        raise ColorizeError(
            "webpage/ is not installed; clone the repository and pip install -e ."
        ) from error
