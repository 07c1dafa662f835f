"""The pretrained half of the studio network: any pyramid of timm's, EfficientNet-Lite0 by default.

EfficientNet (Tan and Le 2019) is made of inverted residuals (Sandler et al. 2018); its Lite
variant leaves out what small devices are slow at: squeeze-and-excitation, and swish for ReLU6.
"""

from typing import Any, Self

import timm
from torch import Tensor, nn

from colorize_core.errors import ConfigError
from colorize_core.models.blocks import Normalise

DEFAULT = "tf_efficientnet_lite0"
STRIDES = (4, 8, 16, 32)
"""Pixels of the picture along one side of a cell, for each map of the pyramid."""
_LITE0_BLOCKS = 2
"""Blocks that stay of the four at stride 32."""
_LITE0_CHANNELS = 192


class Backbone(nn.Module):
    """A lightness picture as a pyramid of features: (B, 1, H, W) -> strides 4, 8, 16, 32.

    Attributes:
        body: timm's network, with timm's names.
        channels: of the four maps.

    Raises:
        ConfigError: timm has no such network, or its features are no such pyramid.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        super().__init__()
        self.name = name
        self.body = build_body(name)
        info = self.body.feature_info
        self._places = [info.reduction().index(stride) for stride in STRIDES]
        self.channels = tuple(info.channels()[place] for place in self._places)
        wanted = self.body.pretrained_cfg
        self.normalise = Normalise(wanted["mean"], wanted["std"])
        self._frozen = _spare(self.body) if _is_lite0(name) else ()

    def train(self, mode: bool = True) -> Self:
        """As every module's; frozen layers keep their batch statistics."""
        super().train(mode)
        for module in self._frozen:
            module.eval()
        return self

    def forward(self, L: Tensor) -> list[Tensor]:
        """(B, 1, H, W) in [0, 1] -> four maps, (B, channels, H / stride, W / stride)."""
        maps = self.body(self.normalise(L))
        return [maps[place] for place in self._places]


def build_body(name: str, **pretrained: Any) -> nn.Module:
    """timm's network of a name, as a list of feature maps; of Lite0 without its last three blocks.

    Args:
        name: of `timm.list_models()`, with or without the tag of its weights.
        pretrained: what `timm.create_model` is told about weights; nothing leaves a random start.

    Raises:
        ConfigError: timm has no such network, or its features are no pyramid of strides 4 to 32.
        OSError, RuntimeError: the weights that were asked for are not to be had.
    """
    if not timm.is_model(name):
        raise ConfigError(f"timm has no backbone {name!r}; timm.list_models() names those it has")
    try:
        body = timm.create_model(name, features_only=True, in_chans=3, **pretrained)
        missing = set(STRIDES) - set(body.feature_info.reduction())
    except (AttributeError, NotImplementedError) as error:
        raise ConfigError(f"backbone {name!r} gives no feature maps; take another") from error
    if missing or str(getattr(body, "output_fmt", "NCHW")).endswith("NHWC"):
        raise ConfigError(
            f"backbone {name!r} has no maps at strides 4, 8, 16 and 32; take a convolutional one"
        )
    if _is_lite0(name):
        # The blocks at the end hold half of its weights, and the file is to stay small.
        body.blocks[5] = body.blocks[5][:_LITE0_BLOCKS]
        body.blocks[6] = nn.Identity()
        body.feature_info[-1]["num_chs"] = _LITE0_CHANNELS
    return body


def _is_lite0(name: str) -> bool:
    return name.partition(".")[0] == DEFAULT


def _spare(body: nn.Module) -> tuple[nn.Module, ...]:
    """Fix what costs a CPU much and teaches little; returns what keeps its batch statistics.

    The first layers see edges and textures on the largest maps: a third of a training step would
    go there. The depthwise kernels are 4 % of the weights, and training them as well takes 1.2
    times as long.
    """
    frozen = (body.conv_stem, body.bn1, body.blocks[0], body.blocks[1][0])
    for module in frozen:
        module.requires_grad_(False)
    for module in body.modules():
        if isinstance(module, nn.Conv2d) and module.groups > 1:
            module.weight.requires_grad_(False)
    return frozen
