"""What `colorize evaluate` does: measure methods, compare two, sweep the temperature."""

import functools
from collections.abc import Callable
from pathlib import Path

import torch
from rich.progress import Progress
from rich.table import Table

from colorize_core.cli.terminal import progress_bars, stderr, stdout
from colorize_core.data.folders import PhotoFile
from colorize_core.errors import ConfigError
from colorize_core.evaluation import paired_comparison, temperature_sweep
from colorize_core.evaluation.evaluate import Results, evaluate, method_metrics
from colorize_core.evaluation.panel import Panel
from colorize_core.files import write_json
from colorize_core.inference.colorizer import Colorizer, load_colorizer
from colorize_core.methods.checkpoint import read_checkpoint
from colorize_core.metrics.table import METRICS
from colorize_core.runs import METRICS_FILE


def measure(
    colorizers: list[Colorizer],
    files: list[PhotoFile],
    split: str,
    elsewhere: list[PhotoFile],
    out: Path,
    panel: Panel,
) -> None:
    """Measure methods on photos; write `<method>/metrics.json` below `out`, print the table."""
    with progress_bars() as progress:
        task = progress.add_task("measuring", total=len(files) + len(elsewhere))
        found = [
            evaluate(colorizers, part, _warn_on(progress), lambda: progress.advance(task), panel)
            for part in (files, elsewhere)
            if part
        ]
    for colorizer in colorizers:
        folder = out / colorizer.method.name
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / METRICS_FILE, method_metrics(colorizer, split, *found))
    for title, results in zip(("photos", "photos from elsewhere"), found, strict=False):
        _print_table(f"{len(results.photos):,} {title}", results)


def compare(
    folders: tuple[Path, Path], files: list[PhotoFile], panel: Panel, device: torch.device
) -> None:
    """Measure two checkpoints on the same photos and print which is better at what."""
    colorizers = [load_colorizer(read_checkpoint(f).method.name, f, device) for f in folders]
    found = []
    with progress_bars() as progress:
        for folder, colorizer in zip(folders, colorizers, strict=True):
            task = progress.add_task(f"measuring {folder}", total=len(files))
            step = functools.partial(progress.advance, task)
            found.append(evaluate([colorizer], files, _warn_on(progress), step, panel))
    old, new = folders
    count = len(found[0].photos)
    sheet = Table("", "Metric", caption=f"{count} photos; 95 % bootstrap interval, paired")
    for title in (f"old: {old}", f"new: {new}", "new - old", "interval"):
        sheet.add_column(title, justify="right")
    sheet.add_column("Verdict")
    for row in paired_comparison.compare(*found):
        sheet.add_row(
            row.variant,
            row.metric.heading,
            f"{row.old:.3f}",
            f"{row.new:.3f}",
            f"{row.new - row.old:+.3f}",
            f"{row.low:+.3f} … {row.high:+.3f}",
            row.verdict,
        )
    stdout.print(sheet)


def _warn_on(progress: Progress) -> Callable[[str], None]:
    return lambda text: progress.console.print(text, markup=False)


def sweep(
    colorizers: list[Colorizer], files: list[PhotoFile], split: str, out: Path, panel: Panel
) -> None:
    """Measure methods at every temperature; write `<method>/sweep.json` below `out`.

    Raises:
        ConfigError: no method with a temperature among them.
    """
    classifiers = [colorizer for colorizer in colorizers if colorizer.method.has_temperature]
    if not classifiers:
        raise ConfigError("--sweep needs a method with a temperature; none was chosen")
    with progress_bars() as progress:
        for colorizer in classifiers:
            name = colorizer.method.name
            task = progress.add_task(f"sweeping T of {name}", total=len(files))
            content = temperature_sweep.sweep(
                colorizer,
                files,
                split,
                _warn_on(progress),
                lambda t=task: progress.advance(t),
                panel=panel,
            )
            temperature_sweep.write_sweep(out / name, content)
    stderr.print(f"sweep.json of {len(classifiers)} written below {out}", markup=False)


def _print_table(title: str, results: Results) -> None:
    sheet = Table(title=title, caption="95 % intervals stand in metrics.json")
    sheet.add_column("Method", no_wrap=True)
    for metric in METRICS.values():
        sheet.add_column(metric.heading, justify="right")
    for method, variants in results.rows.items():
        for variant, row in variants.items():
            found = row.summary()
            cells = [f"{found[m]['value']:.2f}" if m in found else "–" for m in METRICS]
            sheet.add_row(f"{method} {variant}".strip(), *cells)
    stdout.print(sheet)
