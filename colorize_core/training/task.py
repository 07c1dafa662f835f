"""What a run teaches, as the engine sees it: a method that colorizes, or a classifier."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from colorize_core.data.augmentation import training_batches
from colorize_core.data.folders import PhotoFile
from colorize_core.data.store import PhotoStore
from colorize_core.methods.registry import Recipe
from colorize_core.training.options import TrainingOptions

Batch = tuple[Tensor, Tensor]
"""Pictures, sRGB (B, 3, S, S) in [0, 1], and their groups, (B,)."""


class Task(ABC):
    """Networks that learn, with what one step does and what is measured and written.

    The engine calls, in this order: `find_photos`, for a new run `start`; `use`, for a new run
    `count`; `prepare`; then `batches`, `step`, `validate` and `save` until the budget ends.
    """

    kind = "method"
    """What it teaches."""
    shown: tuple[str, ...] = ("loss",)
    """What of `validate` is logged."""
    max_gradient_norm: float | None = 1.0
    pretrained = ".backbone."
    """In the names of parameters that start trained, and learn at a share of the rate."""

    def __init__(
        self, name: str, recipe: Recipe, options: TrainingOptions, networks: dict[str, nn.Module]
    ) -> None:
        """Take untrained networks; the one named "model" is what is taught.

        Args:
            name: of what is taught, for messages.
            recipe: how it is trained where the options say nothing else.
            options: as `TrainingOptions.completed` returns them.
            networks: all networks that learn.
        """
        self.name, self.recipe, self.options = name, recipe, options
        self.networks = networks
        self.optimizers = {part: self.build_optimizer(net) for part, net in networks.items()}

    # --- before the first step ----------------------------------------------------------------

    @abstractmethod
    def find_photos(self) -> tuple[list[PhotoFile], list[PhotoFile]]:
        """The files of training and validation.

        Raises:
            DataError: data folders that cannot be used.
        """

    @abstractmethod
    def start(self) -> None:
        """Give a new run's networks the weights that are there before any photo is seen.

        Raises:
            CheckpointError: the weights are missing, damaged or of another network.
        """

    def use(self, training: PhotoStore, validation: PhotoStore) -> None:
        """Take the photos."""
        self.training, self.validation = training, validation

    def count(self) -> None:
        """Take from the training photos what a new run's networks must know beforehand."""
        return

    def prepare(self, accelerator: Accelerator) -> None:
        """Hand networks and optimizers to accelerate (device, precision, processes)."""
        self.accelerator = accelerator
        for part, network in self.networks.items():
            network = network.to(accelerator.device, memory_format=torch.channels_last)
            self.networks[part], self.optimizers[part] = accelerator.prepare(
                network, self.optimizers[part]
            )

    # --- learning -----------------------------------------------------------------------------

    def batches(self, generator: torch.Generator) -> Iterator[Batch]:
        """Endless random batches, on the photos' device, which is the generator's."""
        return training_batches(
            self.training,
            self.options.batch_size,
            self.options.crop,
            generator,
            self.recipe.min_share,
            self.recipe.rotations,
            self.recipe.shift,
            self.recipe.mirrored,
        )

    @abstractmethod
    def step(self, batch: Batch, chance: torch.Generator) -> dict[str, Tensor]:
        """Learn from one batch, on the accelerator's device.

        Args:
            batch: of `batches`.
            chance: for what is drawn at random, on the same device.

        Returns:
            Named loss terms and shares, detached scalars.
        """

    def set_rate(self, factor: float) -> None:
        """Set every learning rate to `factor` times its peak."""
        for optimizer in self.optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = factor * group["peak_lr"]

    def descend(self, part: str, loss: Tensor) -> None:
        """Move one network down the gradient of its loss."""
        optimizer = self.optimizers[part]
        optimizer.zero_grad(set_to_none=True)
        self.accelerator.backward(loss)
        if self.max_gradient_norm is not None:
            parameters = self.networks[part].parameters()
            self.accelerator.clip_grad_norm_(parameters, self.max_gradient_norm)
        optimizer.step()

    def build_optimizer(self, network: nn.Module) -> Optimizer:
        """AdamW by the recipe; every group has a `peak_lr`."""
        lr, named = self.options.lr, list(network.named_parameters())
        trunk = [p for name, p in named if self.pretrained in name]
        rest = [p for name, p in named if self.pretrained not in name]
        groups: list[dict[str, Any]] = [{"params": rest, "peak_lr": lr}]
        if trunk:
            groups.append({"params": trunk, "peak_lr": lr * self.options.trunk_lr})
        recipe = self.recipe
        return AdamW(groups, lr=lr, betas=recipe.betas, weight_decay=recipe.weight_decay)

    # --- what is measured and written -----------------------------------------------------------

    @abstractmethod
    def validate(self) -> dict[str, float]:
        """Measures of what is taught on the validation photos, among them "loss"."""

    @abstractmethod
    def save(self, folder: Path, training: dict[str, Any]) -> None:
        """Write config.json, with `training` in it, and model.safetensors."""

    def identity(self) -> dict[str, Any]:
        """What a resumed run must share: JSON values."""
        return {self.kind: self.name, **self.options.to_compare()}

    def identity_before(self) -> dict[str, Any]:
        """What `identity` was, by default, before a part of it had a name: for older states."""
        return {}

    def judge(self, history: list[dict[str, Any]]) -> dict[str, Any]:
        """What config.json is to say of how the run went: JSON values.

        Args:
            history: of the run so far, as `runs.read_history` gives it.
        """
        return {}

    def modules(self) -> dict[str, nn.Module]:
        """All that is stored in the resume state, without what accelerate wraps around it."""
        return {part: self.bare(part) for part in self.networks}

    def bare(self, part: str) -> nn.Module:
        """One of the networks, without what accelerate wraps around it."""
        return self.accelerator.unwrap_model(self.networks[part])
