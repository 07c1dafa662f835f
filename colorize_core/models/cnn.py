"""The small CNN of the CIFAR-10 study: one network for every colour space and loss.

Report 002 names no sizes, so they are ours: an encoder-decoder that works at half resolution and
below (2×2 pixels become channels, Shi et al. 2016), because colour is smooth.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorize_core.models.blocks import ConvBlock, check_size, enlarge, zero_init
from colorize_core.models.classifiers import CompactClassifier

READER_CLASSES = 10
READER_WIDTHS = (32, 96, 160)
"""Channels of the stages of a guided network's classifier, and so of the one it starts from."""
_READER_LEAST = 16
"""Least height and width that leave the reader's last stage a pixel."""
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
        return self._paint(cells, at_2, at_4, self.at_8(at_4))

    def _paint(self, cells: Tensor, at_2: Tensor, at_4: Tensor, at_8: Tensor) -> Tensor:
        x = self.up_4(torch.cat((enlarge(at_8, at_4), at_4), 1))
        x = self.up_2(torch.cat((enlarge(x, at_2), at_2), 1))
        return F.pixel_shuffle(self.head(torch.cat((x, cells), 1)), _SHUFFLE)


class GuidedCnn(SmallCnn):
    """The CNN with a classifier of the grey picture beside it, which tells it what it shows.

    After Iizuka, Simo-Serra, Ishikawa 2016, "Let there be Color!": features of a network that
    learns to name the picture join those of the network that paints it, local ones where they
    belong and global ones everywhere. Ours starts as a trained classifier (`CompactClassifier`).

    Args:
        outputs: channels of the answer, or the number of classes.
        width: multiplies the channels of the painting part, as in `SmallCnn`.
    """

    GUIDES = ("reader.", "hint_")
    """How the names of the parts begin that `SmallCnn` lacks."""

    def __init__(self, outputs: int, width: float = 1.0) -> None:
        super().__init__(outputs, width)
        c = max(8, int(64 * width))
        self.reader = CompactClassifier(READER_CLASSES, READER_WIDTHS)
        _, middle, last = READER_WIDTHS
        self.hint_4 = nn.Conv2d(middle, 2 * c, 1)
        self.hint_8 = nn.Conv2d(2 * last, 4 * c, 1)
        self.forget_hints()

    def forget_hints(self) -> None:
        """Answer as the network without a reader does; training begins with that."""
        for layer in (self.hint_4, self.hint_8):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, grey: Tensor) -> Tensor:
        return self.paint_and_name(grey)[0]

    @property
    def unguided(self) -> bool:
        """Whether nothing of what the reader sees reaches the painting part yet."""
        return not (self.hint_4.weight.any() or self.hint_8.weight.any())

    def paint_and_name(self, grey: Tensor) -> tuple[Tensor, Tensor]:
        """The answer of `forward`, and what the reader sees: logits, (B, 10).

        Raises:
            ValueError: H or W not a multiple of 8.
        """
        check_size(grey, self.size_divisor)
        maps = self.reader.maps(_not_too_narrow(grey).expand(-1, 3, -1, -1))
        cells = 2 * F.pixel_unshuffle(grey, _SHUFFLE) - 1
        at_2 = self.at_2(cells)
        at_4 = self.at_4(at_2)
        at_4 = at_4 + enlarge(self.hint_4(maps[1]), at_4)
        at_8 = self.at_8(at_4)
        everywhere = maps[2].amax((2, 3), keepdim=True).expand_as(maps[2])
        at_8 = at_8 + enlarge(self.hint_8(torch.cat((maps[2], everywhere), 1)), at_8)
        return self._paint(cells, at_2, at_4, at_8), self.reader.name(maps[2])


def _not_too_narrow(grey: Tensor) -> Tensor:
    """Stretch what is narrower than a reader's stages can halve; what it sees is shrunk back."""
    size = [max(side, _READER_LEAST) for side in grey.shape[-2:]]
    return grey if size == list(grey.shape[-2:]) else F.interpolate(grey, size, mode="bilinear")
