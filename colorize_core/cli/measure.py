"""What `colorize evaluate` does: measure methods, compare two, sweep the temperature."""

import functools
import shutil
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from rich.table import Table

from colorize_core.cli.terminal import cell, printable, progress_bars, report, stdout
from colorize_core.data.folders import PhotoFile
from colorize_core.errors import CheckpointError, ColorizeError, ConfigError, StorageError
from colorize_core.evaluation import paired_comparison, temperature_sweep
from colorize_core.evaluation.evaluate import Results, evaluate, method_metrics
from colorize_core.evaluation.hint_curve import measure_hints
from colorize_core.evaluation.panel import Panel
from colorize_core.files import make_folder, write_json
from colorize_core.inference.colorizer import Colorizer, load_colorizer
from colorize_core.methods import METHODS, get_method
from colorize_core.methods.checkpoint import read_checkpoint
from colorize_core.metrics.table import METRICS
from colorize_core.runs import METRICS_FILE, list_runs


def load_methods(
    names: list[str],
    checkpoints: Path,
    device: torch.device,
    warn: Callable[[str], None],
) -> list[Colorizer]:
    """Load methods by name; no name takes every trained one.

    Args:
        names: of methods.
        checkpoints: holds a folder for each.
        device: where they run.
        warn: called with a line for each that was not named and whose folder is damaged.

    Raises:
        UnknownMethodError: no such method.
        CheckpointError: a named method that is not trained or damaged, or no sound one at all.
    """
    trained = list_runs(checkpoints)
    there = ", ".join(name for name in METHODS if name in trained) or "none yet"
    if not names and not trained:
        raise CheckpointError(f"no trained method below {checkpoints}; run colorize train first")
    for name in names:
        if get_method(name).name not in trained:
            raise CheckpointError(
                f"{name} is not trained: {checkpoints / name} holds no checkpoint; run "
                f"colorize train {name}, or choose from: {there}"
            )
    if names:
        return [load_colorizer(name, checkpoints / name, device) for name in names]
    found = []
    for name in trained:
        try:
            found.append(load_colorizer(name, checkpoints / name, device))
        except ColorizeError as error:
            warn(f"left out: {error}")
    if not found:
        raise CheckpointError(f"no method below {checkpoints} can be loaded; restore or train one")
    return found


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
        found = {
            title: evaluate(colorizers, part, report, lambda: progress.advance(task), panel)
            for title, part in (("photos", files), ("photos from elsewhere", elsewhere))
            if part
        }
    for title, results in found.items():
        _print_table(f"{len(results.photos):,} {title}", results)

    measured = {c.method.name: method_metrics(c, split, *found.values()) for c in colorizers}
    for colorizer in colorizers:
        if colorizer.config.hints:
            hints = measure_hints(colorizer, files, report)
            measured[colorizer.method.name]["hints"] = hints

    def write(folder: Path, content: dict[str, Any]) -> None:
        make_folder(folder)
        write_json(folder / METRICS_FILE, content)

    write_or_keep(out, measured, write)


def write_or_keep(
    out: Path, measured: dict[str, Any], write: Callable[[Path, dict[str, Any]], None]
) -> None:
    """Write what was measured or, where the disk refuses, keep it elsewhere.

    Args:
        out: where it belongs, in a folder for each method.
        measured: by method.
        write: called with such a folder and what belongs into it.

    Raises:
        ColorizeError: the disk refused `out`; the sentence says where the measurements are.
    """

    def write_below(root: Path) -> None:
        for name, content in measured.items():
            write(root / name, content)

    try:
        return write_below(out)
    except StorageError as error:
        refusal = error
    for place in (Path.cwd(), Path(tempfile.gettempdir())):
        kept = place / f"colorize-measured-{uuid.uuid4().hex[:8]}"
        try:
            write_below(kept)
        except StorageError:
            shutil.rmtree(kept, ignore_errors=True)
        else:
            raise ColorizeError(
                f"{refusal}. What was measured is kept in {kept}: copy it, or measure again with "
                "--out elsewhere"
            ) from refusal
    raise refusal


def compare(
    folders: tuple[Path, Path], files: list[PhotoFile], panel: Panel, device: torch.device
) -> None:
    """Measure two checkpoints on the same photos and print which is better at what."""
    colorizers = [load_colorizer(read_checkpoint(f).method.name, f, device) for f in folders]
    found = []
    with progress_bars() as progress:
        for folder, colorizer in zip(folders, colorizers, strict=True):
            task = progress.add_task(printable(f"measuring {folder}"), total=len(files))
            step = functools.partial(progress.advance, task)
            found.append(evaluate([colorizer], files, report, step, panel))
    old, new = folders
    count = len(found[0].photos)
    sheet = Table("", "Metric", caption=f"{count} photos; 95 % bootstrap interval, paired")
    for title in (f"old: {old}", f"new: {new}", "new - old", "interval"):
        sheet.add_column(cell(title), justify="right")
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
                report,
                lambda t=task: progress.advance(t),
                panel=panel,
            )
            write_or_keep(out, {name: content}, temperature_sweep.write_sweep)
    report(f"sweep.json of {len(classifiers)} written below {out}")


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
