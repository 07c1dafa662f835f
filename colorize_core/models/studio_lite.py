"""The studio network on a stronger trunk, EfficientNet-Lite0 without its last five blocks.

EfficientNet (Tan and Le 2019) is made of inverted residuals (Sandler et al. 2018); its Lite
variant leaves out what small devices are slow at: squeeze-and-excitation, and swish for ReLU6.
On ImageNet it names 75 % rightly, SqueezeNet 1.1 58 %, at about the same arithmetic.
"""

from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorize_core.models.blocks import ConvBlock, check_size, enlarge, zero_init
from colorize_core.models.studio import SceneContext

# Expansion, kernel, stride, output channels, repeats: the table of EfficientNet-B0 as far as it is
# used. Of the four blocks at stride 32 two are left out, for the size of the file.
_STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 2),
)
REPEATS = tuple(stage[-1] for stage in _STAGES)
"""Blocks of each stage."""
_STEM = 32
# Blocks that end the strides 4, 8, 16 and 32, and their channels.
_PYRAMID = {2: 24, 4: 40, 10: 112, 12: 192}
# The stem and so many blocks stay wholly as they are: edges and textures, on the largest maps, so
# that a third of a training step would go there.
_FROZEN_BLOCKS = 2
_EPSILON = 1e-3
# The trunk was trained on 8-bit values of which 127 was taken away and which were divided by 128.
_MEAN, _STD = 127 / 255, 128 / 255
STRIDE = 4
SIZE_DIVISOR = 32


class SamePadConv(nn.Conv2d):
    """A depthwise or first convolution, padded as TensorFlow's "same": at stride 2 more at the end.

    The weights were trained with it; with PyTorch's padding they would see a shifted picture.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, groups: int = 1
    ) -> None:
        super().__init__(inputs, outputs, kernel, stride, groups=groups, bias=False)
        total = kernel - stride
        self.edges = (total // 2, total - total // 2) * 2

    def forward(self, x: Tensor) -> Tensor:
        if self.edges[0] == self.edges[1]:
            return F.conv2d(x, self.weight, None, self.stride, self.edges[0], 1, self.groups)
        x = F.pad(x, self.edges)
        if x.requires_grad and self.groups > 1:
            # The same numbers. CPUs take a tenth of the time for the gradient of this.
            dense = F.conv2d(x, self.weight, None, 1, 0, 1, self.groups)
            sparse = dense[..., :: self.stride[0], :: self.stride[1]]
            return sparse.contiguous(memory_format=torch.channels_last)
        return super().forward(x)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=_EPSILON)


class InvertedResidual(nn.Module):
    """1×1 up, depthwise, 1×1 down (linear); added to the input where the shapes agree."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        inner = inputs * expansion
        depthwise = SamePadConv(inner, inner, kernel, stride, groups=inner)
        # The depthwise kernels stay as ImageNet left them. They are 4 % of the trunk, and on CPUs
        # their gradient costs several times as much as all the others together.
        depthwise.weight.requires_grad_(False)
        layers: list[nn.Module] = []
        if expansion > 1:
            layers += [nn.Conv2d(inputs, inner, 1, bias=False), _norm(inner), nn.ReLU6(True)]
        layers += [depthwise, _norm(inner), nn.ReLU6(True)]
        layers += [nn.Conv2d(inner, outputs, 1, bias=False), _norm(outputs)]
        self.layers = nn.Sequential(*layers)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = self.layers(x)
        return x + y if self.adds else y


class LiteTrunk(nn.Module):
    """EfficientNet-Lite0 features as a pyramid: (B, 1, H, W) -> strides 4, 8, 16, 32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(SamePadConv(3, _STEM, 3, 2), _norm(_STEM), nn.ReLU6(True))
        blocks, channels = [], _STEM
        for expansion, kernel, stride, outputs, repeats in _STAGES:
            for nth in range(repeats):
                step = stride if nth == 0 else 1
                blocks.append(InvertedResidual(channels, outputs, expansion, kernel, step))
                channels = outputs
        self.blocks = nn.ModuleList(blocks)
        self._frozen = (self.stem, *blocks[:_FROZEN_BLOCKS])
        for module in self._frozen:
            module.requires_grad_(False)

    def train(self, mode: bool = True) -> Self:
        """As every module's; the frozen layers keep their batch statistics."""
        super().train(mode)
        for module in self._frozen:
            module.eval()
        return self

    def forward(self, L: Tensor) -> list[Tensor]:
        x = self.stem((L.expand(-1, 3, -1, -1) - _MEAN) / _STD)
        stages = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in _PYRAMID:
                stages.append(x)
        return stages


class StudioLiteNet(nn.Module):
    """L in, `outputs` maps at stride 4 out; a U-Net (Ronneberger et al. 2015) as `StudioNet`.

    Args:
        outputs: 2 for ab (divided by `color.AB_SCALE`), or the number of colour classes.
        width: multiplies the decoder's channels; 1 is the shipped width.
    """

    stride = STRIDE
    size_divisor = SIZE_DIVISOR

    def __init__(self, outputs: int, width: float = 1.0) -> None:
        super().__init__()
        deep, middle, shallow = (max(8, int(width * c)) for c in (224, 160, 128))
        at_4, at_8, at_16, at_32 = _PYRAMID.values()
        self.trunk = LiteTrunk()
        self.bottleneck = nn.Sequential(ConvBlock(at_32, deep, kernel=1), SceneContext(deep))
        self.up_16 = nn.Sequential(ConvBlock(deep + at_16, deep, kernel=1), ConvBlock(deep, deep))
        self.up_8 = nn.Sequential(
            ConvBlock(deep + at_8, middle, kernel=1),
            ConvBlock(middle, middle),
            ConvBlock(middle, middle),
        )
        self.up_4 = nn.Sequential(
            ConvBlock(middle + at_4, shallow, kernel=1), ConvBlock(shallow, shallow)
        )
        self.head = nn.Conv2d(shallow, outputs, 1)
        zero_init(self.head)

    def forward(self, L: Tensor) -> Tensor:
        """Predict from lightness.

        Args:
            L: (B, 1, H, W), divided by `color.L_SCALE`; H and W multiples of 32.

        Returns:
            (B, outputs, H / 4, W / 4).

        Raises:
            ValueError: H or W not a multiple of 32.
        """
        check_size(L, SIZE_DIVISOR)
        s4, s8, s16, s32 = self.trunk(L)
        x = self.bottleneck(s32)
        for up, skip in ((self.up_16, s16), (self.up_8, s8), (self.up_4, s4)):
            x = up(torch.cat((enlarge(x, skip), skip), 1))
        return self.head(x)
