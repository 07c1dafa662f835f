"""Half a ResNet-18 (He et al. 2016) with an upsampling decoder, as report 003 describes it."""

import torch
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock

from colorize_core.models.blocks import IMAGENET, ConvBlock, Normalise, check_size, zero_init


class HalfResNet18(nn.Module):
    """conv1 to conv3_x (224×224 -> 28×28×128), then convolutions and ×2 nearest upsampling.

    Names and shapes of the first half are torchvision's, so that its weights fit at width 1.

    Args:
        outputs: channels of the answer.
        width: multiplies all channels; 1 is ResNet-18.
    """

    stride = 1
    size_divisor = 8

    def __init__(self, outputs: int, width: float = 1.0) -> None:
        super().__init__()
        c = max(8, int(64 * width))
        self.normalise = Normalise(*IMAGENET)
        self.conv1 = nn.Conv2d(3, c, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(c)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(BasicBlock(c, c), BasicBlock(c, c))
        shortcut = nn.Sequential(nn.Conv2d(c, 2 * c, 1, 2, bias=False), nn.BatchNorm2d(2 * c))
        self.layer2 = nn.Sequential(BasicBlock(c, 2 * c, 2, shortcut), BasicBlock(2 * c, 2 * c))
        self.decoder = nn.Sequential(
            ConvBlock(2 * c, 2 * c), nn.Upsample(scale_factor=2),
            ConvBlock(2 * c, c), ConvBlock(c, c), nn.Upsample(scale_factor=2),
            ConvBlock(c, c // 2),
        )  # fmt: skip
        self.head = nn.Conv2d(c // 2, outputs, 3, padding=1)
        self.enlarge = nn.Upsample(scale_factor=2)
        zero_init(self.head)

    def forward(self, grey: Tensor) -> Tensor:
        """(B, 1, H, W) in [0, 1] -> (B, outputs, H, W), in squares of 2×2 equal pixels.

        Raises:
            ValueError: H or W not a multiple of 8.
        """
        check_size(grey, self.size_divisor)
        x = self.maxpool(torch.relu(self.bn1(self.conv1(self.normalise(grey)))))
        x = self.layer2(self.layer1(x))  # (B, 128, H / 8, W / 8) at width 1
        return self.enlarge(self.head(self.decoder(x)))
