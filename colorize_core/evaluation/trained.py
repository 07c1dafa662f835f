"""How shipped methods and experiments were trained, from config.json and history.jsonl."""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from colorize_core.errors import CheckpointError, ColorizeError
from colorize_core.evaluation.measured import Measurement, read_measurement
from colorize_core.methods import METHODS, Method
from colorize_core.methods.config import MethodConfig
from colorize_core.runs import CONFIG, HISTORY, METRICS, WEIGHTS

EXPERIMENTS = "experiments"
"""Folder beside the checkpoints: runs that are measured and not shipped, without weights."""


@dataclass(frozen=True)
class Trained:
    """A method folder without its weights."""

    name: str
    method: Method
    config: MethodConfig
    training: dict[str, Any] = field(default_factory=dict)
    """What config.json says of the run; empty when unknown."""
    history: tuple[dict[str, float], ...] = ()
    """The lines of history.jsonl; those that cannot be read are left out."""
    parameters: int | None = None
    """Trained numbers of the network; None without weights."""
    measurement: Measurement | None = None
    """metrics.json; None while there is none."""

    @property
    def validation_loss(self) -> float | None:
        """Loss on the validation photos where the kept weights were written."""
        images = self.training.get("images_seen")
        losses = [h.get("val_loss") for h in self.history if h.get("images") == images]
        return losses[-1] if losses else None


def read_trained(folder: Path) -> Trained | None:
    """One folder; None where there is no config.json.

    Raises:
        CheckpointError: config.json or metrics.json is damaged.
    """
    path = folder / CONFIG
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        method = METHODS[content["method"]]
        config = method.read_config(content["config"])
        training = dict(content.get("training", {}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ColorizeError) as error:
        raise CheckpointError(f"{path} does not describe a method: {error}") from error
    metrics = folder / METRICS
    return Trained(
        folder.name,
        method,
        config,
        training,
        _history(folder / HISTORY),
        count_parameters(folder / WEIGHTS),
        read_measurement(metrics) if metrics.is_file() else None,
    )


def read_experiments(root: Path) -> dict[str, Trained]:
    """The folders below experiments/, by name.

    Args:
        root: the folder of checkpoints, beside which experiments/ lies.

    Raises:
        CheckpointError: a damaged file.
    """
    folders = sorted(path for path in (root.parent / EXPERIMENTS).glob("*") if path.is_dir())
    found = {folder.name: read_trained(folder) for folder in folders}
    return {name: trained for name, trained in found.items() if trained is not None}


def _history(path: Path) -> tuple[dict[str, float], ...]:
    if not path.is_file():
        return ()
    lines = []
    for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict):
            lines.append(line)
    return tuple(lines)


def count_parameters(path: Path) -> int | None:
    """Trained numbers in a weights file: those in half precision; None if it cannot be read."""
    try:
        with safe_open(path, framework="numpy") as file:
            slices = [file.get_slice(name) for name in file.keys()]  # noqa: SIM118, no dict
            halves = [part.get_shape() for part in slices if part.get_dtype() == "F16"]
    except (SafetensorError, OSError):
        return None
    return sum(math.prod(shape) for shape in halves)
