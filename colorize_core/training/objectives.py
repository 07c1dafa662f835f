"""One objective per family: which networks learn, and what one step does."""

import dataclasses
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from colorize_core import losses
from colorize_core.checkpoint import SHIPPED
from colorize_core.color import AB_SCALE
from colorize_core.configs import ClassificationConfig, GanConfig, RegressionConfig, StudioConfig
from colorize_core.models.colorizers import AbColorizer, BinColorizer
from colorize_core.models.discriminator import PatchDiscriminator
from colorize_core.training.options import TrainingOptions

MAX_GRADIENT_NORM = 1.0
WEIGHT_DECAY = 0.01


class Objective:
    """A model with its optimizers; subclasses say what one step is."""

    peak_lr = 2e-3
    """Learning rate where the options name none."""
    starts_from: str | None = None
    """The shipped method whose network a run starts from, where the options name no start."""

    def __init__(self, model: nn.Module, options: TrainingOptions) -> None:
        self.modules: dict[str, nn.Module] = {"model": model}
        self.optimizers: dict[str, Optimizer] = {"model": _optimizer(model, options)}

    def prepare(self, accelerator: Accelerator) -> None:
        """Hand networks and optimizers to accelerate (device, precision, processes)."""
        self.accelerator = accelerator
        for name in self.modules:
            self.modules[name], self.optimizers[name] = accelerator.prepare(
                self.modules[name], self.optimizers[name]
            )

    @property
    def model(self) -> nn.Module:
        """The network that colorizes, as accelerate wrapped it."""
        return self.modules["model"]

    def step(self, L: Tensor, ab: Tensor) -> dict[str, Tensor]:
        """Learn from one batch.

        Args:
            L: (B, 1, H, W), in [0, 1].
            ab: (B, 2, H / 4, W / 4), in Lab units.

        Returns:
            Named loss terms, detached scalars.
        """
        raise TypeError("Objective is abstract; use one of OBJECTIVES")

    def set_rate(self, factor: float) -> None:
        """Set every learning rate to `factor` times its peak."""
        for optimizer in self.optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = factor * group["peak_lr"]

    def _descend(self, name: str, loss: Tensor) -> None:
        optimizer = self.optimizers[name]
        optimizer.zero_grad(set_to_none=True)
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.modules[name].parameters(), MAX_GRADIENT_NORM)
        optimizer.step()


class RegressionObjective(Objective):
    """ab by L2, L1 or Huber."""

    def __init__(self, model: AbColorizer, config: RegressionConfig, options: TrainingOptions):
        super().__init__(model, options)
        self.config = config
        self.loss = losses.regression_loss(config.loss, config.huber_delta)

    def step(self, L: Tensor, ab: Tensor) -> dict[str, Tensor]:
        with self.accelerator.autocast():
            prediction = self.model(L)
        loss = self.loss(prediction.float(), ab / AB_SCALE)
        self._descend("model", loss)
        return {self.config.loss: loss.detach()}


class ClassificationObjective(Objective):
    """Rebalanced cross-entropy over colour classes."""

    def __init__(self, model: BinColorizer, config: ClassificationConfig, options: TrainingOptions):
        super().__init__(model, options)
        self.config = config
        self.tables = model

    def step(self, L: Tensor, ab: Tensor) -> dict[str, Tensor]:
        with self.accelerator.autocast():
            logits = self.model(L)
        loss = losses.rebalanced_cross_entropy(
            logits,
            ab,
            self.tables.centres,
            self.tables.weights,
            self.config.neighbours,
            self.config.sigma,
        )
        self._descend("model", loss)
        return {"cross_entropy": loss.detach()}


class GanObjective(Objective):
    """Conditional GAN with L1 (Isola et al. 2017, equation 4), Adam with β1 = 0.5.

    The generator starts from the regression weights: beginning with both networks at random
    costs far more pictures, and the comparison of the two methods then starts at one point.
    """

    peak_lr = 3e-4
    starts_from = "regression"

    def __init__(self, model: AbColorizer, config: GanConfig, options: TrainingOptions):
        super().__init__(model, options)
        self.config = config
        discriminator = PatchDiscriminator(config.discriminator_width)
        self.modules["discriminator"] = discriminator
        self.optimizers = {
            name: _optimizer(module, options, betas=(0.5, 0.999), weight_decay=0.0)
            for name, module in self.modules.items()
        }

    def step(self, L: Tensor, ab: Tensor) -> dict[str, Tensor]:
        discriminator, truth = self.modules["discriminator"], ab / AB_SCALE
        with self.accelerator.autocast():
            generated = self.model(L).float()
            on_real = discriminator(L, truth)
            on_generated = discriminator(L, generated.detach())
        d_loss = losses.discriminator_loss(
            on_real.float(), on_generated.float(), self.config.real_label
        )
        self._descend("discriminator", d_loss)
        with self.accelerator.autocast():
            score = discriminator(L, generated)
        g_loss = losses.generator_loss(score.float())
        l1 = (generated - truth).abs().mean()
        self._descend("model", g_loss + self.config.l1_weight * l1)
        return {
            "generator": g_loss.detach(),
            "discriminator": d_loss.detach(),
            "l1": l1.detach(),
            "real_share": (on_real > 0).float().mean(),
            "generated_share": (on_generated > 0).float().mean(),
        }


def _optimizer(
    module: nn.Module,
    options: TrainingOptions,
    betas: tuple[float, float] = (0.9, 0.999),
    weight_decay: float = WEIGHT_DECAY,
) -> AdamW:
    """AdamW; parameters of the pretrained trunk learn at a share of the rate."""
    trunk = [p for name, p in module.named_parameters() if ".trunk." in name]
    rest = [p for name, p in module.named_parameters() if ".trunk." not in name]
    groups: list[dict[str, Any]] = [{"params": rest, "peak_lr": options.lr}]
    if trunk:
        groups.append({"params": trunk, "peak_lr": options.lr * options.trunk_lr})
    return AdamW(groups, lr=options.lr, betas=betas, weight_decay=weight_decay)


OBJECTIVES: dict[type[StudioConfig], type[Objective]] = {
    RegressionConfig: RegressionObjective,
    ClassificationConfig: ClassificationObjective,
    GanConfig: GanObjective,
}


def complete(options: TrainingOptions, config: StudioConfig) -> TrainingOptions:
    """Fill in what the options leave to the objective: learning rate and start."""
    objective = OBJECTIVES[type(config)]
    init = options.init
    if init is None and objective.starts_from and options.encoder_weights == "imagenet":
        init = SHIPPED / objective.starts_from
    return dataclasses.replace(options, lr=options.lr or objective.peak_lr, init=init)


def build_objective(model: nn.Module, config: StudioConfig, options: TrainingOptions) -> Objective:
    """The objective that belongs to a configuration; `options` as `complete` returns them."""
    torch.manual_seed(options.seed + 1)
    return OBJECTIVES[type(config)](model, config, options)
