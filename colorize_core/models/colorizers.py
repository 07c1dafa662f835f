"""Networks with the meaning of their output: ab values, or scores of colour classes."""

import torch
from torch import Tensor, nn

from colorize_core import bins
from colorize_core.color import AB_SCALE
from colorize_core.configs import ClassificationConfig, StudioConfig
from colorize_core.models.studio import StudioNet


class AbColorizer(nn.Module):
    """Predicts ab directly."""

    def __init__(self, config: StudioConfig) -> None:
        super().__init__()
        self.network = StudioNet(outputs=2, width=config.width)

    def forward(self, L: Tensor) -> Tensor:
        """(B, 1, H, W) in [0, 1] -> ab / `AB_SCALE`, (B, 2, H / 4, W / 4)."""
        return self.network(L)

    def decode(self, output: Tensor, temperature: float) -> Tensor:
        """Output -> ab in Lab units; a single value per pixel has no temperature."""
        return output.float() * AB_SCALE


class BinColorizer(nn.Module):
    """Predicts a distribution over colour classes; carries the classes with it."""

    centres: Tensor
    prior: Tensor
    weights: Tensor

    def __init__(self, config: ClassificationConfig) -> None:
        super().__init__()
        centres = bins.grid_centres(config.cell, config.origin)
        classes = len(centres)
        self.network = StudioNet(outputs=classes, width=config.width)
        self.register_buffer("centres", centres)
        self.register_buffer("prior", torch.full((classes,), 1 / classes))
        self.register_buffer("weights", torch.ones(classes))

    def forward(self, L: Tensor) -> Tensor:
        """(B, 1, H, W) in [0, 1] -> logits, (B, Q, H / 4, W / 4)."""
        return self.network(L)

    def decode(self, output: Tensor, temperature: float) -> Tensor:
        """Logits -> ab in Lab units, by the annealed mean."""
        return bins.annealed_mean(output, self.centres, temperature)

    def set_prior(self, counts: Tensor, config: ClassificationConfig) -> None:
        """Fix prior and class weights from counted classes, (Q,)."""
        smoothed = bins.smooth_prior(counts, self.centres, config.sigma)
        self.prior.copy_(counts / counts.sum())
        self.weights.copy_(bins.rebalancing_weights(smoothed, config.uniform_share))
