"""Short training runs of tiny networks, and what they leave."""

from pathlib import Path

import torch

from colorize_core.methods import METHODS
from colorize_core.methods.config import MethodConfig
from colorize_core.runs import WEIGHTS, read_history
from colorize_core.training.colorization import TASKS
from colorize_core.training.engine import train
from colorize_core.training.options import TrainingOptions
from colorize_core.training.state import load_state

from .tiny import TINY, tiny_config

INTERVALS = 3
"""Of the runs here: 12 photos, 11 of them for training, batches of 4, evaluation after 8."""


def small_config(name: str, **changes) -> MethodConfig:
    """The configuration of a method, tiny."""
    return tiny_config(METHODS[name], **changes)


def options(data: Path, out: Path, **changes) -> TrainingOptions:
    """A run of three intervals, two steps each."""
    values = {
        "epochs": INTERVALS * 8 / 11, "batch_size": 4, "crop": 32, "store_side": 32,
        "evaluate_every": 8, "device": "cpu", "precision": "fp32", "encoder_weights": "none",
    }  # fmt: skip
    return TrainingOptions(**{"data": (data,), "out": out, **values, **changes})


def words(data: Path, out: Path) -> list[str]:
    """The options of `options` on the command line, for regression."""
    text = f"--data {data} --out {out} --batch-size 4 --crop 32 --store-side 32 --evaluate-every 8"
    text += f" --epochs {INTERVALS * 8 / 11} --device cpu --precision fp32 --encoder-weights none"
    return [*text.split(), *(f"--set={name}={value}" for name, value in TINY.items())]


def teach(name: str, run: TrainingOptions, **changes) -> Path:
    """Train a tiny network of a method; `changes` are those of its configuration."""
    return train(METHODS[name], small_config(name, **changes), run)


def without_time(folder: Path) -> list[dict]:
    """The history of a run, but for how long it took."""
    return [{k: v for k, v in line.items() if k != "seconds"} for line in read_history(folder)]


def all_tensors(value: object) -> list[torch.Tensor]:
    """Every tensor in nested dicts and lists, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [tensor for part in parts for tensor in all_tensors(part)]


def assert_same_run(folder: Path, expected: Path) -> None:
    """Two runs are the same, bit for bit: networks, optimizers, averages, history, weights."""
    assert without_time(folder) == without_time(expected)
    assert (folder / WEIGHTS).read_bytes() == (expected / WEIGHTS).read_bytes()
    mine, theirs = (all_tensors(load_state(f)) for f in (folder, expected))
    assert len(mine) == len(theirs) > 0
    assert all(torch.equal(*pair) for pair in zip(mine, theirs, strict=True))


def stop_at_step(monkeypatch, kind: type, number: int, stop: BaseException) -> None:
    """Let the given step of a kind of task raise, as a signal at that moment would."""
    step, calls = kind.step, []

    def stopping(self, batch, chance):
        calls.append(1)
        if len(calls) == number:
            raise stop
        return step(self, batch, chance)

    monkeypatch.setattr(kind, "step", stopping)


def task_of(name: str) -> type:
    """The kind of task that teaches a method."""
    return TASKS[type(METHODS[name].config)]
