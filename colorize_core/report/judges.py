"""What the judges' own metrics.json files say: how far their verdicts can be trusted."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colorize_core.checkpoint import METRICS as METRICS_FILE
from colorize_core.errors import CheckpointError
from colorize_core.report.measured import Estimate
from colorize_core.report.tables import cell
from colorize_core.report.targets import Target

JUDGES = "judges"
"""Folder beside the checkpoints."""
AIMS = {"cifar10": 88.0, "imagenette": 90.0}
"""Least accuracy on true test pictures that was aimed for, per cent."""
MEASURES = ("judge_accuracy", "judge_confidence")


@dataclass(frozen=True)
class JudgeMeasurement:
    """One judge on its own test pictures."""

    name: str
    data: str
    split: str
    n: int
    true: dict[str, Estimate]
    """Accuracy and confidence (as in MEASURES) on the pictures as they are."""
    grey: dict[str, Estimate]
    """On the same in grey."""


def read_judges(root: Path) -> dict[str, JudgeMeasurement]:
    """metrics.json of every judge folder, by name.

    Args:
        root: the folder of checkpoints, beside which judges/ lies.

    Raises:
        CheckpointError: a damaged file.
    """
    found = {}
    for path in sorted((root.parent / JUDGES).glob(f"*/{METRICS_FILE}")):
        try:
            found[path.parent.name] = _judge(path.parent.name, json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            message = f"{path} is damaged ({error}); measure the judge again"
            raise CheckpointError(message) from error
    return found


def _judge(name: str, content: dict[str, Any]) -> JudgeMeasurement:
    return JudgeMeasurement(
        name,
        str(content["data"]),
        str(content.get("split", "test")),
        int(content["n"]),
        *(_estimates(content[kind]) for kind in ("true", "grey")),
    )


def _estimates(measures: dict[str, dict[str, float]]) -> dict[str, Estimate]:
    return {
        metric: Estimate(*(float(measures[name][part]) for part in ("value", "low", "high")))
        for metric in MEASURES
        if (name := metric.removeprefix("judge_")) in measures
    }


def judges_section(judges: dict[str, JudgeMeasurement]) -> str:
    """The page's section; empty without judges."""
    if not judges:
        return ""
    titles = ("pictures", "accuracy, %", "in grey", "confidence", "in grey")
    lines = [f"| judge | {' | '.join(titles)} |", "|---|---|" + "---:|" * 4]
    for judge in judges.values():
        cells = [cell(row.get(metric), metric) for metric in MEASURES for row in _rows(judge)]
        pictures = f"{judge.n:,} of {judge.data}, {judge.split}"
        lines.append(f"| `{judge.name}` | {pictures} | {' | '.join(cells)} |")
    text = "Classifiers of colour pictures, on their own test pictures. What they lose on grey is"
    text += " what a colorization can win back."
    return "\n\n".join(("## The judges", text, "\n".join(lines)))


def _rows(judge: JudgeMeasurement) -> tuple[dict[str, Estimate], dict[str, Estimate]]:
    return judge.true, judge.grey


def judge_targets(judges: dict[str, JudgeMeasurement]) -> list[Target]:
    """The aims set for the judges."""
    targets = []
    for name, least in AIMS.items():
        aim = f"Judge `{name}`: at least {least:g} % of true pictures named rightly"
        found = judges[name].true.get("judge_accuracy") if name in judges else None
        outcome = f"{found.value:.2f} %" if found else "not measured"
        targets.append(Target(aim, outcome, found.value >= least if found else None))
    return targets
