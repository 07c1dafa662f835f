"""One objective per type of configuration: which networks learn, and what one step does."""

from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from colorize_core.methods.color_nets import ColorClassifier, ColorNet
from colorize_core.methods.config import (
    ClassificationConfig,
    GanConfig,
    MethodConfig,
    RegressionConfig,
)
from colorize_core.methods.registry import Recipe
from colorize_core.models.discriminators import DISCRIMINATORS
from colorize_core.training import losses
from colorize_core.training.options import TrainingOptions

MAX_GRADIENT_NORM = 1.0


class Objective:
    """A model with its optimizers; subclasses say what one step is."""

    def __init__(
        self, model: ColorNet, config: Any, options: TrainingOptions, recipe: Recipe
    ) -> None:
        self.config, self.space = config, model.space
        self.modules: dict[str, nn.Module] = {"model": model, **self.build_rivals(model)}
        self.optimizers: dict[str, Optimizer] = {
            name: _optimizer(module, options, recipe) for name, module in self.modules.items()
        }

    def build_rivals(self, model: ColorNet) -> dict[str, nn.Module]:
        """Networks that learn beside the model."""
        return {}

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

    def loss(self, output: Tensor, color: Tensor) -> dict[str, Tensor]:
        """The term that compares an answer with the truth, by its name; also on validation.

        Args:
            output: of the model, (B, C, h, w).
            colour: the truth, (B, channels, h, w), in units of the colour space.
        """
        raise TypeError("Objective is abstract; use one of OBJECTIVES")

    def step(self, grey: Tensor, color: Tensor) -> dict[str, Tensor]:
        """Learn from one batch.

        Args:
            grey: (B, 1, H, W), in [0, 1].
            colour: (B, channels, H / stride, W / stride), in units of the colour space.

        Returns:
            Named loss terms, detached scalars.
        """
        with self.accelerator.autocast():
            output = self.model(grey)
        terms = self.loss(output.float(), color)
        self._descend("model", sum(terms.values()))
        return {name: term.detach() for name, term in terms.items()}

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
    """Colours by L2, L1 or Huber."""

    config: RegressionConfig

    def loss(self, output: Tensor, color: Tensor) -> dict[str, Tensor]:
        compare = losses.regression_loss(self.config.loss, self.config.huber_delta)
        return {self.config.loss: compare(output, self.space.to_unit(color))}


class ClassificationObjective(Objective):
    """Rebalanced cross-entropy over colour classes."""

    config: ClassificationConfig

    def __init__(
        self, model: ColorClassifier, config: Any, options: TrainingOptions, recipe: Recipe
    ) -> None:
        super().__init__(model, config, options, recipe)
        self.tables = model

    def loss(self, output: Tensor, color: Tensor) -> dict[str, Tensor]:
        loss = losses.rebalanced_cross_entropy(
            output,
            color,
            self.tables.centres,
            self.tables.weights,
            self.config.neighbours,
            self.config.sigma,
        )
        return {"cross_entropy": loss}


class GanObjective(Objective):
    """Conditional GAN with λ L1 (Isola et al. 2017, equation 4).

    The generator minimises -log D(G), which keeps its gradient where the discriminator is sure
    (Goodfellow et al. 2014, section 3; equations 4 and 7 of report 000).
    """

    config: GanConfig

    def build_rivals(self, model: ColorNet) -> dict[str, nn.Module]:
        kind = DISCRIMINATORS[self.config.discriminator]
        width = self.config.discriminator_width
        return {"discriminator": kind(self.space.channels, model.stride, width)}

    def loss(self, output: Tensor, color: Tensor) -> dict[str, Tensor]:
        return {"l1": (output - self.space.to_unit(color)).abs().mean()}

    def step(self, grey: Tensor, color: Tensor) -> dict[str, Tensor]:
        discriminator, truth = self.modules["discriminator"], self.space.to_unit(color)
        with self.accelerator.autocast():
            generated = self.model(grey).float()
            on_real = discriminator(grey, truth)
            on_generated = discriminator(grey, generated.detach())
        d_loss = losses.discriminator_loss(
            on_real.float(), on_generated.float(), self.config.real_label
        )
        self._descend("discriminator", d_loss)
        with self.accelerator.autocast():
            score = discriminator(grey, generated)
        g_loss = losses.generator_loss(score.float())
        terms = self.loss(generated, color)
        self._descend("model", g_loss + self.config.l1_weight * terms["l1"])
        return {
            "generator": g_loss.detach(),
            "discriminator": d_loss.detach(),
            **{name: term.detach() for name, term in terms.items()},
            "real_share": (on_real > 0).float().mean(),
            "generated_share": (on_generated > 0).float().mean(),
        }


def _optimizer(module: nn.Module, options: TrainingOptions, recipe: Recipe) -> AdamW:
    """AdamW; a pretrained trunk learns at a share of the rate."""
    named = list(module.named_parameters())
    trunk = [p for name, p in named if ".backbone." in name]
    rest = [p for name, p in named if ".backbone." not in name]
    groups: list[dict[str, Any]] = [{"params": rest, "peak_lr": options.lr}]
    if trunk:
        groups.append({"params": trunk, "peak_lr": options.lr * options.trunk_lr})
    return AdamW(groups, lr=options.lr, betas=recipe.betas, weight_decay=recipe.weight_decay)


OBJECTIVES: dict[type[MethodConfig], type[Objective]] = {
    RegressionConfig: RegressionObjective,
    ClassificationConfig: ClassificationObjective,
    GanConfig: GanObjective,
}


def build_objective(
    model: ColorNet, config: MethodConfig, options: TrainingOptions, recipe: Recipe
) -> Objective:
    """The objective that belongs to a configuration; `options` as `completed` returns them."""
    torch.manual_seed(options.seed + 1)
    return OBJECTIVES[type(config)](model, config, options, recipe)
