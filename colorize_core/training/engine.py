"""The training loop, on accelerate: run -> train_interval -> evaluate, until the budget ends."""

import contextlib
import dataclasses
import functools
import logging
import math
import time
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast
from torch import Tensor

from colorize_core.data.folders import PhotoFile
from colorize_core.data.store import PhotoStore, load_store
from colorize_core.errors import CheckpointError, ConfigError, TrainingError
from colorize_core.files import check_writable
from colorize_core.methods import Method
from colorize_core.methods.checkpoint import load_strictly
from colorize_core.methods.config import MethodConfig
from colorize_core.runs import read_history, training_totals
from colorize_core.training.adversary import SENTENCES
from colorize_core.training.colorization import build_task
from colorize_core.training.devices import build_accelerator, hardware_name, place
from colorize_core.training.history import add_to_history, cut_history
from colorize_core.training.options import TrainingOptions
from colorize_core.training.progress import ProgressLine
from colorize_core.training.schedule import Plateau, learning_rate_factor
from colorize_core.training.seeds import generator_for, seed_for
from colorize_core.training.state import (
    FILE,
    WRONG,
    check_same,
    damaged,
    fingerprint,
    load_state,
    locked,
    read_numbers,
    save_state,
)
from colorize_core.training.task import Task

log = logging.getLogger(__name__)
BEST = "best"
"""Folder, inside the run's, with the checkpoint of the least validation loss."""
CHECK_EVERY = 20
"""Steps between two looks at the loss; looking at every step would stall a GPU."""


@dataclasses.dataclass
class Position:
    """How far a run has come."""

    images: int
    interval: int
    seconds: float


def train(method: Method, config: MethodConfig, options: TrainingOptions) -> Path:
    """Train one method; returns the folder with its checkpoint, history and resume state.

    Raises:
        CheckpointError: weights to start from, or a state to resume, that cannot be used.
        ConfigError: options that cannot be, a folder with another run, or `--resume` with other
            options.
        DataError: data folders that cannot be used.
        TrainingError: the loss stopped being a finite number.
    """
    return run(build_task(method, config, options))


def run(task: Task) -> Path:
    """Train what a task teaches; whatever can be refused is refused before a photo is read.

    Raises:
        ColorizeError: as `train`.
    """
    options = task.options
    check_writable(options.out)
    accelerator = build_accelerator(options.device, options.precision)
    with locked(options.out) if accelerator.is_main_process else contextlib.nullcontext():
        _run(task, accelerator)
    return options.out


def _run(task: Task, accelerator: Accelerator) -> None:
    options = task.options
    _check_empty(options)
    state = _load_same(task) if options.resume else None
    files = task.find_photos()
    photos = fingerprint([*files[0], *files[1]], options.data)
    if state is not None and state.get("photos", photos) != photos:  # older states have none
        raise ConfigError(
            f"the run in {options.out} was begun with other photos than there are now in "
            f"{', '.join(map(str, options.data))}; give the same data or another --out"
        )
    if state is None:
        task.start()
    stores = load_stores(*map(tuple, files), options.store_side)
    task.use(*(place(store, accelerator) for store in stores))
    if state is None:
        task.count()
    task.prepare(accelerator)
    current = Run(task, photos)
    if state is not None:
        current.restore(state)
    current.to_the_end()


def _check_empty(options: TrainingOptions) -> None:
    if (options.out / FILE).exists() and not options.resume:
        raise ConfigError(
            f"{options.out} holds a run already; continue it with --resume or give another --out"
        )


def _load_same(task: Task) -> dict[str, Any]:
    out = task.options.out
    state = load_state(out)
    try:
        theirs = {**task.identity_before(), **state["identity"]}
    except WRONG as error:
        raise damaged(out, error) from error
    check_same(out, task.identity(), theirs)
    return state


@functools.lru_cache(maxsize=1)  # methods trained one after another often share their data
def load_stores(
    training: tuple[PhotoFile, ...], validation: tuple[PhotoFile, ...], side: int
) -> tuple[PhotoStore, PhotoStore]:
    """Training and validation photos, decoded into memory.

    Raises:
        DataError: no picture could be read.
    """
    log.info("reading %d + %d photos", len(training), len(validation))
    return load_store(list(training), side), load_store(list(validation), side)


class Run:
    """One training run: a task, how far it has come, and what is written."""

    def __init__(self, task: Task, photos: str) -> None:
        self.task, self.options, self.photos = task, task.options, photos
        self.accelerator: Accelerator = task.accelerator
        self.position, self.plateau = Position(0, 0, 0.0), Plateau()
        # Now, since the run that this one starts from may be overwritten by it.
        self.before = training_totals(task.options.init) if task.options.init else None

    # --- the loop -----------------------------------------------------------------------------

    def to_the_end(self) -> None:
        """Train interval by interval until the budget is used."""
        if self.accelerator.is_main_process:
            cut_history(self.options.out, self.position.images or -1)
        with ProgressLine(self.accelerator.is_main_process) as line:
            if self.position.images == 0:
                self.evaluate({})
            while self.progress < 1:
                terms = self.train_interval(line)
                self.position.interval += 1
                self.evaluate(terms)
        if self.accelerator.is_main_process:
            self._say_how_it_went()

    def _say_how_it_went(self) -> None:
        for verdict in self.task.judge(read_history(self.options.out)).values():
            log.info("%s: %s", self.task.name, SENTENCES[verdict])

    @property
    def progress(self) -> float:
        """Share of the run that is done, 0…1."""
        if self.options.minutes is not None:
            return min(1.0, self.position.seconds / (60 * self.options.minutes))
        total = self.options.epochs * len(self.task.training)
        return min(1.0, self.position.images / total)

    @property
    def rate_factor(self) -> float:
        """The learning rate now, as a share of its peak."""
        schedule = self.task.recipe.schedule
        return learning_rate_factor(self.progress, schedule, self.plateau.drops)

    def train_interval(self, line: ProgressLine) -> dict[str, float]:
        """Train until the next evaluation; returns the mean of every loss term."""
        task, device = self.task, self.accelerator.device
        # Seeding by interval makes a resumed run the same run; dropout draws on the global one.
        parts = (self.options.seed, self.position.interval, self.accelerator.process_index)
        torch.manual_seed(seed_for(*parts, "network"))
        batches = task.batches(generator_for(task.training.pixels.device, *parts, "batches"))
        chance = generator_for(device, *parts, "chance")
        end = self.position.images + self.options.evaluate_every
        sums: dict[str, Tensor] = {}
        steps, started, before = 0, time.monotonic(), self.position.seconds
        for network in task.networks.values():
            network.train()
        while self.position.images < end and self.progress < 1:
            task.set_rate(self.rate_factor)
            rgb, groups = next(batches)
            for name, value in task.step((rgb.to(device), groups.to(device)), chance).items():
                sums[name] = sums.get(name, 0) + value
            steps += 1
            self.position.images += self.options.batch_size * self.accelerator.num_processes
            self.position.seconds = before + self._first(time.monotonic() - started)
            if steps % CHECK_EVERY == 0:
                _check_finite(sums, self.position)
                line.show(self.position, self.progress, _means(sums, steps))
        _check_finite(sums, self.position)
        return _means(sums, steps)

    def _first(self, value: float) -> float:
        """The first process's value in all of them: they stop, and lower the rate, together."""
        if self.accelerator.num_processes == 1:
            return value
        shared = torch.tensor(value, dtype=torch.float64, device=self.accelerator.device)
        return float(broadcast(shared))

    # --- what is written ------------------------------------------------------------------------

    def evaluate(self, terms: dict[str, float]) -> None:
        """Measure on validation photos, then write history, checkpoint and resume state."""
        measured = self.task.validate() if self.accelerator.is_main_process else {"loss": 0.0}
        measured["loss"] = self._first(measured["loss"])
        _check_finite(measured, self.position)
        best = self.plateau.see(measured["loss"])
        if self.accelerator.is_main_process:
            self._write(terms, measured, best)
        self.accelerator.wait_for_everyone()

    def _write(self, terms: dict[str, float], measured: dict[str, float], best: bool) -> None:
        out = self.options.out
        shown = ", ".join(f"{name} {measured[name]:.4g}" for name in self.task.shown)
        log.info("%d images: %s", self.position.images, shown)
        add_to_history(out, self._history_line(terms, measured))
        for folder in (out, out / BEST) if best else (out,):
            self.task.save(folder, self._provenance())
        save_state(out, self._state())

    def _history_line(self, terms: dict[str, float], measured: dict[str, float]) -> dict[str, Any]:
        return {
            "images": self.position.images,
            "epoch": round(self.position.images / len(self.task.training), 4),
            "seconds": round(self.position.seconds, 1),
            "lr": self.rate_factor * self.options.lr,
            **{f"train_{name}": round(value, 6) for name, value in terms.items()},
            **{f"val_{name}": value for name, value in measured.items()},
        }

    def _provenance(self) -> dict[str, Any]:
        return {
            **self.options.to_json(),
            **({"before": self.before.to_json()} if self.before else {}),
            "images_seen": self.position.images,
            "seconds": round(self.position.seconds, 1),
            "training_photos": len(self.task.training),
            "validation_photos": len(self.task.validation),
            "hardware": hardware_name(self.accelerator),
            "processes": self.accelerator.num_processes,
            **self.task.judge(read_history(self.options.out)),
        }

    def _state(self) -> dict[str, Any]:
        return {
            "identity": self.task.identity(),
            "photos": self.photos,
            "position": dataclasses.asdict(self.position),
            "plateau": dataclasses.asdict(self.plateau),
            "modules": {n: dict(m.state_dict()) for n, m in self.task.modules().items()},
            "optimizers": {n: o.state_dict() for n, o in self.task.optimizers.items()},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a state of this very run.

        Raises:
            CheckpointError: it is damaged.
        """
        path = self.options.out / FILE
        try:
            self.position = read_numbers(Position, state["position"])
            self.plateau = read_numbers(Plateau, state["plateau"])
            for name, module in self.task.modules().items():
                load_strictly(module, state["modules"][name], path)
            for name, optimizer in self.task.optimizers.items():
                optimizer.load_state_dict(state["optimizers"][name])
        except (CheckpointError, *WRONG) as error:
            raise damaged(self.options.out, error) from error


def _means(sums: dict[str, Tensor], steps: int) -> dict[str, float]:
    return {name: float(total) / steps for name, total in sums.items()}


def _check_finite(values: dict[str, Tensor | float], position: Position) -> None:
    for name, total in values.items():
        if not math.isfinite(float(total)):
            raise TrainingError(
                f"{name} became {float(total)} near image {position.images}; "
                "start again with a lower --lr and another --out"
            )
