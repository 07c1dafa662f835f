"""The studio network: one U-Net for every objective, on an ImageNet-pretrained backbone.

The decoder returns from stride 32 to stride 4 with concatenated skips (Ronneberger et al. 2015).
Only the width of the last 1×1 convolution depends on the objective, so results differ by the
objective alone.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorize_core.models.backbone import DEFAULT, STRIDES, Backbone
from colorize_core.models.blocks import ConvBlock, check_size, enlarge, zero_init

STRIDE, SIZE_DIVISOR = STRIDES[0], STRIDES[-1]
HINT_CHANNELS = 3
"""Of a map of hints: a and b, divided by `color.AB_SCALE`, and 1 where there is one, else 0."""


class HintPath(nn.Module):
    """What hints say to one stage of the decoder; nothing at all before training.

    After Zhang et al. 2017, Real-Time User-Guided Image Colorization with Learned Deep Priors
    (local hints network), but at every scale: one hint is to colour a whole object.
    """

    def __init__(self, channels: int, hidden: int = 64) -> None:
        super().__init__()
        self.read = nn.Conv2d(HINT_CHANNELS, hidden, 1)
        self.tell = nn.Conv2d(hidden, channels, 1)
        nn.init.zeros_(self.tell.weight)
        nn.init.zeros_(self.tell.bias)

    def forward(self, hints: Tensor, cells: int) -> Tensor:
        """Hints, (B, 3, h, w), to be added to features, (B, channels, h / cells, w / cells)."""
        if cells > 1:
            color, mask = hints[:, :2], hints[:, 2:]
            share = F.avg_pool2d(mask, cells)
            color = F.avg_pool2d(color * mask, cells) / share.clamp(min=1e-6)
            hints = torch.cat((color, F.max_pool2d(mask, cells)), 1)
        return self.tell(F.relu(self.read(hints)))


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
        backbone: a name of timm's.
        hints: whether it takes colours at single places besides L.

    Raises:
        ConfigError: timm has no such backbone, or one without maps at strides 4 to 32.
    """

    stride = STRIDE
    size_divisor = SIZE_DIVISOR

    def __init__(
        self, outputs: int, width: float = 1.0, backbone: str = DEFAULT, hints: bool = False
    ) -> None:
        super().__init__()
        deep, middle, shallow = (max(8, int(width * c)) for c in (224, 160, 128))
        self.backbone = Backbone(backbone)
        at_4, at_8, at_16, at_32 = self.backbone.channels
        self.bottleneck = nn.Sequential(ConvBlock(at_32, deep, kernel=1), SceneContext(deep))
        # A 1×1 convolution joins skip and path before the 3×3 ones: half the arithmetic of
        # letting a 3×3 convolution see both.
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
        stages = (deep, deep, middle, shallow) if hints else ()
        self.hint_paths = nn.ModuleList(HintPath(channels) for channels in stages)

    def forward(self, L: Tensor, hints: Tensor | None = None) -> Tensor:
        """Predict from lightness, and from hints where the network takes them.

        Args:
            L: (B, 1, H, W), divided by `color.L_SCALE`; H and W multiples of 32.
            hints: (B, 3, H / 4, W / 4), see `HINT_CHANNELS`; None: there are none.

        Returns:
            (B, outputs, H / 4, W / 4).

        Raises:
            ValueError: H or W not a multiple of 32.
        """
        check_size(L, SIZE_DIVISOR)
        s4, s8, s16, s32 = self.backbone(L)
        if hints is None and self.hint_paths:
            hints = s4.new_zeros(len(s4), HINT_CHANNELS, *s4.shape[-2:])
        x = self._hinted(self.bottleneck(s32), hints, 0)
        stages = ((self.up_16, s16), (self.up_8, s8), (self.up_4, s4))
        for stage, (up, skip) in enumerate(stages, start=1):
            x = self._hinted(up(torch.cat((enlarge(x, skip), skip), 1)), hints, stage)
        return self.head(x)

    def _hinted(self, x: Tensor, hints: Tensor | None, stage: int) -> Tensor:
        if not self.hint_paths:
            return x
        return x + self.hint_paths[stage](hints, SIZE_DIVISOR // STRIDE >> stage)
