"""How each evaluation classifier is trained: batch, rate, optimizer, what is done to its pictures."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from colorize_core.data.augmentation import crop_boxes, shift_boxes
from colorize_core.models.classifiers import SqueezeClassifier


@dataclass(frozen=True)
class ClassifierRecipe:
    """How one evaluation classifier is trained."""

    batch_size: int
    lr: float
    """Peak learning rate of the head; of all weights where there is no trunk."""
    crop: int
    """Side of the training pictures, pixels."""
    optimizer: Callable[[nn.Module, float], torch.optim.Optimizer]
    boxes: Callable[[Tensor, torch.Generator], Tensor]
    """Sizes (B, 2) -> random boxes (B, 4), as `data.augment.crop_boxes`."""
    label_smoothing: float


def _shifted(sizes: Tensor, generator: torch.Generator) -> Tensor:
    """The whole picture, moved by up to 4 pixels."""
    whole = torch.cat((torch.zeros_like(sizes), sizes), 1).float()
    return shift_boxes(whole, generator, most=4)


def _sgd(module: nn.Module, lr: float) -> torch.optim.Optimizer:
    trained = [p for p in module.parameters() if p.requires_grad]
    # Decay holds convolutions and the head back, not the scales and biases.
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": 5e-4, "share": 1.0},
        {"params": [p for p in trained if p.ndim == 1], "weight_decay": 0.0, "share": 1.0},
    ]
    return torch.optim.SGD(groups, lr=lr, momentum=0.9, nesterov=True)


def _adamw(module: SqueezeClassifier, lr: float) -> torch.optim.Optimizer:
    groups = [
        {"params": list(module.head.parameters()), "share": 1.0},
        {"params": list(module.features.parameters()), "share": 0.15},
    ]
    return torch.optim.AdamW(groups, lr=lr, weight_decay=0.01)


# Nothing is painted over or paled: it makes a evaluation classifier read grey pictures well, and then it can tell
# little about colours (docs/experiments.md).
RECIPES = {
    "cifar10": ClassifierRecipe(
        batch_size=256,
        lr=0.3,
        crop=32,
        optimizer=_sgd,
        boxes=_shifted,
        label_smoothing=0.1,
    ),
    "imagenette": ClassifierRecipe(
        batch_size=32,
        lr=1e-3,
        crop=112,
        optimizer=_adamw,
        boxes=lambda sizes, generator: crop_boxes(sizes, generator, 0.25),
        label_smoothing=0.1,
    ),
}
