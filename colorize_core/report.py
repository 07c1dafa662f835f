"""The results table in Markdown, made from the metrics.json files and nothing else."""

import json
from pathlib import Path
from typing import Any

from colorize_core.checkpoint import METRICS as METRICS_FILE
from colorize_core.checkpoint import list_checkpoints, write_atomically
from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.methods import METHODS
from colorize_core.metrics.table import METRICS

BEGIN = "<!-- results: written by `colorize results` -->"
END = "<!-- /results -->"


def read_metrics(root: Path) -> dict[str, dict[str, Any]]:
    """metrics.json of every method folder, in the order of the registry.

    Raises:
        CheckpointError: a damaged file, or none at all.
    """
    folders = list_checkpoints(root)
    reports = {}
    for name in METHODS:
        path = folders.get(name, root / name) / METRICS_FILE
        if not path.is_file():
            continue
        try:
            reports[name] = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            message = f"{path} is damaged ({error}); run colorize evaluate again"
            raise CheckpointError(message) from error
    if not reports:
        raise CheckpointError(f"no metrics below {root}; run colorize evaluate first")
    return reports


def results_table(root: Path) -> str:
    """A Markdown table: truth, plain grey, then every method and variant."""
    reports = read_metrics(root)
    first = next(iter(reports.values()))
    lines = [_heading(), "|---|" + "---:|" * len(METRICS)]
    lines += [_line("the originals", first["truth"]), _line("plain grey", first["grey"])]
    for name, report in reports.items():
        for variant, row in report["rows"].items():
            lines.append(_line(f"`{name}` {variant.replace('T=', 'T = ')}".strip(), row))
    return "\n".join([*lines, "", _caption(first)])


def _heading() -> str:
    arrows = {True: " ↑", False: " ↓", None: ""}
    titles = [
        f"{metric.title}{f', {metric.unit}' if metric.unit else ''}"
        f"{arrows[metric.higher_is_better]}"
        for metric in METRICS.values()
    ]
    return f"| | {' | '.join(titles)} |"


def _line(title: str, row: dict[str, dict[str, float]]) -> str:
    cells = []
    for name in METRICS:
        measured = row[name]
        half = (measured["high"] - measured["low"]) / 2
        cells.append(f"{measured['value']:.2f} ± {half:.2f}")
    return f"| {title} | {' | '.join(cells)} |"


def _caption(report: dict[str, Any]) -> str:
    data = ", ".join(f"{count} of {name}" for name, count in report["data"].items())
    return (
        f"{report['n']} test photos ({data}) that no method was trained on; ± is half of the "
        "95 % interval (bootstrap over pictures). ↑ more is better, ↓ less is better; "
        "colourfulness and chroma should come near the originals'."
    )


def rewrite(path: Path, table: str) -> None:
    """Put the table between the markers of a Markdown file.

    Raises:
        ConfigError: a file without the two markers.
    """
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ConfigError(f"{path} lacks the lines {BEGIN} and {END}")
    write_atomically(path, f"{before}{BEGIN}\n\n{table}\n\n{END}{after}".encode())
