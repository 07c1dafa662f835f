"""Network names of configurations -> modules."""

from collections.abc import Callable

from torch import nn

from colorize_core.methods.config import MethodConfig
from colorize_core.models.cnn import SmallCnn
from colorize_core.models.half_resnet import HalfResNet18
from colorize_core.models.studio import StudioNet
from colorize_core.models.unet import UNet
from colorize_core.models.zhang import ZhangNet


def _unet(config: MethodConfig, outputs: int, bounded: bool) -> UNet:
    return UNet(outputs, config.width, config.depth, config.skips, config.dropout, bounded)


BUILDERS: dict[str, Callable[[MethodConfig, int, bool], nn.Module]] = {
    "studio": lambda config, outputs, bounded: StudioNet(
        outputs, config.width, config.backbone, config.hints
    ),
    "unet": _unet,
    "zhang": lambda config, outputs, bounded: ZhangNet(outputs, config.width),
    "cnn": lambda config, outputs, bounded: SmallCnn(outputs, config.width),
    "half-resnet18": lambda config, outputs, bounded: HalfResNet18(outputs, config.width),
}


def build_network(config: MethodConfig, outputs: int, bounded: bool) -> nn.Module:
    """The network of a configuration.

    Args:
        config: its fields `network` and `width`; of the studio network also `backbone` and
            `hints`, of a U-Net depth, skips and dropout.
        outputs: channels of the answer.
        bounded: whether answers lie in -1…1 (colours), or anywhere (scores).

    Returns:
        A module with `stride` (its answer is so many times smaller than its input) and
        `size_divisor` (heights and widths it takes); (B, 1, H, W) -> (B, outputs, H / stride, …).

    Raises:
        ConfigError: a backbone that timm lacks, or that is no pyramid.
    """
    return BUILDERS[config.network](config, outputs, bounded)
