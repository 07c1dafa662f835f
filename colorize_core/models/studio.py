"""The studio network: one U-Net for every objective, on an ImageNet-pretrained trunk.

The trunk is SqueezeNet 1.1 (Iandola et al. 2016), whose features reach stride 16; the decoder
returns to stride 4 with concatenated skips (Ronneberger et al. 2015). Only the width of the last
1×1 convolution depends on the objective, so results differ by the objective alone.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import squeezenet1_1

from colorize_core.models.blocks import ConvBlock, check_size, enlarge, zero_init

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
# Ends of the trunk's stages in torchvision's numbering: strides 4, 8 and 16.
_STAGE_ENDS = (5, 8, 13)
STRIDE = 4
SIZE_DIVISOR = 16
"""Heights and widths must be multiples of this; `inference` resizes to such sizes."""


class Trunk(nn.Module):
    """SqueezeNet 1.1 features as a pyramid: (B, 1, H, W) -> strides 4, 8, 16."""

    def __init__(self) -> None:
        super().__init__()
        self.features = squeezenet1_1(weights=None).features
        # Padding aligns every stage with the pixel grid; the weights are unchanged by it.
        self.features[0].padding = (1, 1)
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(IMAGENET_STD).view(1, 3, 1, 1), persistent=False)

    def forward(self, L: Tensor) -> list[Tensor]:
        x = (L.expand(-1, 3, -1, -1) - self.mean) / self.std  # (B, 3, H, W)
        stages, start = [], 0
        for end in _STAGE_ENDS:
            x = self.features[start:end](x)
            stages.append(x)
            start = end
        return stages


class SceneContext(nn.Module):
    """Add what the whole picture says (its pooled features) to every place of it.

    After Iizuka et al. 2016 (global features fused with local ones), against colours that
    change from patch to patch.
    """

    def __init__(self, channels: int, hidden: int = 128) -> None:
        super().__init__()
        self.squeeze = nn.Linear(channels, hidden)
        self.expand = nn.Linear(hidden, channels)

    def forward(self, x: Tensor) -> Tensor:
        scene = self.expand(F.relu(self.squeeze(x.mean((2, 3)))))
        return x + scene[:, :, None, None]


class StudioNet(nn.Module):
    """L in, `outputs` maps at stride 4 out.

    Args:
        outputs: 2 for ab (divided by `color.AB_SCALE`), or the number of colour classes.
        width: multiplies the decoder's channels; 1 is the shipped width.
    """

    stride = STRIDE
    size_divisor = SIZE_DIVISOR

    def __init__(self, outputs: int, width: float = 1.0) -> None:
        super().__init__()
        deep, middle, shallow = (max(8, int(width * c)) for c in (256, 192, 128))
        self.trunk = Trunk()
        self.bottleneck = nn.Sequential(
            ConvBlock(512, deep, kernel=1), SceneContext(deep), ConvBlock(deep, deep)
        )
        # A 1×1 convolution joins skip and path before the 3×3 ones: half the arithmetic of
        # letting a 3×3 convolution see both.
        self.up_8 = nn.Sequential(
            ConvBlock(deep + 256, middle, kernel=1),
            ConvBlock(middle, middle),
            ConvBlock(middle, middle),
        )
        self.up_4 = nn.Sequential(
            ConvBlock(middle + 128, shallow, kernel=1), ConvBlock(shallow, shallow)
        )
        self.head = nn.Conv2d(shallow, outputs, 1)
        zero_init(self.head)

    def forward(self, L: Tensor) -> Tensor:
        """Predict from lightness.

        Args:
            L: (B, 1, H, W), divided by `color.L_SCALE`; H and W multiples of 16.

        Returns:
            (B, outputs, H / 4, W / 4).

        Raises:
            ValueError: H or W not a multiple of 16.
        """
        check_size(L, SIZE_DIVISOR)
        s4, s8, s16 = self.trunk(L)
        x = self.bottleneck(s16)  # (B, 256, H / 16, W / 16)
        x = self.up_8(torch.cat((enlarge(x, s8), s8), 1))  # (B, 192, H / 8, W / 8)
        x = self.up_4(torch.cat((enlarge(x, s4), s4), 1))  # (B, 128, H / 4, W / 4)
        return self.head(x)
