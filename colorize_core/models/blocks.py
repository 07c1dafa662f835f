"""Parts that several networks share."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Mean and standard deviation of its photos' channels."""


class Normalise(nn.Module):
    """(values - mean) / std of each channel, (B, 3, H, W); one grey channel becomes three."""

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std


class GaussianBlur(nn.Module):
    """A Gaussian over grey pictures, (B, 1, H, W); borders are repeated.

    Args:
        sigma: its standard deviation, pixels; 0 changes nothing.
    """

    def __init__(self, sigma: float) -> None:
        super().__init__()
        self.radius = math.ceil(3 * sigma)
        place = torch.arange(-self.radius, self.radius + 1.0)
        kernel = torch.exp(-place.square() / (2 * sigma**2)) if sigma else torch.ones(1)
        self.register_buffer("kernel", kernel / kernel.sum(), persistent=False)

    def forward(self, grey: Tensor) -> Tensor:
        if not self.radius:
            return grey
        padded = F.pad(grey, (self.radius,) * 4, mode="replicate")
        return F.conv2d(
            F.conv2d(padded, self.kernel.view(1, 1, 1, -1)), self.kernel.view(1, 1, -1, 1)
        )


class ConvBlock(nn.Sequential):
    """Convolution (3×3 unless said otherwise), batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


def enlarge(x: Tensor, like: Tensor) -> Tensor:
    """Bilinear, to the height and width of another map."""
    return F.interpolate(x, size=like.shape[-2:], mode="bilinear", align_corners=False)


def check_size(x: Tensor, size_divisor: int) -> None:
    """Refuse heights and widths from which a network could not find its way back.

    Raises:
        ValueError: H or W not a multiple of `size_divisor`.
    """
    height, width = x.shape[-2:]
    if height % size_divisor or width % size_divisor:
        message = f"height and width must be multiples of {size_divisor}, got {(height, width)}"
        raise ValueError(message)


def zero_init(head: nn.Conv2d) -> None:
    """Let training begin close to grey, or at equal scores, instead of at random colours."""
    nn.init.normal_(head.weight, std=1e-3)
    nn.init.zeros_(head.bias)


def he_init(module: nn.Module, slope: float = 0.0) -> None:
    """He et al. 2015, Delving Deep into Rectifiers, equation 14."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.kaiming_normal_(layer.weight, a=slope, nonlinearity="leaky_relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
