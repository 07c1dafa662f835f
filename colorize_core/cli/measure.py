"""What `colorize evaluate` does: measure methods, compare two, sweep the temperature."""

import functools
from collections.abc import Callable
from pathlib import Path

from rich.progress import Progress
from rich.table import Table

from colorize_core.cli.terminal import errors, output, progress_bars
from colorize_core.data.folders import PhotoFile
from colorize_core.errors import ConfigError
from colorize_core.evaluation.evaluate import (
    Results,
    evaluate,
    evaluate_by_data,
    merge,
    method_report,
    write_report,
)
from colorize_core.evaluation.paired_comparison import compare as compare_tables
from colorize_core.evaluation.panels import Jury
from colorize_core.evaluation.temperature_sweep import sweep as sweep_temperature
from colorize_core.evaluation.temperature_sweep import write_sweep
from colorize_core.inference.colorizer import Colorizer, load_colorizer
from colorize_core.methods.checkpoint import read_checkpoint
from colorize_core.metrics.table import METRICS


def measure(colorizers: list[Colorizer], files: list[PhotoFile], out: Path, jury: Jury) -> None:
    """Measure methods on photos; write `<method>/metrics.json` below `out`, print the table."""
    with progress_bars() as progress:
        task = progress.add_task("measuring", total=len(files))
        parts = evaluate_by_data(
            colorizers, files, _report_to(progress), lambda: progress.advance(task), jury
        )
    for colorizer in colorizers:
        report = method_report(colorizer, parts, files)
        write_report(out / colorizer.method.name, report)
    _print_table(merge(parts.values()))


def compare(folders: tuple[Path, Path], files: list[PhotoFile], jury: Jury) -> None:
    """Measure two checkpoints on the same photos and print which is better at what."""
    colorizers = [load_colorizer(read_checkpoint(f).method.name, f) for f in folders]
    tables = []
    with progress_bars() as progress:
        for folder, colorizer in zip(folders, colorizers, strict=True):
            task = progress.add_task(f"measuring {folder}", total=len(files))
            step = functools.partial(progress.advance, task)
            tables.append(evaluate([colorizer], files, _report_to(progress), step, jury))
    old, new = folders
    count = len(tables[0]["truth"][""])
    sheet = Table("", "Measure", caption=f"{count} photos; 95 % bootstrap interval, paired")
    for title in (f"old: {old}", f"new: {new}", "new - old", "interval"):
        sheet.add_column(title, justify="right")
    sheet.add_column("Verdict")
    for found in compare_tables(*tables):
        sheet.add_row(
            found.variant,
            f"{found.metric.title} {found.metric.unit}".strip(),
            f"{found.old:.3f}",
            f"{found.new:.3f}",
            f"{found.new - found.old:+.3f}",
            f"{found.low:+.3f} … {found.high:+.3f}",
            found.verdict,
        )
    output.print(sheet)


def _report_to(progress: Progress) -> Callable[[str], None]:
    return lambda text: progress.console.print(text, markup=False)


def sweep(colorizers: list[Colorizer], files: list[PhotoFile], out: Path, jury: Jury) -> None:
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
            report = sweep_temperature(
                colorizer,
                files,
                _report_to(progress),
                lambda t=task: progress.advance(t),
                jury=jury,
            )
            write_sweep(out / name, report)
    errors.print(f"sweep.json of {len(classifiers)} written below {out}", markup=False)


def _print_table(table: Results) -> None:
    sheet = Table(caption="95 % intervals stand in metrics.json")
    sheet.add_column("Method", no_wrap=True)
    for metric in METRICS.values():
        sheet.add_column(f"{metric.title} {metric.unit}".strip(), justify="right")
    for method, variants in table.items():
        for variant, row in variants.items():
            measured = row.summary()
            cells = [f"{measured[m]['value']:.2f}" if m in measured else "–" for m in METRICS]
            sheet.add_row(f"{method} {variant}".strip(), *cells)
    output.print(sheet)
