"""The small CNN of the CIFAR-10 study: one network for every colour space and loss.

Report 002 names no sizes, so they are ours: an encoder-decoder that works at half resolution and
below (2×2 pixels become channels, Shi et al. 2016), because colour is smooth.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorize_core.models.blocks import ConvBlock, check_size, enlarge, zero_init

_SHUFFLE = 2


class SmallCnn(nn.Module):
    """Grey in, `outputs` maps of the same size out.

    Args:
        outputs: channels of the answer, or the number of classes.
        width: multiplies the channels; 1 gives 64-128-256.
    """

    stride = 1
    size_divisor = 8

    def __init__(self, outputs: int, width: float = 1.0) -> None:
        super().__init__()
        c = max(8, int(64 * width))
        cells = _SHUFFLE**2
        self.at_2 = nn.Sequential(ConvBlock(cells, c), ConvBlock(c, c))
        self.at_4 = nn.Sequential(ConvBlock(c, 2 * c, stride=2), ConvBlock(2 * c, 2 * c))
        self.at_8 = nn.Sequential(ConvBlock(2 * c, 4 * c, stride=2), ConvBlock(4 * c, 4 * c))
        self.up_4 = nn.Sequential(ConvBlock(6 * c, 2 * c, kernel=1), ConvBlock(2 * c, 2 * c))
        self.up_2 = nn.Sequential(ConvBlock(3 * c, c, kernel=1), ConvBlock(c, c), ConvBlock(c, c))
        # The grey cells themselves join the last layer: an RGB answer has to repeat them.
        self.head = nn.Conv2d(c + cells, outputs * cells, 1)
        zero_init(self.head)

    def forward(self, grey: Tensor) -> Tensor:
        """(B, 1, H, W) in [0, 1] -> (B, outputs, H, W).

        Raises:
            ValueError: H or W not a multiple of 8.
        """
        check_size(grey, self.size_divisor)
        cells = 2 * F.pixel_unshuffle(grey, _SHUFFLE) - 1  # (B, 4, H / 2, W / 2)
        at_2 = self.at_2(cells)
        at_4 = self.at_4(at_2)
        at_8 = self.at_8(at_4)
        x = self.up_4(torch.cat((enlarge(at_8, at_4), at_4), 1))
        x = self.up_2(torch.cat((enlarge(x, at_2), at_2), 1))
        return F.pixel_shuffle(self.head(torch.cat((x, cells), 1)), _SHUFFLE)
