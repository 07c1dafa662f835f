"""Networks with the meaning of their output: colours, or scores of colour classes."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorize_core.color.classes import (
    annealed_mean,
    grid_centres,
    rebalancing_weights,
    smooth_prior,
)
from colorize_core.color.spaces import SPACES
from colorize_core.methods.config import ClassificationConfig, MethodConfig
from colorize_core.methods.networks import build_network
from colorize_core.models.blocks import GaussianBlur


class ColorNet(nn.Module):
    """What both kinds share: a network and the colour space it answers in."""

    def __init__(self, config: MethodConfig, outputs: int, bounded: bool) -> None:
        super().__init__()
        self.space = SPACES[config.color_space]
        self.blur = GaussianBlur(config.blur)
        self.network = build_network(config, outputs, bounded)

    @property
    def stride(self) -> int:
        """Pixels of the input along one side of an output cell."""
        return self.network.stride

    @property
    def size_divisor(self) -> int:
        """Heights and widths must be multiples of this."""
        return self.network.size_divisor

    def forward(self, grey: Tensor, hints: Tensor | None = None) -> Tensor:
        """(B, 1, H, W) in [0, 1] -> output, (B, C, H / stride, W / stride).

        Args:
            grey: the picture.
            hints: colours at single places, as `StudioNet.forward` takes them; None: there are
                none.
        """
        seen = self.blur(grey)
        return self.network(seen) if hints is None else self.network(seen, hints)

    def colors(self, output: Tensor, temperature: float) -> Tensor:
        """Output -> colours in the units of the space, (B, channels, h, w)."""
        raise TypeError("ColorNet is abstract; use ColorRegressor or ColorClassifier")

    def decode(self, output: Tensor, temperature: float, grey: Tensor) -> Tensor:
        """Output -> ab in Lab units.

        Args:
            output: of `forward`.
            temperature: T in [0, 1]; a single colour per pixel has none.
            grey: the network's input, (B, 1, H, W).

        Returns:
            (B, 2, H / stride, W / stride).
        """
        cells = F.adaptive_avg_pool2d(grey, output.shape[-2:])
        return self.space.to_ab(self.colors(output, temperature), cells)


class ColorRegressor(ColorNet):
    """Predicts colours directly, as numbers."""

    def __init__(self, config: MethodConfig) -> None:
        super().__init__(config, SPACES[config.color_space].channels, bounded=True)

    def colors(self, output: Tensor, temperature: float) -> Tensor:
        return self.space.from_unit(output.float())


class ColorClassifier(ColorNet):
    """Predicts a distribution over colour classes; carries the classes with it."""

    cells: Tensor
    """Middles of the classes' cells: a colour belongs to the nearest."""
    centres: Tensor
    """What colour a class stands for: the middle of its cell, or a mean (`set_colors`)."""
    prior: Tensor
    weights: Tensor

    def __init__(self, config: ClassificationConfig) -> None:
        plane = SPACES[config.color_space].plane
        centres = grid_centres(config.cell, config.origin, plane)
        classes = len(centres)
        super().__init__(config, classes, bounded=False)
        self.register_buffer("cells", centres.clone(), persistent=False)
        self.register_buffer("centres", centres)
        self.register_buffer("prior", torch.full((classes,), 1 / classes))
        self.register_buffer("weights", torch.ones(classes))

    def colors(self, output: Tensor, temperature: float) -> Tensor:
        return annealed_mean(output, self.centres, temperature)

    def rebalance(self, output: Tensor, power: float) -> Tensor:
        """Scores as if the classes had been weighted less in training (Menon et al. 2021).

        Weighted cross-entropy multiplies what the network believes by the weights w; this leaves
        w to the `power`.

        Args:
            output: logits, (B, Q, h, w).
            power: in [0, 1]; 1 changes nothing, 0 takes the weights out.
        """
        if power == 1:
            return output  # an unbounded weight (no uniform share) would become 0 × infinity
        return output - (1 - power) * self.weights.log().view(1, -1, 1, 1)

    def set_prior(self, counts: Tensor, config: ClassificationConfig) -> None:
        """Fix prior and class weights from counted classes, (Q,)."""
        smoothed = smooth_prior(counts, self.cells, config.sigma)
        self.prior.copy_(counts / counts.sum())
        self.weights.copy_(rebalancing_weights(smoothed, config.uniform_share))

    def set_colors(self, counts: Tensor, sums: Tensor) -> None:
        """Let classes stand for the mean colour of what fell into their cells (report 001).

        A grid may have no neutral cell, so that even the right class tints a grey wall; the mean
        of what photos hold in the cells around grey is nearer to it.

        Args:
            counts: colours in each cell, (Q,); an empty one keeps its middle.
            sums: of these colours, (Q, 2), in the plane's units.
        """
        seen = counts[:, None] > 0
        means = sums / counts[:, None].clamp(min=1)
        self.centres.copy_(torch.where(seen, means.to(self.cells), self.cells))


def build_colorizer(config: MethodConfig) -> ColorNet:
    """The untrained module of a configuration."""
    kind = ColorClassifier if isinstance(config, ClassificationConfig) else ColorRegressor
    return kind(config)
