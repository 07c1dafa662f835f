"""Train an evaluation classifier on a folder of class folders: main -> train_epoch -> evaluate."""

import dataclasses
import json
import logging
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.nn import functional as F

from colorize_core.data.augmentation import cut
from colorize_core.errors import ConfigError, TrainingError
from colorize_core.evaluation.classifiers import (
    EvaluationClassifier,
    LoadedClassifier,
    build_classifier,
    load_classifier,
)
from colorize_core.files import write_atomically, write_json
from colorize_core.methods.checkpoint import load_strictly
from colorize_core.metrics.recognition import confidence, named_correctly
from colorize_core.models.classifiers import CompactClassifier
from colorize_core.runs import CONFIG, METRICS, WEIGHTS
from colorize_core.training.classifier_data import Pictures, read_labelled, split_labelled
from colorize_core.training.classifier_measure import measure_classifier
from colorize_core.training.classifier_recipes import RECIPES
from colorize_core.training.devices import build_accelerator, hardware_name
from colorize_core.training.history import add_to_history
from colorize_core.training.pretrained import load_pretrained
from colorize_core.training.state import FILE, check_same, load_state, save_state

log = logging.getLogger(__name__)
WARM_UP = 0.2
"""Share of the run in which the learning rate rises; then it falls to nothing in a line."""
WHITENING_PICTURES = 5000


@dataclasses.dataclass(frozen=True)
class ClassifierOptions:
    """Options of one run; the command line mirrors the fields."""

    data: Path
    """A folder of class folders, or of train/, val/ and test/ with class folders in each."""
    out: Path
    epochs: float | None = None
    minutes: float | None = None
    device: str = "auto"
    precision: str = "auto"
    """auto, fp32 or bf16, as `devices.build_accelerator`."""
    seed: int = 0
    encoder_weights: str = "imagenet"
    """Where a pretrained trunk comes from, as `training.pretrained.load_pretrained`."""
    resume: bool = False
    limit: int | None = None
    """Use at most so many pictures of each part."""

    def __post_init__(self) -> None:
        if (self.epochs is None) == (self.minutes is None):
            raise ConfigError("give either --epochs or --minutes")
        for name in ("epochs", "minutes", "limit"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ConfigError(f"{name} must be above 0, got {value}")


def train_classifier(classifier: EvaluationClassifier, options: ClassifierOptions) -> Path:
    """Train one evaluation classifier and measure it; returns its folder.

    Raises:
        ConfigError: an evaluation classifier that cannot be trained here, a folder with another run, or
            `--resume` with other options.
        DataError: no pictures with labels that the evaluation classifier knows.
        TrainingError: the loss stopped being a finite number.
    """
    if classifier.name not in RECIPES:
        known = ", ".join(RECIPES)
        raise ConfigError(
            f"evaluation classifier {classifier.name!r} is not trained here; choose from: {known}"
        )
    if (options.out / FILE).exists() and not options.resume:
        raise ConfigError(
            f"{options.out} holds a run already; continue it with --resume or give another --out"
        )
    accelerator = build_accelerator(options.device, options.precision)
    parts = split_labelled(classifier, options.data, options.limit)
    training, validation = (read_labelled(classifier, parts[name]) for name in ("train", "val"))
    run = ClassifierRun(classifier, options, accelerator, training, validation)
    if options.resume:
        run.restore()
    run.to_the_end()
    split = "test" if parts["test"] else "val"
    report = measure_classifier(load_classifier(classifier.name, options.out), parts[split])
    write_json(options.out / METRICS, {"classifier": classifier.name, "split": split, **report})
    return options.out


@dataclasses.dataclass
class Position:
    """How far a run has come."""

    images: int = 0
    epoch: int = 0
    seconds: float = 0.0


class ClassifierRun:
    """One training run: network, data, position, and what is written."""

    def __init__(
        self,
        classifier: EvaluationClassifier,
        options: ClassifierOptions,
        accelerator: Accelerator,
        training: Pictures,
        validation: Pictures,
    ) -> None:
        self.classifier, self.options, self.recipe = classifier, options, RECIPES[classifier.name]
        self.accelerator, self.device = accelerator, accelerator.device
        self.training, self.validation = training.to(self.device), validation.to(self.device)
        self.position = Position()
        torch.manual_seed(options.seed)
        self.model = build_classifier(classifier)
        self._initialise()
        self.model = self.model.to(self.device, memory_format=torch.channels_last)
        self.optimizer = self.recipe.optimizer(self.model, self.recipe.lr)
        self.parity = torch.randint(2, (len(training),)).to(self.device)

    def _initialise(self) -> None:
        load_pretrained(self.model, self.options.encoder_weights)
        if isinstance(self.model, CompactClassifier):
            step = max(1, len(self.training) // WHITENING_PICTURES)
            self.model.fit_whitening(self.training.pixels[::step].cpu() / 255)

    # --- the loop -----------------------------------------------------------------------------

    def to_the_end(self) -> None:
        """Train epoch by epoch until the budget is used."""
        self.options.out.mkdir(parents=True, exist_ok=True)
        while self.progress < 1:
            terms = self.train_epoch()
            self.position.epoch += 1
            self._write({**terms, **self.evaluate()})

    @property
    def progress(self) -> float:
        """Share of the run that is done, 0…1."""
        if self.options.minutes is not None:
            return min(1.0, self.position.seconds / (60 * self.options.minutes))
        return min(1.0, self.position.images / (self.options.epochs * len(self.training)))

    def train_epoch(self) -> dict[str, float]:
        """One pass, or what the budget leaves of it; returns the mean loss and accuracy."""
        self.model.train()
        loss_sum, right, images = torch.zeros(()), torch.zeros(()), 0
        started, before = time.monotonic(), self.position.seconds
        for rgb, target in self._batches():
            loss, logits = self._step(rgb, target)
            loss_sum = loss_sum.to(loss) + loss * len(rgb)
            right = right.to(loss) + (logits.argmax(1) == target).sum()
            images += len(rgb)
            self.position.images += len(rgb)
            self.position.seconds = before + time.monotonic() - started
            if self.progress >= 1:
                break
        if not math.isfinite(float(loss_sum)):
            raise TrainingError(f"the loss became {float(loss_sum)} in epoch {self.position.epoch}")
        return {"train_loss": float(loss_sum) / images, "train_accuracy": float(right) / images}

    def _batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Augmented batches of one epoch; seeding by epoch makes a resumed run the same run."""
        generator = torch.Generator(self.device)
        generator.manual_seed(hash((self.options.seed, self.position.epoch)) % 2**63)
        torch.manual_seed(self.position.epoch)  # dropout
        order = torch.randperm(len(self.training), generator=generator, device=self.device)
        side = self.training.pixels.shape[-1]
        for index in order.split(self.recipe.batch_size):
            boxes = self.recipe.boxes(index.new_full((len(index), 2), side), generator)
            # Every picture is mirrored in every other epoch: both views are seen equally often.
            flip = (self.parity[index] + self.position.epoch) % 2 == 1
            rgb = cut(self.training.pixels[index], boxes, self.recipe.crop, flip)
            yield rgb.contiguous(memory_format=torch.channels_last), self.training.targets[index]

    def _step(self, rgb: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.lr * group["share"] * rate_factor(self.progress)
        with self.accelerator.autocast():
            logits = self.model(rgb)
        loss = F.cross_entropy(logits.float(), target, label_smoothing=self.recipe.label_smoothing)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.detach(), logits.detach()

    # --- what is written ------------------------------------------------------------------------

    def evaluate(self) -> dict[str, float]:
        """Loss and accuracy on the validation pictures."""
        loaded = LoadedClassifier(self.classifier, self.model.eval(), self.device)
        parts = self.validation.pixels.split(256)
        probabilities = torch.cat([loaded.probabilities(part / 255) for part in parts])
        target = self.validation.targets.cpu()
        sure = confidence(probabilities, target)
        return {
            "val_loss": float(-sure.clamp(min=1e-9).log().mean()),
            "val_accuracy": float(named_correctly(probabilities, target).mean()),
            "val_confidence": float(sure.mean()),
        }

    def _write(self, measured: dict[str, float]) -> None:
        out = self.options.out
        line = {
            "images": self.position.images,
            "epoch": self.position.epoch,
            "seconds": round(self.position.seconds, 1),
            "lr": round(self.recipe.lr * rate_factor(self.progress), 8),
            **{name: round(value, 6) for name, value in measured.items()},
        }
        log.info("%s", json.dumps(line))
        add_to_history(out, line)
        write_atomically(out / WEIGHTS, safetensors.torch.save(_stored(self.model)))
        write_json(out / CONFIG, self._description())
        save_state(out, self._state())

    def _description(self) -> dict[str, Any]:
        return {
            "classifier": self.classifier.name,
            "config": _config(self.classifier),
            "training": {
                **_plain(self.options),
                "images_seen": self.position.images,
                "seconds": round(self.position.seconds, 1),
                "training_photos": len(self.training),
                "validation_photos": len(self.validation),
                "hardware": hardware_name(self.accelerator),
            },
        }

    def _state(self) -> dict[str, Any]:
        return {
            "classifier": self.classifier.name,
            "options": _plain(self.options),
            "position": dataclasses.asdict(self.position),
            "model": dict(self.model.state_dict()),
            "optimizer": self.optimizer.state_dict(),
        }

    def restore(self) -> None:
        """Go back to the last written state.

        Raises:
            CheckpointError: no state, or a damaged one.
            ConfigError: the state belongs to a run with other options.
        """
        state, path = load_state(self.options.out), self.options.out / FILE
        free = {"epochs": None, "minutes": None}  # the length may change
        mine = {"classifier": self.classifier.name, **_plain(self.options), **free}
        theirs = {"classifier": state["classifier"], **state["options"], **free}
        check_same(self.options.out, mine, theirs)
        self.position = Position(**state["position"])
        load_strictly(self.model, state["model"], path)
        self.optimizer.load_state_dict(state["optimizer"])


def rate_factor(progress: float) -> float:
    """Share of the peak learning rate: up in a line, then down to nothing in a line."""
    return max(1e-3, min(progress / WARM_UP, (1 - progress) / (1 - WARM_UP)))


def _plain(options: ClassifierOptions) -> dict[str, Any]:
    """What is stored with the evaluation classifier: no paths."""
    values = dataclasses.asdict(options)
    values["data"] = Path(options.data).name
    if options.encoder_weights not in ("imagenet", "none"):
        values["encoder_weights"] = Path(options.encoder_weights).name
    for name in ("out", "resume", "device", "precision"):
        del values[name]
    return values


def _config(classifier: EvaluationClassifier) -> dict[str, Any]:
    config = {"side": classifier.side, "classes": list(classifier.labels)}
    widths = classifier.widths
    return {**config, "widths": list(widths)} if widths else config


def _stored(model: nn.Module) -> dict[str, Tensor]:
    """Parameters in half precision, batch statistics as they are."""
    names = {name for name, _ in model.named_parameters()}
    return {
        name: (tensor.half() if name in names else tensor).detach().cpu().contiguous()
        for name, tensor in model.state_dict().items()
    }
