"""docs/results.md: every measured method, beside what its report printed."""

from pathlib import Path

from colorize_core.evaluation.classifier_text import (
    classifier_targets,
    classifiers_section,
    read_classifiers,
)
from colorize_core.evaluation.comparisons import OPEN, Claim, Evidence, Place, percent
from colorize_core.evaluation.findings import GENERATED, Finding, all_findings
from colorize_core.evaluation.measured import Measurement, by_photos, read_metrics
from colorize_core.evaluation.printed import figures_table, source_notes
from colorize_core.evaluation.published import SOURCES
from colorize_core.evaluation.tables import (
    ARROWS,
    NONE,
    caption,
    photos_table,
)
from colorize_core.evaluation.targets import Target, all_targets, regained_at
from colorize_core.evaluation.trained import Trained, read_experiments, read_trained
from colorize_core.files import write_atomically
from colorize_core.methods import METHODS
from colorize_core.metrics.table import METRICS
from colorize_core.runs import list_runs

COMMAND = "colorize results --page docs/results.md"
INTRODUCTION = f"""\
# Results

Written by `{COMMAND}` from what lies in `checkpoints/`
(`metrics.json`, `config.json`, `history.jsonl`): change those, not this page.

The systems of the five reports were built and trained here, most of them slimmer than in the
report, all on other pictures, and measured on pictures that they were not trained on. **Plain
grey** (the photo without its colours) and the **originals** are measured as if they were methods.
Most of the world is nearly grey, so grey is hard to beat in exactness; a method is exact if it
does beat it, and vivid if its colourfulness comes near the originals'. Compare within a table
only: its rows were measured on the same pictures, those of another table on others."""
MEANINGS = {
    "raw_auc": "Share of pixels whose ab lies within t of the true one, averaged over t = 0…150.",
    "rebalanced_auc": "The same with every pixel weighted by 1 / frequency of its true colour "
    "class, so that rare colours count as much as grey.",
    "delta_e2000": "Mean colour difference per pixel; about 1 can just be seen.",
    "psnr": "Peak signal-to-noise ratio of the RGB picture; the originals' is cut off at 100.",
    "ssim": "Structural similarity of the RGB picture; 1 for the originals.",
    "accuracy_5": "Share of pixels with L, a and b each within 5 % of their range: 5, 11 and 11.",
    "colorfulness": "Spread and distance from grey of R − G and (R + G) / 2 − B: 0 is grey, 33 "
    "moderately, 59 quite colourful.",
    "chroma": "Mean distance from grey in ab.",
    "roughness": "Mean step of ab between neighbouring pixels; patches and speckles raise it.",
    "bleeding": "Of the steps of ab within 5 pixels of strong edges of L, the share that misses "
    "them by more than 1 pixel.",
    "face_delta_e2000": "ΔE2000 in the middle third of portraits: photos in a folder named faces.",
    "green_or_blue_faces": "Share of portraits whose middle has, on average, a hue that no skin "
    "has, between −40° and 110° being skin's.",
    "classifier_accuracy": "Share of pictures that a classifier trained on colour pictures still names "
    "rightly.",
    "classifier_confidence": "The probability that this classifier gives the right name, on average.",
}


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
    measured = read_metrics(root)
    trained = {
        name: found
        for name, folder in list_runs(root).items()
        if name in METHODS and (found := read_trained(folder))
    }
    parts = [INTRODUCTION]
    parts += [_photos_section(group, measured, trained) for group in by_photos(measured)]
    classifiers = read_classifiers(root)
    parts += [
        _missing_section(measured),
        classifiers_section(classifiers),
        _measures_section(measured),
    ]
    parts.append("## Findings\n\n" + FINDINGS_NOTE)
    findings = all_findings(measured, trained, read_experiments(root))
    parts += [_finding_section(finding) for finding in findings]
    parts.append(_targets_section(all_targets(measured) + classifier_targets(classifiers)))
    return "\n\n".join(part for part in parts if part) + "\n"


# --- one set of photos ------------------------------------------------------------------------


def _photos_section(
    group: dict[str, Measurement],
    measured: dict[str, Measurement],
    trained: dict[str, Trained],
) -> str:
    title = " and ".join(next(iter(group.values())).data)
    regained = _regained_column(group)
    note = GENERATED_NOTE if any(GENERATED in m.rows for m in group.values()) else ""
    parts = [
        f"## Measured on {title}",
        photos_table(group, regained),
        caption(group) + (REGAINED_NOTE if regained else "") + note,
        "How the weights were made:",
        _training_table(group, trained),
        _printed_part(group, measured),
    ]
    return "\n\n".join(part for part in parts if part)


REGAINED_NOTE = (
    " Regained: of the accuracy that the evaluation classifier loses on grey pictures, the share that a method "
    "wins back, (method − grey) / (originals − grey)."
)
GENERATED_NOTE = (
    " Methods that answer in RGB appear twice: with the photo's own L, which is what the app "
    'shows, and "as generated", with the lightness that the network made.'
)


def _regained_column(group: dict[str, Measurement]) -> dict[str, dict[tuple[str, str], str]]:
    """The share of the evaluation classifier's lost accuracy that each row wins back; empty without an evaluation classifier."""
    evidence = Evidence(group)
    places = [Place(name, variant) for name, m in group.items() for variant in m.rows]
    shares = {(p.method, p.variant): regained_at(evidence, p) for p in places}
    column = {place: percent(share) for place, share in shares.items() if share is not None}
    return {"Regained ↑": column} if column else {}


VIEWS_NOTE = (
    "Views: so many copies of a photo, its mirror image and slightly shifted ones, are colorized "
    "and the answers averaged."
)


def _training_table(group: dict[str, Measurement], trained: dict[str, Trained]) -> str:
    titles = ("report", "network", "answers in", "width", "parameters", "network sees")
    titles += ("trained on", "photos", "images seen", "crop", "minutes", "on")
    lines = [f"| | {' | '.join(titles)} |", f"|---|{'---|' * len(titles)}"]
    for name in group:
        cells = _training_cells(trained[name]) if name in trained else [NONE] * len(titles)
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    several = any(trained[name].config.passes > 1 for name in group if name in trained)
    return "\n".join(lines) + (f"\n\n{VIEWS_NOTE}" if several else "")


def _training_cells(trained: Trained) -> list[str]:
    config, run = trained.config, trained.training
    seconds, data = run.get("seconds"), run.get("data") or []
    return [
        trained.method.report or "the studio's own",
        config.network,
        config.color_space.title() if config.color_space == "lab" else config.color_space.upper(),
        f"{config.width:g}",
        f"{trained.parameters / 1e6:.2f} M" if trained.parameters else NONE,
        f"{config.side} px" + (f", {config.passes} views" if config.passes > 1 else ""),
        " + ".join(map(str, data)) or NONE,
        _count(run.get("training_photos")),
        _count(run.get("images_seen")),
        f"{run['crop']} px" if run.get("crop") else NONE,
        f"{seconds / 60:.0f}" if seconds else NONE,
        str(run.get("hardware") or NONE),
    ]


def _count(number: int | None) -> str:
    return NONE if number is None else f"{number:,}"


def _printed_part(group: dict[str, Measurement], measured: dict[str, Measurement]) -> str:
    table = figures_table(list(group), measured)
    notes = source_notes(list(group))
    head = "What the reports print:" if notes else ""
    return "\n\n".join(part for part in (head, table, notes) if part)


def _missing_section(measured: dict[str, Measurement]) -> str:
    names = [name for name in METHODS if name not in measured]
    if not names:
        return ""
    parts = [
        "## Not measured yet",
        ", ".join(f"`{name}`" for name in names) + ".",
        figures_table(names, measured),
        source_notes(names),
    ]
    return "\n\n".join(part for part in parts if part)


# --- measures, findings, targets --------------------------------------------------------------


def _measures_section(measured: dict[str, Measurement]) -> str:
    lines = ["## The measures", "| | unit | what it is | after |\n|---|---|---|---|"]
    shown = {name for m in measured.values() for row in m.rows.values() for name in row}
    for metric in (metric for metric in METRICS.values() if metric.name in shown):
        meaning = getattr(metric, "definition", None) or MEANINGS.get(metric.name, "")
        title = f"{metric.title}{ARROWS[metric.higher_is_better]}"
        lines[-1] += f"\n| {title} | {metric.unit or NONE} | {meaning} | {metric.source} |"
    return "\n\n".join(lines)


FINDINGS_NOTE = (
    "Each statement is held against the numbers above by a rule: it is **reproduced** if the "
    "95 % intervals bear out every comparison it needs, **refuted** if they contradict one, and "
    "otherwise it **cannot be told**; so, too, where two measures of one thing contradict each "
    "other. A comparison counts as borne out if the two intervals do not touch, which asks for "
    "more than a paired test on the same photos would. The verdicts are about the small networks "
    "and short trainings here, not about the reports'."
)


def _finding_section(finding: Finding) -> str:
    claims = "\n".join(_claim_lines(claim) for claim in finding.claims)
    parts = [f"### {finding.title}", finding.said, finding.table, claims, *finding.remarks]
    return "\n\n".join(part for part in parts if part)


def _claim_lines(claim: Claim) -> str:
    numbers = [check.numbers for check in claim.checks if check.numbers]
    text = f"- {claim.statement} **{claim.verdict[0].upper()}{claim.verdict[1:]}"
    text += " yet.**" if claim.verdict == OPEN and claim.missing else ".**"
    text += f" {'; '.join(numbers)}." if numbers else ""
    return text + (f" Not measured: {', '.join(claim.missing)}." if claim.missing else "")


def _targets_section(targets: list[Target]) -> str:
    words = {True: "yes", False: "no", None: NONE}
    lines = ["| aim | measured | met |\n|---|---|---|"]
    lines += [f"| {target.aim} | {target.outcome} | {words[target.met]} |" for target in targets]
    printed = _printed_share()
    note = f"The poster (report 002) regains {percent(printed)} with L2." if printed else ""
    head = "## Aims\n\nSet before the methods were trained; met or not by the value alone."
    return "\n\n".join(part for part in (head, "\n".join(lines), note) if part)


def _printed_share() -> float | None:
    """What report 002's own figures regain of its evaluation classifier's accuracy."""
    recognized = {
        f.method: f.value for f in SOURCES["002"].figures if f.metric == "classifier_accuracy"
    }
    if not {"cifar-yuv-l2", "grey", "truth"} <= recognized.keys():
        return None
    return (recognized["cifar-yuv-l2"] - recognized["grey"]) / (
        recognized["truth"] - recognized["grey"]
    )
