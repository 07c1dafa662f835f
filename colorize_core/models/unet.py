"""U-Net in DCGAN style, with or without skips.

4×4 convolutions of stride 2 down, 4×4 transposed convolutions of stride 2 up (Radford, Metz,
Chintala 2016), mirrored layers concatenated (Ronneberger et al. 2015), as Isola et al. 2017 use
it for pictures. Channels double from 64 · width up to 512 · width.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from colorize_core.models.blocks import check_size, he_init, zero_init

SLOPE = 0.2
DROPOUT_STEPS = 3
"""Steps up, counted from the deepest, that drop activations."""


class UNet(nn.Module):
    """Grey in, `outputs` maps of the same size out.

    Args:
        outputs: channels of the answer.
        width: multiplies the channels; 1 is the reports' width.
        depth: halvings; 7 take 128 pixels down to one.
        skips: concatenate the mirrored layers.
        dropout: share dropped in the deepest steps up, while training.
        bounded: end in tanh, for answers in -1…1.
    """

    stride = 1

    def __init__(
        self,
        outputs: int,
        width: float = 1.0,
        depth: int = 5,
        skips: bool = True,
        dropout: float = 0.0,
        bounded: bool = True,
    ) -> None:
        super().__init__()
        self.size_divisor, self.skips, self.bounded = 2**depth, skips, bounded
        first = max(8, int(64 * width))
        channels = [min(first * 2**i, 8 * first) for i in range(depth)]
        self.down = nn.ModuleList(
            _Down(before, after, norm=i > 0)
            for i, (before, after) in enumerate(pairwise([1, *channels]))
        )
        ups, inputs = [], channels[-1]
        for i, after in enumerate([*channels[-2::-1], first]):
            mirrored = channels[-2 - i] if skips and i < depth - 1 else 0
            ups.append(_Up(inputs, after, mirrored, dropout if i < DROPOUT_STEPS else 0.0))
            inputs = after + mirrored
        self.up = nn.ModuleList(ups)
        self.head = nn.Conv2d(inputs, outputs, 1)
        he_init(self, SLOPE)
        zero_init(self.head)

    def forward(self, grey: Tensor) -> Tensor:
        """(B, 1, H, W) in [0, 1] -> (B, outputs, H, W).

        Raises:
            ValueError: H or W not a multiple of 2 ** depth.
        """
        check_size(grey, self.size_divisor)
        x, kept = grey, []
        for step in self.down:
            x = step(x)
            kept.append(x)
        for i, step in enumerate(self.up):
            mirrored = kept[-2 - i] if self.skips and i < len(kept) - 1 else None
            x = step(x, mirrored)
        x = self.head(x)
        return torch.tanh(x) if self.bounded else x


class _Down(nn.Sequential):
    def __init__(self, inputs: int, outputs: int, norm: bool) -> None:
        layers = [nn.Conv2d(inputs, outputs, 4, 2, 1, bias=not norm)]
        layers += [nn.BatchNorm2d(outputs)] if norm else []
        super().__init__(*layers, nn.LeakyReLU(SLOPE))


class _Up(nn.Module):
    """Transposed convolution, concatenation, then batch norm and ReLU, in report 000's order."""

    def __init__(self, inputs: int, outputs: int, mirrored: int, dropout: float) -> None:
        super().__init__()
        self.convolution = nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs + mirrored)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mirrored: Tensor | None) -> Tensor:
        x = self.convolution(x)
        if mirrored is not None:
            x = torch.cat((x, mirrored), 1)
        return self.dropout(torch.relu(self.norm(x)))
