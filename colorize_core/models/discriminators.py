"""Conditional discriminators: do the colours belong to the grey picture?"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class PatchDiscriminator(nn.Module):
    """One verdict for every patch (Isola et al. 2017, section 3.2.2).

    It sees grey ⊕ colour on the generator's own grid: were colours enlarged first, sharpness
    alone would give a generated picture away. No detail of the grey picture is lost, because the
    values of a cell become its channels.
    """

    def __init__(self, colors: int, stride: int, width: int = 64) -> None:
        super().__init__()
        self.stride = stride
        self.layers = nn.Sequential(
            nn.Conv2d(stride**2 + colors, width, 3, padding=1),
            nn.LeakyReLU(0.2, inplace=True),
            *_down(width, 2 * width),
            *_down(2 * width, 4 * width),
            nn.Conv2d(4 * width, 1, 3, padding=1),
        )

    def forward(self, grey: Tensor, color: Tensor) -> Tensor:
        """Score patches.

        Args:
            grey: (B, 1, H, W), in [0, 1].
            colour: (B, colours, H / stride, W / stride), divided by the space's scale.

        Returns:
            Logits, (B, 1, H / (4 stride), W / (4 stride)); positive means real.
        """
        return self.layers(_join(grey, color, self.stride))


class ImageDiscriminator(nn.Module):
    """One verdict for the picture: the contracting path of the U-Net, then one number.

    Four 4×4 convolutions of stride 2, channels doubling (64-128-256-512 at width 64), batch norm
    after all but the first (Radford et al. 2016, section 3), LeakyReLU 0.2; a last convolution
    maps to one channel, whose mean is the logit of the sigmoid.
    """

    def __init__(self, colors: int, stride: int, width: int = 64) -> None:
        super().__init__()
        self.stride = stride
        self.layers = nn.Sequential(
            nn.Conv2d(stride**2 + colors, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2, inplace=True),
            *_down(width, 2 * width),
            *_down(2 * width, 4 * width),
            *_down(4 * width, 8 * width),
            nn.Conv2d(8 * width, 1, 1),
        )

    def forward(self, grey: Tensor, color: Tensor) -> Tensor:
        """As `PatchDiscriminator`, but logits are (B, 1, 1, 1)."""
        return self.layers(_join(grey, color, self.stride)).mean((2, 3), keepdim=True)


DISCRIMINATORS = {"patch": PatchDiscriminator, "image": ImageDiscriminator}


def _join(grey: Tensor, color: Tensor, stride: int) -> Tensor:
    return torch.cat((F.pixel_unshuffle(grey, stride), color), 1)


def _down(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(inputs, outputs, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(0.2, inplace=True),
    )
