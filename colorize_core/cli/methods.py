"""The command `colorize methods`."""

from pathlib import Path

from rich.table import Table

from colorize_core.cli.terminal import Checkpoints, stdout
from colorize_core.methods import METHODS
from colorize_core.runs import SHIPPED, WEIGHTS, count_parameters, list_runs


def methods(checkpoints: Checkpoints = SHIPPED) -> None:
    """List the methods: name, idea, paper, parameters, size on disk."""
    runs = list_runs(checkpoints)
    table = Table("Name", "Idea", "Paper", show_lines=True)
    table.add_column("Parameters", justify="right")
    table.add_column("On disk", justify="right")
    for name, method in METHODS.items():
        size = _size(runs[name]) if name in runs else ("–", "not trained")
        table.add_row(name, method.idea, method.paper, *size)
    stdout.print(table)


def _size(run: Path) -> tuple[str, str]:
    """A run's parameters and bytes, to be read."""
    count = count_parameters(run)
    if count is None:
        return "–", "unreadable"
    return f"{count / 1e6:.2f} M", f"{(run / WEIGHTS).stat().st_size / 1e6:.1f} MB"
