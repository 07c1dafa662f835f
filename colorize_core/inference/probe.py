"""What a classification network says of one place: its distribution over colours."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from colorize_core.color.classes import entropy_bits
from colorize_core.errors import ConfigError
from colorize_core.inference.colorizer import Colorizer, Prediction


@dataclass(frozen=True)
class Probe:
    """The distribution at one cell of the network's grid."""

    column: int
    row: int
    probability: Tensor
    """Of every class, (Q,), sums to 1."""
    ab: Tensor
    """Where the classes lie, (Q, 2), in Lab units."""
    entropy: float
    """In bits; log2 Q when all classes are equally likely."""

    def top(self, count: int) -> list[int]:
        """The likeliest classes, most likely first."""
        return self.probability.topk(count).indices.tolist()


@torch.inference_mode()
def probe(colorizer: Colorizer, prediction: Prediction, x: float, y: float) -> Probe:
    """Look up the cell that a place of the photo falls into.

    Args:
        colorizer: the method that made the prediction.
        prediction: from `Colorizer.predict`.
        x: from the left border, as a share of the width, in [0, 1).
        y: from the top, as a share of the height, in [0, 1).

    Raises:
        ConfigError: a place outside the photo, or a method that predicts no distribution.
    """
    if not colorizer.method.has_temperature:
        raise ConfigError(f"{colorizer.method.name} predicts no distribution; probe a classifier")
    if not (0 <= x < 1 and 0 <= y < 1):
        raise ConfigError(f"the place must lie in [0, 1) × [0, 1), got ({x}, {y})")
    height, width = prediction.output.shape[-2:]
    row, column = int(y * height), int(x * width)
    logits = prediction.output[:, :, row : row + 1, column : column + 1].float()  # (1, Q, 1, 1)
    grey = F.adaptive_avg_pool2d(prediction.grey, (height, width))[0, 0, row, column]
    module = colorizer.module
    centres = module.centres.cpu()[..., None, None]  # (Q, 2, 1, 1)
    ab = module.space.to_ab(centres, grey.expand(len(centres), 1, 1, 1))[..., 0, 0]
    probability = logits.softmax(1)[0, :, 0, 0]
    return Probe(column, row, probability, ab, float(entropy_bits(logits)))
