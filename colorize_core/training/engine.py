"""The training loop, on accelerate: main -> train_interval -> evaluate, until the budget ends."""

import dataclasses
import functools
import logging
import math
import time
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor

from colorize_core.data.augmentation import degrade, training_batches
from colorize_core.data.folders import split_photos, spread
from colorize_core.data.store import PhotoStore, load_store
from colorize_core.errors import ConfigError, TrainingError
from colorize_core.methods import Method
from colorize_core.methods.checkpoint import load_strictly, save_checkpoint
from colorize_core.methods.config import ClassificationConfig, MethodConfig
from colorize_core.training.devices import build_accelerator, hardware_name, place
from colorize_core.training.ema import WeightAverage
from colorize_core.training.history import add_to_history
from colorize_core.training.objectives import build_objective
from colorize_core.training.options import TrainingOptions
from colorize_core.training.pretrained import copy_network, load_pretrained
from colorize_core.training.progress import ProgressLine
from colorize_core.training.schedule import Plateau, learning_rate_factor
from colorize_core.training.state import FILE, check_same, load_state, save_state
from colorize_core.training.validate import count_prior, split, validate

log = logging.getLogger(__name__)
BEST = "best"
"""Folder, inside the run's, with the checkpoint of the least validation loss."""
VALIDATION_PHOTOS = 512
"""Enough for a curve; `colorize evaluate` measures on every photo."""
CHECK_EVERY = 20
"""Steps between two looks at the loss; looking at every step would stall a GPU."""


@dataclasses.dataclass
class Position:
    """How far a run has come."""

    images: int = 0
    interval: int = 0
    seconds: float = 0.0


def train(method: Method, config: MethodConfig, options: TrainingOptions) -> Path:
    """Train one method; returns the folder with its checkpoint, history and resume state.

    Raises:
        ConfigError: a folder with another run, or `--resume` with other options.
        DataError: data folders that cannot be used.
        TrainingError: the loss stopped being a finite number.
    """
    options = options.completed(method.recipe)
    _check_out(options)
    accelerator = build_accelerator(options.device, options.precision)
    stores = load_stores(options.data, options.store_side, options.limit)
    training, validation = (place(store, accelerator) for store in stores)
    run = Run(method, config, options, accelerator, training, validation)
    if options.resume:
        run.restore()
    run.to_the_end()
    return options.out


def _check_out(options: TrainingOptions) -> None:
    if (options.out / FILE).exists() and not options.resume:
        raise ConfigError(
            f"{options.out} holds a run already; continue it with --resume or give another --out"
        )


@functools.lru_cache(maxsize=1)  # methods trained one after another often share their data
def load_stores(
    data: tuple[Path, ...], side: int, limit: int | None
) -> tuple[PhotoStore, PhotoStore]:
    """Training and validation photos, decoded into memory.

    Raises:
        DataError: data folders that cannot be used.
    """
    train_files, val_files = split_photos(list(data))
    train_files = spread(train_files, limit)
    val_files = spread(val_files, min(limit or VALIDATION_PHOTOS, VALIDATION_PHOTOS))
    log.info("reading %d + %d photos", len(train_files), len(val_files))
    return load_store(train_files, side), load_store(val_files, side)


class Run:
    """One training run: networks, data, position, and what is written."""

    def __init__(
        self,
        method: Method,
        config: MethodConfig,
        options: TrainingOptions,
        accelerator: Accelerator,
        training: PhotoStore,
        validation: PhotoStore,
    ) -> None:
        self.method, self.config, self.options = method, config, options
        self.accelerator, self.device = accelerator, accelerator.device
        self.training, self.validation = training, validation
        self.position, self.plateau = Position(), Plateau()
        torch.manual_seed(options.seed)
        model = method.build(config)
        self._initialise(model)
        model = model.to(self.device, memory_format=torch.channels_last)
        self.objective = build_objective(model, config, options, method.recipe)
        self.average = WeightAverage(model)
        self.objective.prepare(accelerator)

    def _initialise(self, model: torch.nn.Module) -> None:
        """Encoder from ImageNet, or everything that fits from another checkpoint."""
        if self.options.init is None:
            load_pretrained(model.network, self.options.encoder_weights)
        else:
            copy_network(self.options.init, model)
        if isinstance(self.config, ClassificationConfig):
            counts = count_prior(model, self.training)
            model.set_prior(counts.cpu(), self.config)

    # --- the loop -----------------------------------------------------------------------------

    def to_the_end(self) -> None:
        """Train interval by interval until the budget is used."""
        self.options.out.mkdir(parents=True, exist_ok=True)
        with ProgressLine(self.accelerator.is_main_process) as line:
            if self.position.images == 0:
                self.evaluate({})
            while self.progress < 1:
                terms = self.train_interval(line)
                self.position.interval += 1
                self.evaluate(terms)

    @property
    def progress(self) -> float:
        """Share of the run that is done, 0…1."""
        if self.options.minutes is not None:
            return min(1.0, self.position.seconds / (60 * self.options.minutes))
        total = self.options.epochs * len(self.training)
        return min(1.0, self.position.images / total)

    @property
    def rate_factor(self) -> float:
        """The learning rate now, as a share of its peak."""
        schedule = self.method.recipe.schedule
        return learning_rate_factor(self.progress, schedule, self.plateau.drops)

    def train_interval(self, line: ProgressLine) -> dict[str, float]:
        """Train until the next evaluation; returns the mean of every loss term."""
        batches, chance = self._batches(), self._chance(self.device, salt=1)
        end = self.position.images + self.options.evaluate_every
        sums: dict[str, Tensor] = {}
        steps, started, before = 0, time.monotonic(), self.position.seconds
        self.objective.model.train()
        while self.position.images < end and self.progress < 1:
            self.objective.set_rate(self.rate_factor)
            rgb = next(batches).to(self.device)
            grey, color = split(rgb, self.average.model)
            if self.options.degradation:
                grey = degrade(grey, self.options.degradation, chance)
            terms = self.objective.step(grey, color)
            self.average.update(self.accelerator.unwrap_model(self.objective.model))
            for name, value in terms.items():
                sums[name] = sums.get(name, 0) + value
            steps += 1
            self.position.images += self.options.batch_size * self.accelerator.num_processes
            self.position.seconds = before + time.monotonic() - started
            if steps % CHECK_EVERY == 0:
                _check_finite(sums, self.position)
                line.show(self.position, self.progress, _means(sums, steps))
        _check_finite(sums, self.position)
        return _means(sums, steps)

    def _batches(self):
        """Batches of one interval; seeding by interval makes a resumed run the same run."""
        generator = self._chance(self.training.pixels.device)
        recipe = self.method.recipe
        return training_batches(
            self.training,
            self.options.batch_size,
            self.options.crop,
            generator,
            recipe.min_share,
            recipe.rotations,
            recipe.shift,
        )

    def _chance(self, device: torch.device, salt: int | None = None) -> torch.Generator:
        seed = (self.options.seed, self.position.interval, self.accelerator.process_index)
        generator = torch.Generator(device)
        generator.manual_seed(hash(seed if salt is None else (*seed, salt)) % 2**63)
        return generator

    # --- what is written ------------------------------------------------------------------------

    def evaluate(self, terms: dict[str, float]) -> None:
        """Measure the averaged weights, then write history, checkpoint and resume state."""
        if self.accelerator.is_main_process:
            temperature = getattr(self.config, "temperature", 1.0)
            measured = validate(
                self.average.model,
                self.objective.loss,
                self.validation.to(self.device),
                self.options.crop,
                temperature,
            )
            _check_finite(measured, self.position)
            self._write(terms, measured)
        self.accelerator.wait_for_everyone()

    def _write(self, terms: dict[str, float], measured: dict[str, float]) -> None:
        out = self.options.out
        best = self.plateau.see(measured["loss"])
        log.info(
            "%d images: raw AuC %.2f (grey %.2f), rebalanced %.2f, colourfulness %.1f",
            self.position.images,
            measured["raw_auc"],
            measured["grey_raw_auc"],
            measured["rebalanced_auc"],
            measured["colorfulness"],
        )
        add_to_history(out, self._history_line(terms, measured))
        for folder in (out, out / BEST) if best else (out,):
            save_checkpoint(
                folder, self.method, self.config, self.average.model, self._provenance()
            )
        save_state(out, self._state())

    def _history_line(self, terms: dict[str, float], measured: dict[str, float]) -> dict[str, Any]:
        rate = self.rate_factor * self.options.lr
        return {
            "images": self.position.images,
            "epoch": round(self.position.images / len(self.training), 4),
            "seconds": round(self.position.seconds, 1),
            "lr": rate,
            **{f"train_{name}": round(value, 6) for name, value in terms.items()},
            **{f"val_{name}": value for name, value in measured.items()},
        }

    def _provenance(self) -> dict[str, Any]:
        return {
            **self.options.to_json(),
            "images_seen": self.position.images,
            "seconds": round(self.position.seconds, 1),
            "training_photos": len(self.training),
            "validation_photos": len(self.validation),
            "hardware": hardware_name(self.accelerator),
            "processes": self.accelerator.num_processes,
        }

    def _state(self) -> dict[str, Any]:
        unwrap = self.accelerator.unwrap_model
        return {
            "method": self.method.name,
            "config": self.config.to_json(),
            "options": self.options.to_compare(),
            "position": dataclasses.asdict(self.position),
            "plateau": dataclasses.asdict(self.plateau),
            "modules": {n: dict(unwrap(m).state_dict()) for n, m in self.objective.modules.items()},
            "optimizers": {n: o.state_dict() for n, o in self.objective.optimizers.items()},
            "average": dict(self.average.model.state_dict()),
            "updates": self.average.updates,
        }

    def restore(self) -> None:
        """Go back to the last written state.

        Raises:
            CheckpointError: no state, or a damaged one.
            ConfigError: the state belongs to a run with other options.
        """
        state, path = load_state(self.options.out), self.options.out / FILE
        self._check_same_run(state)
        self.position = Position(**state["position"])
        self.plateau = Plateau(**state.get("plateau", {}))
        for name, module in self.objective.modules.items():
            load_strictly(self.accelerator.unwrap_model(module), state["modules"][name], path)
        for name, optimizer in self.objective.optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])
        load_strictly(self.average.model, state["average"], path)
        self.average.updates = state["updates"]

    def _check_same_run(self, state: dict[str, Any]) -> None:
        mine = {"method": self.method.name, **self.config.to_json(), **self.options.to_compare()}
        config = state["config"]
        if state["method"] == self.method.name:  # fields that the state does not know yet
            config = self.method.read_config(config).to_json()
        theirs = {"method": state["method"], **config, **state["options"]}
        check_same(self.options.out, mine, theirs)


def _means(sums: dict[str, Tensor], steps: int) -> dict[str, float]:
    return {name: float(total) / steps for name, total in sums.items()}


def _check_finite(values: dict[str, Tensor | float], position: Position) -> None:
    for name, total in values.items():
        if not math.isfinite(float(total)):
            raise TrainingError(
                f"{name} became {float(total)} near image {position.images}; "
                "lower --lr, then continue with --resume from the last good state"
            )
