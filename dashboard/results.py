"""Cached readers of checkpoints/: what each method folder says, and what is wrong with it.

Nothing here needs torch, so that the first page is there at once. A damaged file never raises:
the reader returns what it can and a sentence about the rest.
"""

import json
import math
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

SHIPPED = Path(__file__).resolve().parent.parent / "checkpoints"
CONFIG, WEIGHTS = "config.json", "model.safetensors"
HISTORY, METRICS = "history.jsonl", "metrics.json"
SWEEP, PRIOR = "sweep.json", "prior.json"
REFERENCES = ("grey", "truth")


class Measure(NamedTuple):
    """What the pages say of a metric."""

    title: str
    unit: str
    higher_is_better: bool | None


MEASURES = {
    "raw_auc": Measure("Raw AuC", "%", True),
    "rebalanced_auc": Measure("Rebalanced AuC", "%", True),
    "delta_e2000": Measure("ΔE2000", "", False),
    "psnr": Measure("PSNR", "dB", True),
    "ssim": Measure("SSIM", "", True),
    "accuracy_5": Measure("acc@5", "%", True),
    "colorfulness": Measure("Colourfulness", "", None),
    "chroma": Measure("Mean chroma", "", None),
    "roughness": Measure("Roughness of ab", "ab units per pixel", None),
    "bleeding": Measure("Bleeding over edges", "%", None),
    "face_delta_e2000": Measure("ΔE2000 in faces", "", False),
    "green_or_blue_faces": Measure("Green or blue faces", "%", False),
    "classifier_accuracy": Measure("Evaluation classifier's accuracy", "%", True),
    "classifier_confidence": Measure("Evaluation classifier's confidence", "", True),
}
"""`colorize_core.metrics.table.METRICS` without torch; a test holds both together."""
SWEPT = {
    name: MEASURES[name]
    for name in (
        "colorfulness", "chroma", "raw_auc", "rebalanced_auc", "delta_e2000", "classifier_accuracy",
        "classifier_confidence", "roughness",
    )
}  # fmt: skip
"""`colorize_core.evaluation.temperature_sweep.SWEEP_METRICS` without torch, in the order of the page."""
CLASSIFIERD = ("classifier_accuracy", "classifier_confidence")
"""Metrics on which the truth is not perfect, and which only labelled pictures have."""

Stamp = tuple[int, int] | None
"""(time of change in ns, size) of a file; None while there is none."""


@dataclass(frozen=True)
class Run:
    """A method folder, as far as it can be read."""

    name: str
    folder: Path
    method: str | None = None
    """Name in the registry; None if config.json does not tell."""
    config: dict[str, Any] | None = None
    training: dict[str, Any] | None = None
    parameters: int | None = None
    bytes_on_disk: int = 0
    problems: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether the network can be loaded, as far as that is known without doing it."""
        return self.method is not None and self.parameters is not None


def root() -> Path:
    """The folder of method folders: $COLORIZE_CHECKPOINTS, or the shipped one."""
    return Path(os.environ.get("COLORIZE_CHECKPOINTS") or SHIPPED)


def stamp(path: Path) -> Stamp:
    """What the caches are keyed on, beside the path."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


# --- method folders ---------------------------------------------------------------------------


def list_runs(folder: Path | None = None) -> list[Run]:
    """Every method folder below the root, in the order of the registry."""
    folder = root() if folder is None else folder
    try:
        children = {p.name: p for p in folder.iterdir() if p.is_dir() and p.name[0] not in "._"}
    except OSError:
        return []
    return [read_run(children[name]) for name in method_order(list(children))]


def read_run(folder: Path) -> Run:
    """One method folder; see `Run`."""
    stamps = (stamp(folder / CONFIG), stamp(folder / WEIGHTS), stamp(folder / HISTORY))
    return _read_run(str(folder), stamps)


@st.cache_data(max_entries=256, show_spinner=False)
def _read_run(path: str, stamps: tuple[Stamp, ...]) -> Run:
    folder, problems = Path(path), []
    config, problem = _parse_json(folder / CONFIG)
    problems += [problem] if problem else []
    method, problem = _method_name(config) if config is not None else (None, None)
    problems += [problem] if problem else []
    parameters, problem = _count_parameters(folder / WEIGHTS)
    problems += [problem] if problem else []
    if stamps[2] is None:
        problems.append(f"{HISTORY} is missing: no curves")
    config = config if isinstance(config, dict) else {}
    return Run(
        name=folder.name,
        folder=folder,
        method=method,
        config=_dict(config.get("config")),
        training=_dict(config.get("training")),
        parameters=parameters,
        bytes_on_disk=stamps[1][1] if stamps[1] else 0,
        problems=tuple(problems),
    )


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _method_name(config: Any) -> tuple[str | None, str | None]:
    name = config.get("method") if isinstance(config, dict) else None
    if not isinstance(name, str):
        return None, f"{CONFIG} names no method"
    if name not in methods():
        return None, f"method {name!r} is not known to this version"
    return name, None


def methods() -> dict[str, Any]:
    """The registry."""
    from colorize_core.methods import METHODS

    return METHODS


def is_studio(run: Run) -> bool:
    """Whether a run holds one of the studio's own methods, not a system of a report."""
    method = methods().get(run.method) if run.method else None
    return method is not None and method.report is None


def method_order(names: list[str]) -> list[str]:
    """Names in the order of the registry; others after them."""
    known = list(methods())
    return sorted(names, key=lambda n: (known.index(n) if n in known else len(known), n))


def _count_parameters(path: Path) -> tuple[int | None, str | None]:
    """Trained numbers in a safetensors file, from its header alone.

    Checkpoints hold parameters in half precision and everything else (batch statistics, prior)
    in other types; see `colorize_core.methods.checkpoint`.
    """
    header, problem = _weights_header(path)
    if header is None:
        return None, problem
    shapes = [t["shape"] for t in header.values() if t.get("dtype") == "F16"]
    return sum(math.prod(shape) for shape in shapes), None


def _weights_header(path: Path) -> tuple[dict[str, Any] | None, str | None]:
    try:
        with path.open("rb") as file:
            size = struct.unpack("<Q", file.read(8))[0]
            text = file.read(min(size, 1 << 22))
        header = json.loads(text)
        header.pop("__metadata__", None)
        end = max((t["data_offsets"][1] for t in header.values()), default=0)
    except FileNotFoundError:
        return None, f"{path.name} is missing"
    except (OSError, struct.error, ValueError, KeyError, TypeError, AttributeError):
        return None, f"{path.name} is damaged"
    if path.stat().st_size != 8 + size + end:
        return None, f"{path.name} is cut short"
    return header, None


def _parse_json(path: Path) -> tuple[Any, str | None]:
    """The content of a JSON file, or a sentence on why there is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8")), None
    except FileNotFoundError:
        return None, f"{path.name} is missing"
    except (OSError, ValueError, RecursionError):
        return None, f"{path.name} is damaged"


@st.cache_data(max_entries=256, show_spinner=False)
def _cached_json(path: str, key: Stamp) -> tuple[Any, str | None]:
    return _parse_json(Path(path))


def read_json(path: Path) -> tuple[Any, str | None]:
    """As `_parse_json`, cached until the file changes."""
    return _cached_json(str(path), stamp(path))


# --- metrics ----------------------------------------------------------------------------------

METRIC_COLUMNS = ["row", "run", "variant", "kind", "metric", "value", "low", "high", "n", "data"]


def load_metrics(runs: list[Run]) -> tuple[pd.DataFrame, dict[str, str]]:
    """All metrics.json as one long table, and a sentence for each that cannot be read.

    Grey and the truth come first, once for each test set, since several methods share one.
    """
    lines: list[dict[str, Any]] = []
    problems: dict[str, str] = {}
    for run in runs:
        content, problem = read_json(run.folder / METRICS)
        if problem is None:
            found, problem = guarded(_metric_lines, run.name, content)
            lines += found or []
        if problem:
            problems[run.name] = f"{METRICS} {problem.removeprefix(METRICS).strip()}"
    frame = pd.DataFrame(lines, columns=METRIC_COLUMNS)
    frame = frame.drop_duplicates(["row", "metric", "data"])
    rank = {"truth": 0, "grey": 1, "method": 2}
    return frame.sort_values(
        "kind", key=lambda kinds: kinds.map(rank), kind="stable", ignore_index=True
    ), problems


def guarded(read: Callable, *arguments: Any) -> tuple[Any, str | None]:
    """Call a reader of untrusted JSON: valid JSON may still be of the wrong shape."""
    try:
        return read(*arguments), None
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        return None, "is damaged"


def _metric_lines(name: str, content: dict[str, Any]) -> list[dict[str, Any]]:
    n, data = int(content["n"]), describe_data(content)
    rows = [(f"{name} {v}".strip(), name, v, "method", m) for v, m in content["rows"].items()]
    rows += [(kind, kind, "", kind, content[kind]) for kind in REFERENCES]
    return [
        {
            **dict(zip(METRIC_COLUMNS[:5], (row, run, variant, kind, metric), strict=True)),
            **{part: float(measured[part]) for part in ("value", "low", "high")},
            "n": int(measured.get("n") or n),
            "data": data,
        }
        for row, run, variant, kind, measures in rows
        for metric, measured in measures.items()
    ]


def describe_data(content: dict[str, Any]) -> str:
    """What a report was measured on, such as "photos 600, imagenette 1,000"."""
    return ", ".join(f"{name} {count:,}" for name, count in content["data"].items())


# --- history ----------------------------------------------------------------------------------


def load_history(folder: Path) -> tuple[pd.DataFrame, str | None]:
    """history.jsonl as a table, and a sentence if lines are missing.

    A last line that is still being written is left for the next look.
    """
    path = folder / HISTORY
    return _load_history(str(path), stamp(path))


@st.cache_data(max_entries=64, show_spinner=False)
def _load_history(path: str, key: Stamp) -> tuple[pd.DataFrame, str | None]:
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return pd.DataFrame(), f"{HISTORY} is missing"
    lines, broken = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        parsed = _history_line(line)
        if parsed is not None:
            lines.append(parsed)
        elif line.strip() and number <= text.count("\n"):
            broken += 1
    frame = pd.DataFrame(lines)
    if "images" in frame:
        frame = frame.sort_values("images", kind="stable", ignore_index=True)
    if broken:
        return frame, f"{broken} damaged lines of {HISTORY} were left out"
    return frame, None if lines else f"{HISTORY} holds no line yet"


def _history_line(line: str) -> dict[str, float] | None:
    """The numbers of one line; None if it is not a whole JSON object with a position."""
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(parsed, dict):
        return None
    numbers = {
        name: float(value)
        for name, value in parsed.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    return numbers if "images" in numbers else None


# --- sweeps --------------------------------------------------------------------------------------


def load_sweep(folder: Path) -> tuple[dict[str, Any] | None, str | None]:
    """sweep.json, checked for its shape."""
    content, problem = read_json(folder / SWEEP)
    if problem:
        return None, problem
    checked, problem = guarded(_check_sweep, content)
    return checked, f"{SWEEP} {problem}" if problem else None


def _check_sweep(content: dict[str, Any]) -> dict[str, Any]:
    count, histogram = len(content["temperatures"]), content["chroma_histogram"]
    bins = len(histogram["edges"]) - 1
    lengths = {len(m[part]) for m in content["measures"].values() for part in m}
    if lengths != {count} or {len(r) for r in histogram["results"]} != {bins}:
        raise ValueError("lengths differ")
    if len(histogram["results"]) != count or len(histogram["truth"]) != bins:
        raise ValueError("lengths differ")
    if (
        bins < 1
        or not content["measures"]
        or content["temperatures"] != sorted(map(float, content["temperatures"]))
    ):
        raise ValueError("nothing measured, or temperatures out of order")
    return content | {
        "data_text": describe_data(content),
        "n": int(content["n"]),
        "edges": histogram["edges"],
    }


def reference(sweep: dict[str, Any], kind: str, measure: str, part: str = "value") -> float | None:
    """What a sweep says of plain grey or of the truth, if it does."""
    number = _dict(_dict(sweep.get(kind)).get(measure)).get(part)
    return number if isinstance(number, int | float) else None
