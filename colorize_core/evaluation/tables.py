"""Measurements as Markdown tables."""

from pathlib import Path

from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.evaluation.measured import (
    Estimate,
    Measurement,
    by_photos,
    read_metrics,
    reference,
)
from colorize_core.evaluation.published import OTHER_MEASURES, OtherMeasure
from colorize_core.files import write_atomically
from colorize_core.methods import METHODS
from colorize_core.metrics.table import METRICS, Metric

BEGIN = "<!-- results: written by `colorize results` -->"
END = "<!-- /results -->"
NONE = "–"
"""Stands where a number is missing."""
ARROWS = {True: " ↑", False: " ↓", None: ""}


def results_table(root: Path) -> str:
    """The README's table: the studio's own methods, beside the originals and plain grey.

    Raises:
        CheckpointError: a damaged file, or no metrics of a studio method.
    """
    measured = read_metrics(root)
    own = {name: m for name, m in measured.items() if METHODS[name].report is None}
    if not own:
        raise CheckpointError(f"no studio method below {root} has metrics; run colorize evaluate")
    return "\n\n".join(f"{photos_table(group)}\n\n{caption(group)}" for group in by_photos(own))


def photos_table(
    group: dict[str, Measurement], more: dict[str, dict[tuple[str, str], str]] | None = None
) -> str:
    """A Markdown table of methods measured on the same pictures.

    Args:
        group: see `by_photos`.
        more: further columns, by heading: cells by method and variant; a dash elsewhere.
    """
    rows = {("truth", ""): reference(group, "truth"), ("grey", ""): reference(group, "grey")}
    titles = {("truth", ""): "the originals", ("grey", ""): "plain grey"}
    for name, measurement in group.items():
        rows |= {(name, variant): row for variant, row in measurement.rows.items()}
    shown = [m for m in METRICS.values() if any(m.name in row for row in rows.values())]
    more = more or {}
    lines = [
        f"| | {' | '.join([*map(heading, shown), *more])} |",
        "|---|" + "---:|" * (len(shown) + len(more)),
    ]
    for place, row in rows.items():
        cells = [cell(row.get(metric.name), metric.name) for metric in shown]
        cells += [column.get(place, NONE) for column in more.values()]
        lines.append(f"| {titles.get(place) or row_title(*place)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def row_title(name: str, variant: str) -> str:
    """Such as "`classification` T = 0.38"."""
    return f"`{name}` {variant.replace('T=', 'T = ')}".strip()


def heading(metric: Metric) -> str:
    """Title, unit, and an arrow towards better."""
    unit = f", {metric.unit}" if metric.unit else ""
    return f"{metric.title}{unit}{ARROWS[metric.higher_is_better]}"


def describe(metric: str) -> Metric | OtherMeasure:
    """Title, unit and direction of a measure.

    Raises:
        KeyError: neither ours nor one that a report prints.
    """
    return METRICS[metric] if metric in METRICS else OTHER_MEASURES[metric]


def cell(estimate: Estimate | None, metric: str) -> str:
    """Value and half of the interval; a dash where there is none."""
    if estimate is None:
        return NONE
    digits = decimals(metric)
    half = (estimate.high - estimate.low) / 2
    return f"{estimate.value:.{digits}f} ± {half:.{digits}f}"


def decimals(metric: str) -> int:
    """How many a metric is printed with: 3 where it runs from 0 to 1."""
    return 3 if metric in ("ssim", "classifier_confidence") else 2


def photos_text(measurement: Measurement) -> str:
    """Such as "1,600 test photos (600 of photos, 1,000 of imagenette)"."""
    data = ", ".join(f"{count:,} of {name}" for name, count in measurement.data.items())
    return f"{measurement.n:,} test photos ({data})"


def caption(group: dict[str, Measurement]) -> str:
    """What stands below a table."""
    first = next(iter(group.values()))
    return (
        f"{photos_text(first)} that no method was trained on; ± is half of the "
        "95 % interval (bootstrap over pictures). ↑ more is better, ↓ less is better; "
        f"colourfulness and chroma should come near the originals'.{_classifierd(group)}"
    )


def _classifierd(group: dict[str, Measurement]) -> str:
    """Which evaluation classifiers named how many of the pictures: those with labels that they know."""
    classifiers: dict[str, int] = {}
    for measurement in group.values():
        classifiers |= measurement.classifier
    names = [f"`{name}` ({count:,} pictures)" for name, count in classifiers.items()]
    return f" Evaluation classifierd by {' and '.join(names)}." if names else ""


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
