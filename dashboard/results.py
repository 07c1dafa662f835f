"""Cached tables of what the runs' folders hold.

A damaged file never raises here: the reader returns what it can, and a sentence about the rest.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from colorize_core import runs
from colorize_core.errors import CheckpointError
from colorize_core.evaluation.measured import (
    Block,
    Measurement,
    describe_photos,
    read_measurement,
)
from colorize_core.methods import METHODS, Method
from colorize_core.metrics.table import CLASSIFIER_METRICS, METRICS

COLUMNS = "block row run variant kind metric value low high photos named".split()  # noqa: SIM905
"""Of the table of metrics; `photos` says what was measured, `named` how many have a label."""
SAME, ELSEWHERE = "the same sources", "elsewhere"
"""Where the measured photos are from: where the training photos are from, or not."""
KINDS = ("truth", "grey", "method")
"""What a row of the table measures, in its order."""
ARROWS = {True: "↑", False: "↓", None: "≈"}
DIRECTIONS = {
    True: "higher is better ↑",
    False: "lower is better ↓",
    None: "near the originals is better",
}

Stamp = tuple[int, int] | None
"""(time of change in ns, size) of a file, which caches are keyed on; None while there is none."""


@dataclass(frozen=True)
class Run:
    """A method folder, as far as it can be read."""

    name: str
    folder: Path
    stamps: tuple[Stamp, ...]
    """Of config.json and the weights: retrained weights make another run for the caches."""
    method: Method | None = None
    """None if config.json names none that this version knows."""
    config: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    parameters: int | None = None
    problems: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether the network can be loaded, as far as that is known without doing it."""
        return self.method is not None and self.parameters is not None

    @property
    def is_studio(self) -> bool:
        """Whether it holds one of the studio's own methods, not a system of a report."""
        return self.method is not None and self.method.report is None

    @property
    def has_temperature(self) -> bool:
        """Whether T changes its pictures."""
        return self.method is not None and self.method.has_temperature

    @property
    def bytes_on_disk(self) -> int:
        """Size of the weights."""
        return self.stamps[1][1] if self.stamps[1] else 0


def root() -> Path:
    """The folder of method folders: $COLORIZE_CHECKPOINTS, or the shipped one."""
    return Path(os.environ.get("COLORIZE_CHECKPOINTS") or runs.SHIPPED)


def stamp(path: Path) -> Stamp:
    """When a file was changed last, and its size."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def list_runs(folder: Path | None = None) -> list[Run]:
    """Every run below the root, in the order of the registry; others after them."""
    found = runs.list_runs(root() if folder is None else folder)
    rank = {name: place for place, name in enumerate(METHODS)}
    ordered = sorted(found, key=lambda name: (rank.get(name, len(rank)), name))
    return [read_run(found[name]) for name in ordered]


def read_run(folder: Path) -> Run:
    """One method folder; see `Run`."""
    stamps = tuple(stamp(folder / name) for name in (runs.CONFIG, runs.WEIGHTS))
    return _read_run(folder, stamps, stamp(folder / runs.HISTORY) is not None)


@st.cache_data(max_entries=256, show_spinner=False)
def _read_run(folder: Path, stamps: tuple[Stamp, ...], has_history: bool) -> Run:
    content, problem = try_read(folder / runs.CONFIG, _configuration, runs.read_config)
    method, config, training = content or (None, {}, {})
    problems = [problem] if problem else []
    if content and method is None:
        problems.append(f"{runs.CONFIG} names no method that this version knows")
    parameters = runs.count_parameters(folder)
    if parameters is None:
        problems.append(f"{runs.WEIGHTS} is {'damaged' if stamps[1] else 'missing'}")
    if not has_history:
        problems.append(f"{runs.HISTORY} is missing: no curves")
    return Run(folder.name, folder, stamps, method, config, training, parameters, tuple(problems))


def _configuration(content: dict[str, Any]) -> tuple[Method | None, dict, dict]:
    method = METHODS.get(content["method"])
    return method, dict(content["config"]), dict(content.get("training") or {})


def try_read(
    path: Path, parse: Callable[[Any], Any], read: Callable[[Path], Any]
) -> tuple[Any, str | None]:
    """Read and parse a file: valid JSON may still be of the wrong shape.

    Args:
        path: the file, which the sentence names.
        parse: JSON -> what the page needs.
        read: folder -> JSON, one of the readers in `runs`.

    Returns:
        What was parsed, None if it cannot be or there is no file; and what is wrong with it.
    """
    try:
        content = read(path.parent)
        if content is None:
            return None, f"{path.name} is missing"
        return parse(content), None
    except CheckpointError as error:
        return None, str(error).replace(str(path), path.name)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        return None, f"{path.name} is damaged ({type(error).__name__}: {error})"


# --- metrics ----------------------------------------------------------------------------------


def load_metrics(found: list[Run]) -> tuple[pd.DataFrame, dict[str, str]]:
    """All metrics.json as one long table of COLUMNS, and a sentence for each without.

    Truth and grey come first, once for each set of photos, since several methods share one.
    """
    lines, problems = [], {}
    for run in found:
        path = run.folder / runs.METRICS_FILE
        measured, problem = _load_measurement(path, stamp(path))
        if problem:
            problems[run.name] = problem
            continue
        lines += _metric_lines(run.name, SAME, measured.same_sources)
        if measured.elsewhere:
            lines += _metric_lines(run.name, ELSEWHERE, measured.elsewhere)
    frame = pd.DataFrame(lines, columns=COLUMNS)
    frame = frame.drop_duplicates(["block", "row", "metric", "photos"])
    rank = {kind: place for place, kind in enumerate(KINDS)}
    frame = frame.sort_values("kind", key=lambda kinds: kinds.map(rank), kind="stable")
    return frame.reset_index(drop=True), problems


@st.cache_data(max_entries=256, show_spinner=False)
def _load_measurement(path: Path, key: Stamp) -> tuple[Measurement | None, str | None]:
    return try_read(path, lambda measurement: measurement, read_measurement)


def _metric_lines(name: str, where: str, block: Block) -> list[tuple]:
    """A line of COLUMNS for each number of one block of a metrics.json."""
    rows = [(f"{name} {v}".strip(), name, v, "method", row) for v, row in block.rows.items()]
    rows += [("grey", "grey", "", "grey", block.grey), ("truth", "truth", "", "truth", block.truth)]
    named = sum(block.classifiers.values())
    return [
        (where, *place, metric, found.value, found.low, found.high, block.photos, named)
        for *place, row in rows
        for metric, found in row.items()
    ]


def column_title(metric: str) -> str:
    """Title and unit, with an arrow where one direction is better."""
    return f"{METRICS[metric].heading} {ARROWS[METRICS[metric].higher_is_better]}"


def is_trivial(metric: str) -> bool:
    """Whether the truth is perfect by definition, so that its value says nothing."""
    return METRICS[metric].higher_is_better is not None and metric not in CLASSIFIER_METRICS


# --- histories --------------------------------------------------------------------------------


def load_history(folder: Path) -> tuple[pd.DataFrame, str | None]:
    """The numbers of history.jsonl as a table, and a sentence if there are none."""
    return _load_history(folder, stamp(folder / runs.HISTORY))


@st.cache_data(max_entries=64, show_spinner=False)
def _load_history(folder: Path, key: Stamp) -> tuple[pd.DataFrame, str | None]:
    lines = [
        {name: float(value) for name, value in line.items() if type(value) in (int, float)}
        for line in runs.read_history(folder)
    ]
    frame = pd.DataFrame([line for line in lines if "images" in line])
    if frame.empty:
        return frame, f"{runs.HISTORY} is missing" if key is None else "no point is written yet"
    return frame.sort_values("images", kind="stable", ignore_index=True), None


# --- sweeps over temperatures -------------------------------------------------------------------


def load_sweep(folder: Path) -> tuple[dict[str, Any] | None, str | None]:
    """sweep.json, checked for its shape, or a sentence on why there is none."""
    return _load_sweep(folder, stamp(folder / runs.SWEEP))


@st.cache_data(max_entries=64, show_spinner=False)
def _load_sweep(folder: Path, key: Stamp) -> tuple[dict[str, Any] | None, str | None]:
    return try_read(folder / runs.SWEEP, _check_sweep, runs.read_sweep)


def _check_sweep(content: dict[str, Any]) -> dict[str, Any]:
    temperatures, histogram = content["temperatures"], content["chroma_histogram"]
    lists = [values for measure in content["measures"].values() for values in measure.values()]
    shares = [histogram["truth"], *histogram["results"]]
    if temperatures != sorted(map(float, temperatures)) or not temperatures or not lists:
        raise ValueError("nothing measured, or temperatures out of order")
    if {len(values) for values in (*lists, histogram["results"])} != {len(temperatures)}:
        raise ValueError("not one number for each temperature")
    if {len(part) for part in shares} != {len(histogram["edges"]) - 1}:
        raise ValueError("not one share for each bin of the histogram")
    references = {kind: dict(content.get(kind) or {}) for kind in ("grey", "truth")}
    photos = describe_photos(int(content["n"]), content.get("split"), dict(content["data"]))
    return content | references | {"photos": photos}


def reference(sweep: dict[str, Any], kind: str, metric: str, part: str = "value") -> float | None:
    """What a sweep says of plain grey or of the truth, if it does."""
    return sweep[kind].get(metric, {}).get(part)
