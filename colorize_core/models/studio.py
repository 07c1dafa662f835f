"""The studio network: one U-Net for every objective, on an ImageNet-pretrained trunk.

The trunk is SqueezeNet 1.1 (Iandola et al. 2016), whose features reach stride 16; the decoder
returns to stride 4 with concatenated skips (Ronneberger et al. 2015). Only the width of the last
1×1 convolution depends on the objective, so results differ by the objective alone.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import squeezenet1_1

_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)
# Ends of the trunk's stages in torchvision's numbering: strides 4, 8 and 16.
_STAGE_ENDS = (5, 8, 13)
STRIDE = 4
MULTIPLE = 16
"""Heights and widths must be multiples of this; `inference` resizes to such sizes."""


class Trunk(nn.Module):
    """SqueezeNet 1.1 features as a pyramid: (B, 1, H, W) -> strides 4, 8, 16."""

    def __init__(self) -> None:
        super().__init__()
        self.features = squeezenet1_1(weights=None).features
        # Padding aligns every stage with the pixel grid; the weights are unchanged by it.
        self.features[0].padding = (1, 1)
        self.register_buffer("mean", torch.tensor(_MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(_STD).view(1, 3, 1, 1), persistent=False)

    def forward(self, L: Tensor) -> list[Tensor]:
        x = (L.expand(-1, 3, -1, -1) - self.mean) / self.std  # (B, 3, H, W)
        stages, start = [], 0
        for end in _STAGE_ENDS:
            x = self.features[start:end](x)
            stages.append(x)
            start = end
        return stages


class ConvBlock(nn.Sequential):
    """Convolution (3×3 unless said otherwise), batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


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
        # Training starts close to grey, or to equal scores, instead of at random colours.
        nn.init.normal_(self.head.weight, std=1e-3)
        nn.init.zeros_(self.head.bias)

    def forward(self, L: Tensor) -> Tensor:
        """Predict from lightness.

        Args:
            L: (B, 1, H, W), divided by `color.L_SCALE`; H and W multiples of 16.

        Returns:
            (B, outputs, H / 4, W / 4).

        Raises:
            ValueError: H or W not a multiple of 16.
        """
        if L.shape[-2] % MULTIPLE or L.shape[-1] % MULTIPLE:
            size = tuple(L.shape[-2:])
            raise ValueError(f"height and width must be multiples of {MULTIPLE}, got {size}")
        s4, s8, s16 = self.trunk(L)
        x = self.bottleneck(s16)  # (B, 256, H / 16, W / 16)
        x = self.up_8(torch.cat((_enlarge(x, s8), s8), 1))  # (B, 192, H / 8, W / 8)
        x = self.up_4(torch.cat((_enlarge(x, s4), s4), 1))  # (B, 128, H / 4, W / 4)
        return self.head(x)


def _enlarge(x: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(x, size=like.shape[-2:], mode="bilinear", align_corners=False)
