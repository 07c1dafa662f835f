"""Conditional patch discriminator (Isola et al. 2017, section 3.2.2)."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorize_core.models.studio import STRIDE


class PatchDiscriminator(nn.Module):
    """Says for every patch whether the colours belong to the lightness.

    It sees L ⊕ ab on the generator's own grid (stride 4): were ab enlarged first, sharpness
    alone would give a generated picture away. No detail of L is lost, because the 4×4 lightness
    values of a cell become its 16 channels.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(STRIDE**2 + 2, width, 3, padding=1),
            nn.LeakyReLU(0.2, inplace=True),
            *_down(width, 2 * width),
            *_down(2 * width, 4 * width),
            nn.Conv2d(4 * width, 1, 3, padding=1),
        )

    def forward(self, L: Tensor, ab: Tensor) -> Tensor:
        """Score patches.

        Args:
            L: (B, 1, H, W), in [0, 1].
            ab: (B, 2, H / 4, W / 4), divided by `color.AB_SCALE`.

        Returns:
            Logits, (B, 1, H / 16, W / 16); positive means real.
        """
        return self.layers(torch.cat((F.pixel_unshuffle(L, STRIDE), ab), 1))


def _down(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(inputs, outputs, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(0.2, inplace=True),
    )
