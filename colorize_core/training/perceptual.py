"""A fixed network's view of two pictures: what a perceptual loss compares."""

import torch
from torch import Tensor, nn

from colorize_core.errors import ConfigError
from colorize_core.models.studio import Trunk
from colorize_core.training.pretrained import load_trunk


class PerceptualLoss(nn.Module):
    """How differently features of ImageNet (SqueezeNet 1.1) see two pictures.

    Johnson, Alahi, Fei-Fei 2016, Perceptual Losses, with the features brought to length 1 at every
    place (Zhang et al. 2018, LPIPS, without its learnt weights): strides 4, 8 and 16 count alike.

    Args:
        source: of the weights, as `pretrained.load_trunk`.

    Raises:
        CheckpointError: no such weights, or damaged ones.
        ConfigError: "none": blank features see nothing.
    """

    def __init__(self, source: str) -> None:
        super().__init__()
        if source == "none":
            raise ConfigError(
                "perceptual_weight above 0 compares what ImageNet features see; give their "
                "weights with --encoder-weights, or --set perceptual_weight=0"
            )
        self.trunk = Trunk()
        load_trunk(self.trunk, source)
        self.eval().requires_grad_(False)

    def forward(self, rgb: Tensor, truth: Tensor) -> Tensor:
        """Compare pictures with the true ones; gradients flow to `rgb` only.

        Args:
            rgb: sRGB in [0, 1], (B, 3, H, W).
            truth: the same of the true pictures.

        Returns:
            Scalar in [0, 4], the mean over pictures, places and stages.
        """
        with torch.no_grad():
            wanted = [_unit(stage) for stage in self.trunk(truth)]
        seen = [_unit(stage) for stage in self.trunk(rgb)]
        apart = [(a - b).square().sum(1).mean() for a, b in zip(seen, wanted, strict=True)]
        return sum(apart) / len(apart)


def _unit(features: Tensor) -> Tensor:
    features = features.float()
    return features / features.square().sum(1, keepdim=True).add(1e-6).sqrt()
