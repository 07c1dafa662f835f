"""What the metrics.json files say."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from colorize_core.errors import CheckpointError
from colorize_core.methods import METHODS
from colorize_core.runs import METRICS as METRICS_FILE
from colorize_core.runs import list_runs


@dataclass(frozen=True)
class Estimate:
    """A measured mean with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int | None = None
    """Number of pictures, where it differs from that of the other measures."""


Row = dict[str, Estimate]
"""By name of the metric; metrics younger than the file are missing."""


@dataclass(frozen=True)
class Measurement:
    """One metrics.json."""

    name: str
    """Of the folder."""
    rows: dict[str, Row]
    """By variant: "", "T=0.38", "as generated"."""
    grey: Row
    truth: Row
    n: int
    data: dict[str, int]
    """Pictures by data set."""
    classifier: dict[str, int] = field(default_factory=dict)
    """By evaluation classifier, how many of the pictures it named; empty without one."""
    parts: dict[str, "Measurement"] = field(default_factory=dict)
    """The same of each data set alone, where there are several."""

    @property
    def key(self) -> tuple[tuple[str, int], ...]:
        """Equal for methods that were measured on the same pictures."""
        return tuple(sorted(self.data.items()))


def read_metrics(root: Path) -> dict[str, Measurement]:
    """metrics.json of every method folder, in the order of the registry.

    Raises:
        CheckpointError: a damaged file, or none at all.
    """
    folders = list_runs(root)
    found = {}
    for name in METHODS:
        path = folders.get(name, root / name) / METRICS_FILE
        if path.is_file():
            found[name] = read_measurement(path)
    if not found:
        raise CheckpointError(f"no metrics below {root}; run colorize evaluate first")
    return found


def read_measurement(path: Path) -> Measurement:
    """One metrics.json.

    Raises:
        CheckpointError: a damaged file.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return _measurement(path.parent.name, content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{path} is damaged ({error}); run colorize evaluate again"
        raise CheckpointError(message) from error


def _measurement(name: str, content: dict[str, Any]) -> Measurement:
    classifiers = content.get("classifier") or {}
    return Measurement(
        name,
        {variant: _row(row) for variant, row in content["rows"].items()},
        _row(content["grey"]),
        _row(content["truth"]),
        int(content["n"]),
        {data: int(count) for data, count in content["data"].items()},
        {classifier: int(count) for classifier, count in classifiers.items()},
        {
            data: _measurement(name, {"data": {data: part["n"]}, **part})
            for data, part in content.get("parts", {}).items()
        },
    )


def on_data(measured: dict[str, Measurement], data: str) -> dict[str, Measurement]:
    """The measurements on one data set alone; methods that have none are left out."""
    whole = {name: found for name, found in measured.items() if set(found.data) == {data}}
    parts = {n: found.parts[data] for n, found in measured.items() if data in found.parts}
    return {name: (whole | parts)[name] for name in measured if name in whole or name in parts}


def _row(measures: dict[str, dict[str, float]]) -> Row:
    return {
        metric: Estimate(
            float(value["value"]), float(value["low"]), float(value["high"]), value.get("n")
        )
        for metric, value in measures.items()
        if value is not None
    }


def by_photos(measured: dict[str, Measurement]) -> list[dict[str, Measurement]]:
    """The methods in groups that were measured on the same pictures."""
    groups: dict[tuple, dict[str, Measurement]] = {}
    for name, measurement in measured.items():
        groups.setdefault(measurement.key, {})[name] = measurement
    return list(groups.values())


def reference(group: dict[str, Measurement], kind: str) -> Row:
    """Plain grey or the originals of a group: of each metric, the first that was measured."""
    row: Row = {}
    for measurement in group.values():
        row = getattr(measurement, kind) | row
    return row
