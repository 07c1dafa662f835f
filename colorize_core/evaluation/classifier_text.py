"""What the evaluation classifiers' own metrics.json files say: how far their verdicts can be trusted."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colorize_core.errors import CheckpointError
from colorize_core.evaluation.measured import Estimate
from colorize_core.evaluation.tables import cell
from colorize_core.evaluation.targets import Target
from colorize_core.runs import METRICS as METRICS_FILE

CLASSIFIERS = "classifiers"
"""Folder beside the checkpoints."""
AIMS = {"cifar10": 88.0, "imagenette": 90.0}
"""Least accuracy on true test pictures that was aimed for, per cent."""
MEASURES = ("classifier_accuracy", "classifier_confidence")


@dataclass(frozen=True)
class ClassifierMeasurement:
    """One evaluation classifier on its own test pictures."""

    name: str
    data: str
    split: str
    n: int
    true: dict[str, Estimate]
    """Accuracy and confidence (as in MEASURES) on the pictures as they are."""
    grey: dict[str, Estimate]
    """On the same in grey."""


def read_classifiers(root: Path) -> dict[str, ClassifierMeasurement]:
    """metrics.json of every evaluation classifier folder, by name.

    Args:
        root: the folder of checkpoints, beside which evaluation classifiers/ lies.

    Raises:
        CheckpointError: a damaged file.
    """
    found = {}
    for path in sorted((root.parent / CLASSIFIERS).glob(f"*/{METRICS_FILE}")):
        try:
            found[path.parent.name] = _classifier(
                path.parent.name, json.loads(path.read_text("utf-8"))
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            message = f"{path} is damaged ({error}); measure the evaluation classifier again"
            raise CheckpointError(message) from error
    return found


def _classifier(name: str, content: dict[str, Any]) -> ClassifierMeasurement:
    return ClassifierMeasurement(
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
        if (name := metric.removeprefix("classifier_")) in measures
    }


def classifiers_section(classifiers: dict[str, ClassifierMeasurement]) -> str:
    """The page's section; empty without evaluation classifiers."""
    if not classifiers:
        return ""
    titles = ("pictures", "accuracy, %", "in grey", "confidence", "in grey")
    lines = [f"| evaluation classifier | {' | '.join(titles)} |", "|---|---|" + "---:|" * 4]
    for classifier in classifiers.values():
        cells = [cell(row.get(metric), metric) for metric in MEASURES for row in _rows(classifier)]
        pictures = f"{classifier.n:,} of {classifier.data}, {classifier.split}"
        lines.append(f"| `{classifier.name}` | {pictures} | {' | '.join(cells)} |")
    text = "Classifiers of colour pictures, on their own test pictures. What they lose on grey is"
    text += " what a colorization can win back."
    return "\n\n".join(("## The evaluation classifiers", text, "\n".join(lines)))


def _rows(classifier: ClassifierMeasurement) -> tuple[dict[str, Estimate], dict[str, Estimate]]:
    return classifier.true, classifier.grey


def classifier_targets(classifiers: dict[str, ClassifierMeasurement]) -> list[Target]:
    """The aims set for the evaluation classifiers."""
    targets = []
    for name, least in AIMS.items():
        aim = f"Evaluation classifier `{name}`: at least {least:g} % of true pictures named rightly"
        found = classifiers[name].true.get("classifier_accuracy") if name in classifiers else None
        outcome = f"{found.value:.2f} %" if found else "not measured"
        targets.append(Target(aim, outcome, found.value >= least if found else None))
    return targets
