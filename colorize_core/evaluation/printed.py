"""The reports' figures beside ours, and beside plain grey."""

from collections.abc import Iterator
from dataclasses import dataclass

from colorize_core.evaluation.comparisons import Evidence, Place
from colorize_core.evaluation.measured import Estimate, Measurement
from colorize_core.evaluation.published import GREY, SOURCES, TRUTH, Figure, Source, against_grey
from colorize_core.evaluation.tables import NONE, decimals, describe, row_title
from colorize_core.methods import METHODS

NAMES = {GREY: "plain grey", TRUTH: "the originals"}


@dataclass(frozen=True)
class Comparison:
    """A printed figure with what was measured here."""

    source: Source
    figure: Figure
    ours: Estimate | None
    grey: Estimate | None
    """Plain grey on our pictures most like the report's; None where the scales differ."""

    @property
    def verdict(self) -> str:
        """How the figure stands to plain grey, in words; empty where that cannot be said."""
        phrases = against_grey(
            self.source,
            self.figure,
            describe(self.figure.metric).higher_is_better is not False,
            self.grey.value if self.grey else None,
        )
        return "; ".join(f"**{p}**" if p.startswith("worse") else p for p in phrases)


def compare(measured: dict[str, Measurement]) -> Iterator[Comparison]:
    """Every printed figure, in the order of SOURCES."""
    evidence = Evidence(measured)
    for source in SOURCES.values():
        for figure in source.figures:
            ours = evidence.get(Place(figure.method, figure.variant), figure.metric)
            yield Comparison(source, figure, ours, _grey_like(figure, measured))


def _grey_like(figure: Figure, measured: dict[str, Measurement]) -> Estimate | None:
    """Plain grey on the data set that a figure names, by the figure's measure."""
    for measurement in measured.values():
        if figure.like is not None and set(measurement.data) == {figure.like}:
            found = measurement.grey.get(figure.metric)
            if found is not None:
                return found
    return None


def sources_of(names: list[str]) -> list[Source]:
    """The sources that describe one of the methods, or print a figure for it."""
    reports = {METHODS[name].report for name in names}
    return [
        source
        for source in SOURCES.values()
        if source.number in reports or any(f.method in names for f in source.figures)
    ]


def figures_table(names: list[str], measured: dict[str, Measurement]) -> str:
    """A Markdown table of what is printed for some methods; empty if nothing is.

    A source's plain grey and originals stand beside its methods where it has them.
    """
    settings = {
        (source.number, figure.on)
        for source in SOURCES.values()
        for figure in source.figures
        if figure.method in names
    }
    lines = [
        _line(comparison)
        for comparison in compare(measured)
        if comparison.figure.method in names
        or (
            comparison.figure.method in NAMES
            and (comparison.source.number, comparison.figure.on) in settings
        )
    ]
    if not lines:
        return ""
    head = "| report | row | measure | printed | here | our grey | on | so the printed figure is |"
    return "\n".join([head, "|---|---|---|---:|---:|---:|---|---|", *lines])


def _line(comparison: Comparison) -> str:
    figure = comparison.figure
    measure = describe(figure.metric)
    title = NAMES.get(figure.method) or row_title(figure.method, figure.variant)
    unit = f", {measure.unit}" if measure.unit else ""
    digits = decimals(figure.metric)
    ours, grey = (
        f"{e.value:.{digits}f}" if e else NONE for e in (comparison.ours, comparison.grey)
    )
    printed = f"{figure.value:g}" + ("" if figure.checked else " (from memory)")
    cells = (comparison.source.number, title, f"{measure.title}{unit}", printed, ours, grey)
    return f"| {' | '.join(cells)} | {figure.on} | {comparison.verdict} |"


def source_notes(names: list[str]) -> str:
    """A bullet for each source: why its figures may differ from ours."""
    return "\n".join(
        f"- **{source.number}, {source.title}.** {source.why}" for source in sources_of(names)
    )
