"""Teach a method to colorize: one task per type of configuration."""

import copy
import math
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from colorize_core.data.augmentation import degrade, validation_batches
from colorize_core.data.folders import PhotoFile, split_photos, spread
from colorize_core.data.hints import simulate_hints
from colorize_core.errors import ConfigError
from colorize_core.methods import Method
from colorize_core.methods.checkpoint import save_checkpoint
from colorize_core.methods.color_nets import ColorNet
from colorize_core.methods.config import (
    ClassificationConfig,
    GanConfig,
    MethodConfig,
    RegressionConfig,
)
from colorize_core.models.discriminators import DISCRIMINATORS
from colorize_core.training import losses
from colorize_core.training.adversary import judge_adversary
from colorize_core.training.average import build_average
from colorize_core.training.options import TrainingOptions
from colorize_core.training.pretrained import copy_network, load_pretrained
from colorize_core.training.task import Batch, Task
from colorize_core.training.validate import count_prior, split, validate

VALIDATION_PHOTOS = 512
"""Enough for a curve; `colorize evaluate` measures on every photo."""
VALIDATION_BATCH = 64
PENALTY_EVERY = 4
"""The gradient penalty is taken, as many times as strong, at one of so many steps, drawn by chance
(lazy regularization: Karras et al. 2020, section 3.1)."""


class ColorizationTask(Task):
    """A network that answers grey pictures with colours, and the average of its weights."""

    shown = ("raw_auc", "grey_raw_auc", "rebalanced_auc", "colorfulness")

    def __init__(self, method: Method, config: Any, options: TrainingOptions) -> None:
        self.method, self.config = method, config
        options = options.completed(method.recipe)
        torch.manual_seed(options.seed)
        model = method.build(config)
        self.space, self.stride = model.space, model.stride
        if options.crop % model.size_divisor:
            raise ConfigError(
                f"crop must be a multiple of {model.size_divisor} for the network "
                f"{config.network}, got {options.crop}"
            )
        networks = {"model": model, **self.build_rivals()}
        super().__init__(method.name, method.recipe, options, networks)

    def build_rivals(self) -> dict[str, nn.Module]:
        """Networks that learn beside the model."""
        return {}

    def find_photos(self) -> tuple[list[PhotoFile], list[PhotoFile]]:
        training, validation = split_photos(list(self.options.data))
        limit = self.options.limit
        most = VALIDATION_PHOTOS if limit is None else min(limit, VALIDATION_PHOTOS)
        return spread(training, limit), spread(validation, most)

    def start(self) -> None:
        """Encoder from ImageNet, or everything that fits from another checkpoint."""
        model, options = self.networks["model"], self.options
        if options.init is None:
            load_pretrained(model.network, options.encoder_weights)
        else:
            copy_network(options.init, model)

    def prepare(self, accelerator: Accelerator) -> None:
        model = self.networks["model"].to(accelerator.device, memory_format=torch.channels_last)
        # Before accelerate gives the model a forward in lower precision: measures are float32.
        self.average = build_average(model)
        super().prepare(accelerator)

    @property
    def shipped(self) -> ColorNet:
        """The average of the model's weights: what is measured and written."""
        return self.average.module

    def step(self, batch: Batch, chance: torch.Generator) -> dict[str, Tensor]:
        grey, color = split(batch[0], self.shipped)
        if self.options.degradation:
            grey = degrade(grey, self.options.degradation, chance)
        terms = self.learn(grey, color)
        self.average.update_parameters(self.bare("model"))
        return terms

    def learn(self, grey: Tensor, color: Tensor) -> dict[str, Tensor]:
        """Take one step of the optimizers.

        Args:
            grey: (B, 1, H, W), in [0, 1].
            color: (B, channels, H / stride, W / stride), in units of the colour space.

        Returns:
            Named loss terms, detached scalars.
        """
        with self.accelerator.autocast():
            output = self.networks["model"](grey, self.hints(color))
        terms = self.loss(output.float(), color)
        self.descend("model", sum(terms.values()))
        return {name: term.detach() for name, term in terms.items()}

    def hints(self, color: Tensor) -> Tensor | None:
        """What a person might say of a batch, drawn on the global random numbers as dropout is."""
        return simulate_hints(color) if self.config.hints else None

    def loss(self, output: Tensor, color: Tensor) -> dict[str, Tensor]:
        """The term that compares an answer with the truth, by its name; also on validation.

        Args:
            output: of the model, (B, C, h, w).
            color: the truth, (B, channels, h, w), in units of the colour space.
        """
        raise TypeError("ColorizationTask is abstract; use one of TASKS")

    def validate(self) -> dict[str, float]:
        temperature = getattr(self.config, "temperature", 1.0)
        return validate(self.shipped, self.loss, self.validation, self.options.crop, temperature)

    def save(self, folder: Path, training: dict[str, Any]) -> None:
        save_checkpoint(folder, self.method, self.config, self.shipped, training)

    def identity(self) -> dict[str, Any]:
        return {**super().identity(), **self.config.to_json()}

    def identity_before(self) -> dict[str, Any]:
        return type(self.config)().to_json()

    def modules(self) -> dict[str, nn.Module]:
        return {**super().modules(), "average": self.average}


class RegressionTask(ColorizationTask):
    """Colours by L2, L1 or Huber."""

    config: RegressionConfig

    def loss(self, output: Tensor, color: Tensor) -> dict[str, Tensor]:
        compare = losses.regression_loss(self.config.loss, self.config.huber_delta)
        return {self.config.loss: compare(output, self.space.to_unit(color))}


class ClassificationTask(ColorizationTask):
    """Rebalanced cross-entropy over colour classes."""

    config: ClassificationConfig

    def count(self) -> None:
        """Fix prior, class weights and, if asked for, class colours from the training photos."""
        model = self.networks["model"]
        counts, sums = count_prior(model, self.training)
        model.set_prior(counts, self.config)
        if self.config.class_colors == "means":
            model.set_colors(counts, sums)

    def loss(self, output: Tensor, color: Tensor) -> dict[str, Tensor]:
        loss = losses.rebalanced_cross_entropy(
            output,
            color,
            self.shipped.cells,
            self.shipped.weights,
            self.config.neighbours,
            self.config.sigma,
        )
        return {"cross_entropy": loss}


class GanTask(ColorizationTask):
    """Conditional GAN with λ L1 (Isola et al. 2017, equation 4).

    The generator minimises -log D(G), which keeps its gradient where the discriminator is sure
    (Goodfellow et al. 2014, section 3; equations 4 and 7 of report 000).
    """

    config: GanConfig

    def __init__(self, method: Method, config: GanConfig, options: TrainingOptions) -> None:
        super().__init__(method, config, options)
        for group in self.optimizers["discriminator"].param_groups:
            group["peak_lr"] *= config.discriminator_lr

    def build_rivals(self) -> dict[str, nn.Module]:
        kind = DISCRIMINATORS[self.config.discriminator]
        width = self.config.discriminator_width
        return {"discriminator": kind(self.space.channels, self.stride, width)}

    def loss(self, output: Tensor, color: Tensor) -> dict[str, Tensor]:
        return {"l1": (output - self.space.to_unit(color)).abs().mean()}

    def learn(self, grey: Tensor, color: Tensor) -> dict[str, Tensor]:
        discriminator = self.networks["discriminator"]
        penalized = self.config.r1 > 0 and float(torch.rand(())) < 1 / PENALTY_EVERY
        truth = self.space.to_unit(color).requires_grad_(penalized)
        with self.accelerator.autocast():
            generated = self.networks["model"](grey).float()
            on_real = discriminator(grey, truth).float()
            on_generated = discriminator(grey, generated.detach()).float()
        d_loss = losses.discriminator_loss(on_real, on_generated, self.config.real_label)
        penalty = d_loss.new_zeros(())
        if penalized:
            penalty = PENALTY_EVERY * losses.gradient_penalty(on_real, truth, self.config.r1)
        if self.learns(d_loss):
            self.descend("discriminator", d_loss + penalty)
        with self.accelerator.autocast():
            score = discriminator(grey, generated)
        g_loss = losses.generator_loss(score.float())
        terms = self.loss(generated, color)
        self.descend("model", g_loss + self.config.l1_weight * terms["l1"])
        return {
            "generator": g_loss.detach(),
            "discriminator": d_loss.detach(),
            **({"r1": penalty.detach()} if self.config.r1 else {}),
            **{name: term.detach() for name, term in terms.items()},
            "real_share": (on_real > 0).float().mean(),
            "generated_share": (on_generated > 0).float().mean(),
        }

    def learns(self, d_loss: Tensor) -> bool:
        """Whether the discriminator takes this step; the same in all processes."""
        rest = self.config.discriminator_rest
        return rest == 0 or float(self.accelerator.reduce(d_loss.detach(), "mean")) >= rest

    def judge(self, history: list[dict[str, Any]]) -> dict[str, Any]:
        verdict = judge_adversary(history, self.config.real_label)
        return {} if verdict is None else {"adversary": verdict}

    def validate(self) -> dict[str, float]:
        return {**super().validate(), **self._verdicts()}

    @torch.no_grad()
    def _verdicts(self) -> dict[str, float]:
        """Shares, in [0, 1], of true and of generated patches that the discriminator finds out."""
        count = len(self.validation)
        # As in training it goes by the statistics of the batch, which one picture has not.
        discriminator = copy.deepcopy(self.bare("discriminator")).train(count > 1)
        generator, device = self.shipped.eval(), self.accelerator.device
        size = math.ceil(count / math.ceil(count / VALIDATION_BATCH))  # no last batch of one
        right = {"discriminator_true": 0.0, "discriminator_generated": 0.0}
        for rgb in validation_batches(self.validation, size, self.options.crop):
            grey, color = split(rgb.to(device), generator)
            on_true = discriminator(grey, self.space.to_unit(color))
            on_generated = discriminator(grey, generator(grey).float())
            share = len(rgb) / count
            right["discriminator_true"] += share * float((on_true > 0).float().mean())
            right["discriminator_generated"] += share * float((on_generated <= 0).float().mean())
        return right


TASKS: dict[type[MethodConfig], type[ColorizationTask]] = {
    RegressionConfig: RegressionTask,
    ClassificationConfig: ClassificationTask,
    GanConfig: GanTask,
}


def build_task(method: Method, config: MethodConfig, options: TrainingOptions) -> ColorizationTask:
    """The task that belongs to a configuration.

    Raises:
        ConfigError: crops that the network does not take.
    """
    return TASKS[type(config)](method, config, options)
