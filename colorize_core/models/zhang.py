"""The network of Zhang, Isola, Efros 2016 (Colorful Image Colorization, figure 2)."""

from torch import Tensor, nn

from colorize_core.models.blocks import check_size, he_init, zero_init

# (channels, layers, stride of the last layer, dilation) of the seven blocks before the last.
_BLOCKS = (
    (64, 2, 2, 1),
    (128, 2, 2, 1),
    (256, 3, 2, 1),
    (512, 3, 1, 1),
    (512, 3, 1, 2),
    (512, 3, 1, 2),
    (512, 3, 1, 1),
)
_LAST = 256


class ZhangNet(nn.Module):
    """Eight blocks of convolutions, with strides and dilation; batch norm ends each block.

    Args:
        outputs: number of colour classes.
        width: multiplies all channels; 1 gives 64-128-256-512-512-512-512-256.
    """

    stride = 4
    size_divisor = 8

    def __init__(self, outputs: int, width: float = 1.0) -> None:
        super().__init__()
        blocks, inputs = [], 1
        for channels, layers, stride, dilation in _BLOCKS:
            scaled = max(8, int(channels * width))
            blocks.append(_block(inputs, scaled, layers, stride, dilation))
            inputs = scaled
        last = max(8, int(_LAST * width))
        self.blocks = nn.Sequential(*blocks)
        self.up = nn.Sequential(
            nn.ConvTranspose2d(inputs, last, 4, 2, 1), nn.ReLU(inplace=True),
            nn.Conv2d(last, last, 3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(last, last, 3, padding=1), nn.ReLU(inplace=True),
        )  # fmt: skip
        self.head = nn.Conv2d(last, outputs, 1)
        he_init(self)
        zero_init(self.head)

    def forward(self, grey: Tensor) -> Tensor:
        """(B, 1, H, W) in [0, 1] -> (B, outputs, H / 4, W / 4).

        Raises:
            ValueError: H or W not a multiple of 8.
        """
        check_size(grey, self.size_divisor)
        # Centred as in the paper's code, where L - 50 is divided by 100.
        return self.head(self.up(self.blocks(grey - 0.5)))


def _block(inputs: int, outputs: int, layers: int, stride: int, dilation: int) -> nn.Sequential:
    modules: list[nn.Module] = []
    for i in range(layers):
        step = stride if i == layers - 1 else 1
        before = inputs if i == 0 else outputs
        modules.append(nn.Conv2d(before, outputs, 3, step, dilation, dilation))
        modules.append(nn.ReLU(inplace=True))
    return nn.Sequential(*modules, nn.BatchNorm2d(outputs))
