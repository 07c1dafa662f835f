"""Measurements as Markdown tables: the README's, the lesson's, and the page docs/results.md."""

from collections.abc import Callable
from pathlib import Path

from colorize_core import runs
from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.evaluation.measured import (
    Block,
    Estimate,
    Estimates,
    by_photos,
    describe_photos,
    read_all,
)
from colorize_core.files import write_atomically
from colorize_core.methods import METHODS
from colorize_core.metrics.table import METRICS

NONE = "–"
"""Stands where a number is missing."""
ARROWS = {True: " ↑", False: " ↓", None: ""}
README_METRICS = (
    *("raw_auc", "rebalanced_auc", "delta_e2000"),
    *("colorfulness", "roughness", "classifier_accuracy"),
)
LESSON_METRICS = {"colorfulness": 1, "delta_e2000": 1, "roughness": 2}
"""With the decimals that they are printed with."""
LESSON_TEMPERATURES = (1.0, 0.38, 0.09, 0.0)
LESSON_METHOD = "classification"
SAME_SOURCES = "*Photos from the same sources*"
ELSEWHERE = "*Photos from elsewhere*"
READING = (
    "± is half of the 95 % interval over photos. ↑ more is better, ↓ less is better; "
    "the others should come near the originals'. Compare within a table only: the rebalanced AuC "
    "depends on the number of photos."
)
ABOUT_ELSEWHERE = "Their sources have no part in any training set."
GENERATED = "as generated"
"""The variant of RGB methods that keeps the network's own lightness."""


# --- between the markers of a Markdown file ---------------------------------------------------


def rewrite(path: Path, root: Path) -> None:
    """Rewrite the tables of a Markdown file: what stands between the markers of each in `TABLES`.

    Raises:
        ConfigError: a file without markers, or with only one of two.
        CheckpointError: damaged files, or nothing has been measured.
    """
    text = path.read_text(encoding="utf-8")
    written = [name for name in TABLES if begin(name) in text]
    if not written:
        known = " or ".join(f"{begin(name)} … {end(name)}" for name in TABLES)
        raise ConfigError(f"{path} has no place for a table: it lacks the lines {known}")
    for name in written:
        before, _, rest = text.partition(begin(name))
        _, closing, after = rest.partition(end(name))
        if not closing:
            raise ConfigError(f"{path} lacks the line {end(name)} after {begin(name)}")
        text = f"{before}{begin(name)}\n\n{TABLES[name](root)}\n\n{end(name)}{after}"
    write_atomically(path, text.encode())


def begin(name: str) -> str:
    """The line before a table."""
    return f"<!-- {name}: written by `colorize results` -->"


def end(name: str) -> str:
    """The line after a table."""
    return f"<!-- /{name} -->"


def results_table(root: Path) -> str:
    """The README's: the studio's own methods on photos from the same sources, and from elsewhere.

    Raises:
        CheckpointError: a damaged file, or no metrics of a studio method.
    """
    own = {name: m for name, m in read_all(root).items() if METHODS[name].report is None}
    if not own:
        raise CheckpointError(f"no studio method below {root} has metrics; run colorize evaluate")
    same = {name: m.same_sources for name, m in own.items()}
    other = {name: m.elsewhere for name, m in own.items() if m.elsewhere}
    parts = [_titled(SAME_SOURCES, group, README_METRICS) for group in by_photos(same)]
    parts += [_titled(ELSEWHERE, group, README_METRICS) for group in by_photos(other)]
    return "\n\n".join([*parts, READING])


def temperature_table(root: Path) -> str:
    """The lesson's: what the studio's classification does at four temperatures.

    Raises:
        CheckpointError: sweep.json is missing, damaged, or lacks a temperature or a measure.
    """
    folder = root / LESSON_METHOD
    sweep = runs.read_sweep(folder)
    remedy = f"run colorize evaluate {LESSON_METHOD} --sweep"
    if sweep is None:
        raise CheckpointError(f"no {runs.SWEEP} in {folder}; {remedy}")
    try:
        places = {f"{T:g}": sweep["temperatures"].index(T) for T in LESSON_TEMPERATURES}
        rows = {
            title: [sweep["measures"][name]["value"][place] for name in LESSON_METRICS]
            for title, place in places.items()
        }
        rows["true photos"] = [sweep["truth"][name]["value"] for name in LESSON_METRICS]
        photos = describe_photos(sweep["n"], sweep.get("split"), sweep["data"])
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise CheckpointError(f"{folder / runs.SWEEP} is damaged ({error!r}); {remedy}") from error
    lines = ["| T | colourfulness | ΔE2000 to the truth | restlessness |", "|---:|---:|---:|---:|"]
    for title, values in rows.items():
        shown = zip(values, LESSON_METRICS.values(), strict=True)
        lines.append(f"| {title} | {' | '.join(f'{v:.{digits}f}' for v, digits in shown)} |")
    return f"Measured on {photos}:\n\n" + "\n".join(lines)


TABLES: dict[str, Callable[[Path], str]] = {
    "results": results_table,
    "temperature": temperature_table,
}


# --- one table --------------------------------------------------------------------------------


def _titled(title: str, group: dict[str, Block], metrics: tuple[str, ...] = ()) -> str:
    """A table below its title, which says what it was measured on."""
    return f"{title}: {caption(group)}\n\n{photos_table(group, metrics)}"


def caption(group: dict[str, Block]) -> str:
    """The photos of a group, and who named them."""
    classifiers: dict[str, int] = {}
    for block in group.values():
        classifiers |= block.classifiers
    names = [f"`{name}` ({count:,} photos)" for name, count in classifiers.items()]
    named = f" The evaluation classifier is {' and '.join(names)}." if names else ""
    return f"{next(iter(group.values())).photos}.{named}"


def photos_table(group: dict[str, Block], metrics: tuple[str, ...] = ()) -> str:
    """A Markdown table of methods measured on the same photos.

    Args:
        group: see `by_photos`.
        metrics: the columns; all that were measured if empty.
    """
    rows = {"the originals": _reference(group, "truth"), "plain grey": _reference(group, "grey")}
    for name, block in group.items():
        rows |= {row_title(name, variant): row for variant, row in block.rows.items()}
    shown = [
        metric
        for name, metric in METRICS.items()
        if name in (metrics or METRICS) and any(name in row for row in rows.values())
    ]
    headings = (f"{metric.heading}{ARROWS[metric.higher_is_better]}" for metric in shown)
    lines = [f"| | {' | '.join(headings)} |", "|---|" + "---:|" * len(shown)]
    for title, row in rows.items():
        lines.append(f"| {title} | {' | '.join(cell(row.get(m.name), m.name) for m in shown)} |")
    return "\n".join(lines)


def _reference(group: dict[str, Block], kind: str) -> Estimates:
    """Plain grey or the originals of a group: of each metric, the first that was measured."""
    row: Estimates = {}
    for block in group.values():
        row = getattr(block, kind) | row
    return row


def row_title(name: str, variant: str) -> str:
    """Such as "`classification` T = 0.38"."""
    return f"`{name}` {variant.replace('T=', 'T = ')}".strip()


def cell(estimate: Estimate | None, metric: str) -> str:
    """Value and half of the interval; a dash where there is none."""
    if estimate is None:
        return NONE
    # 3 decimals where a metric runs from 0 to 1.
    digits = 3 if metric in ("ssim", "classifier_confidence") else 2
    half = (estimate.high - estimate.low) / 2
    return f"{estimate.value:.{digits}f} ± {half:.{digits}f}"
