"""The command `colorize export`."""

from pathlib import Path
from typing import Annotated

import typer

from colorize_core.cli.terminal import Checkpoints, report
from colorize_core.errors import ConfigError
from colorize_core.runs import SHIPPED


def export(
    name: Annotated[str, typer.Argument(help="A method's name.")],
    onnx: Annotated[Path, typer.Option("--onnx", help="The file to write, such as net.onnx.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    checkpoints: Checkpoints = SHIPPED,
) -> None:
    """Write a method's network as ONNX, for browsers and other runtimes; it describes itself."""
    from colorize_core.export.onnx import export_onnx
    from colorize_core.files import check_writable, write_atomically
    from colorize_core.methods import get_method
    from colorize_core.methods.checkpoint import read_checkpoint

    get_method(name)
    if onnx.is_dir():
        raise ConfigError(f"{onnx} is a folder; name a file, such as {onnx / name}.onnx")
    if onnx.exists() and not force:
        raise ConfigError(f"{onnx} already exists; choose another name or pass --force")
    if not onnx.parent.is_dir():
        raise ConfigError(f"there is no folder {onnx.parent}; make it first")
    check_writable(onnx.parent)
    content = export_onnx(read_checkpoint(checkpoints / name))
    write_atomically(onnx, content, overwrite=force)
    report(f"{len(content) / 1e6:.1f} MB written to {onnx}")
