"""docs/results.md: every measured method, and how its weights were made."""

from pathlib import Path

from colorize_core import runs
from colorize_core.evaluation.classifiers import CLASSIFIER_FOLDER, CLASSIFIERS
from colorize_core.evaluation.measured import Block, by_photos, read_all
from colorize_core.evaluation.tables import (
    ABOUT_ELSEWHERE,
    ARROWS,
    GENERATED,
    NONE,
    READING,
    caption,
    photos_table,
)
from colorize_core.files import write_atomically
from colorize_core.methods import METHODS, get_method
from colorize_core.metrics.table import METRICS

INTRODUCTION = f"""\
# Results

Written by `colorize results --page docs/results.md` from what lies in `checkpoints/` and
`classifiers/` (`metrics.json`, `config.json`): change those, not this page. What the reports claim,
and what we found, is in [findings.md](findings.md).

**Plain grey** (the photo without its colours) and the **originals** are measured as if they were
methods. Most of the world is nearly grey, so grey is hard to beat in exactness; a method is exact
if it does beat it, and vivid if its colourfulness comes near the originals'. {READING}"""
GENERATED_NOTE = (
    "Methods that answer in RGB appear twice: with the photo's own L, as the page shows them, "
    'and "as generated", with the lightness that the network made.'
)
CLASSES_NOTE = "`zhang-313` is named after the 313 classes of its paper; it has 261."
TRAINING_NOTE = (
    "Images and minutes are totals: those of a network that another started from are counted in. "
    "“At least” stands where that network was overwritten. Each was trained once, with one seed: "
    "the intervals say nothing of what another seed would give."
)
PASSES_NOTE = "2 passes: a photo and its mirror image are colorized, and the answers averaged."


def write_page(root: Path, path: Path) -> None:
    """Write the page.

    Raises:
        CheckpointError: damaged files, or nothing has been measured.
    """
    write_atomically(path, results_page(root).encode())


def results_page(root: Path) -> str:
    """The whole page.

    Args:
        root: the folder of method folders.

    Raises:
        CheckpointError: damaged files, or nothing has been measured.
    """
    measured = read_all(root)
    elsewhere = {name: m.elsewhere for name, m in measured.items() if m.elsewhere}
    parts = [INTRODUCTION]
    for group in by_photos({name: m.same_sources for name, m in measured.items()}):
        parts += _photos_section(group)
        there = {name: block for name, block in elsewhere.items() if name in group}
        for part in by_photos(there):
            parts += [f"From elsewhere: {caption(part)} {ABOUT_ELSEWHERE}", photos_table(part)]
    missing = [f"`{name}`" for name in METHODS if name not in measured]
    parts += [f"## Not measured yet\n\n{', '.join(missing)}."] if missing else []
    parts += [_metrics_section(measured), _training_section(list(measured), root)]
    parts.append(_classifiers_section(root))
    return "\n\n".join(part for part in parts if part) + "\n"


def _photos_section(group: dict[str, Block]) -> list[str]:
    notes = [GENERATED_NOTE] if any(GENERATED in block.rows for block in group.values()) else []
    notes += [CLASSES_NOTE] if "zhang-313" in group else []
    block = next(iter(group.values()))
    return [f"## On {' and '.join(block.data)}", caption(group), photos_table(group), *notes]


# --- how the weights were made ----------------------------------------------------------------

_COLUMNS = (
    *("", "report", "network", "answers in", "width", "parameters", "network sees", "trained on"),
    *("photos", "images in all", "minutes in all", "crop", "on"),
)


def _training_section(names: list[str], root: Path) -> str:
    folders = runs.list_runs(root)
    there = {name: folders[name] for name in names if name in folders}
    if not there:
        return ""
    lines = [f"| | {' | '.join(_COLUMNS)} |", f"|---|{'---|' * len(_COLUMNS)}"]
    lines += [f"| `{name}` | {' | '.join(_cells(folder))} |" for name, folder in there.items()]
    notes = [TRAINING_NOTE]
    notes += [PASSES_NOTE] if any(" passes" in line for line in lines) else []
    return "\n\n".join(("## How the weights were made", *notes, "\n".join(lines)))


def _cells(folder: Path) -> list[str]:
    content = runs.read_config(folder)
    method = get_method(content["method"])
    config, run = method.read_config(content["config"]), content.get("training") or {}
    parameters = runs.count_parameters(folder)
    return [
        method.title,
        method.report or "the studio's own",
        config.network,
        config.color_space.title() if config.color_space == "lab" else config.color_space.upper(),
        f"{config.width:g}",
        f"{parameters / 1e6:.2f} M" if parameters else NONE,
        f"{config.side} px" + (f", {config.passes} passes" if config.passes > 1 else ""),
        " + ".join(run.get("data") or []) or NONE,
        _count(run.get("training_photos")),
        *_totals(folder),
        f"{run['crop']} px" if run.get("crop") else NONE,
        str(run.get("hardware") or NONE),
    ]


def _totals(folder: Path) -> tuple[str, str]:
    """Images and minutes along the chain of runs."""
    totals = runs.training_totals(folder)
    if totals is None:
        return NONE, NONE
    least = "" if totals.whole else "at least "
    return f"{least}{totals.images:,}", f"{least}{totals.seconds / 60:.0f}"


def _count(number: int | None) -> str:
    return NONE if number is None else f"{number:,}"


# --- classifiers, metrics ---------------------------------------------------------------------


def _classifiers_section(root: Path) -> str:
    """Those that are shipped beside the checkpoints; their accuracy stands in the tables."""
    folders = runs.list_runs(root.parent / CLASSIFIER_FOLDER.name)
    there = {name: folder for name, folder in folders.items() if name in CLASSIFIERS}
    if not there:
        return ""
    lines = [
        "| | trained on | photos | images in all | minutes in all | on |",
        "|---|" * 1 + "---|" * 5,
    ]
    for name, folder in there.items():
        run = runs.read_config(folder).get("training") or {}
        photos, hardware = _count(run.get("training_photos")), run.get("hardware") or NONE
        cells = (run.get("data") or NONE, photos, *_totals(folder), hardware)
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    text = (
        "They name pictures; what they make of the originals and of plain grey stands in the first "
        "two rows of a table, and a colorization can win back no more than what lies between."
    )
    return "\n\n".join(("## The evaluation classifiers", text, "\n".join(lines)))


def _metrics_section(measured: dict) -> str:
    shown = {
        name for m in measured.values() for row in m.same_sources.rows.values() for name in row
    }
    lines = ["| | unit | what it is | after |\n|---|---|---|---|"]
    for metric in (metric for metric in METRICS.values() if metric.name in shown):
        title = f"{metric.title}{ARROWS[metric.higher_is_better]}"
        lines.append(f"| {title} | {metric.unit or NONE} | {metric.meaning} | {metric.source} |")
    return "## What is measured\n\n" + "\n".join(lines)
