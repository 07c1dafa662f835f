"""Classifiers that name what a picture shows, for the evaluation."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import squeezenet1_1, vgg16

from colorize_core.models.blocks import IMAGENET, Normalise

_CIFAR = (0.491, 0.482, 0.447), (0.247, 0.244, 0.262)
_LOGIT_SCALE = 1 / 9
"""Keeps the first logits small, so that a high learning rate does not start with a jump."""


def _convolution(inputs: int, outputs: int) -> nn.Conv2d:
    convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    # Channels start by passing their input on, as far as there are inputs.
    nn.init.dirac_(convolution.weight[:inputs])
    return convolution


class _Stage(nn.Sequential):
    """Two 3×3 convolutions; the picture is halved between them."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(
            _convolution(inputs, outputs),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(outputs),
            nn.GELU(),
            _convolution(outputs, outputs),
            nn.BatchNorm2d(outputs),
            nn.GELU(),
        )


class CompactClassifier(nn.Module):
    """A small network for 32×32 pictures, quick to train on a CPU.

    After Jordan 2024, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU": a 2×2 convolution that
    whitens patches and is not trained, then three stages of two convolutions.

    Args:
        classes: number of outputs.
        widths: channels of the stages.
    """

    def __init__(self, classes: int, widths: tuple[int, int, int]) -> None:
        super().__init__()
        self.normalise = Normalise(*_CIFAR)
        self.whiten = nn.Conv2d(3, 24, 2)
        self.whiten.weight.requires_grad_(False)
        sizes = (24, *widths)
        self.stages = nn.Sequential(*map(_Stage, sizes[:-1], sizes[1:]))
        self.head = nn.Linear(widths[-1], classes)

    @torch.no_grad()
    def fit_whitening(self, rgb: Tensor) -> None:
        """Set the first convolution from the principal axes of 2×2 patches.

        Args:
            rgb: (N, 3, H, W), in [0, 1]; a few thousand training pictures.
        """
        patches = self.normalise(rgb).unfold(2, 2, 1).unfold(3, 2, 1)  # (N, 3, H-1, W-1, 2, 2)
        patches = patches.permute(0, 2, 3, 1, 4, 5).reshape(-1, 12).double()
        values, axes = torch.linalg.eigh(patches.T @ patches / len(patches))
        filters = (axes / (values + 5e-4).sqrt()).T.flip(0).reshape(12, 3, 2, 2)
        # Each axis once with either sign: the GELU that follows keeps positive answers only.
        self.whiten.weight.copy_(torch.cat((filters, -filters)))
        self.whiten.bias.zero_()

    def forward(self, rgb: Tensor) -> Tensor:
        """Score the classes.

        Args:
            rgb: (B, 3, 32, 32), in [0, 1].

        Returns:
            Logits, (B, classes).
        """
        x = self.stages(F.gelu(self.whiten(self.normalise(rgb))))  # (B, width, 3, 3)
        return self.head(x.amax((2, 3))) * _LOGIT_SCALE  # wherever something was seen


class SqueezeClassifier(nn.Module):
    """torchvision's SqueezeNet 1.1 (Iandola et al. 2016) with a last layer for other classes.

    The last layer's scores are averaged as they are; torchvision's pass a ReLU first, which would
    keep a class that a picture speaks against from falling below the others.

    Args:
        classes: number of outputs.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.normalise = Normalise(*IMAGENET)
        self.features = squeezenet1_1(weights=None).features
        self.dropout = nn.Dropout(0.5)
        self.head = nn.Conv2d(512, classes, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)

    def forward(self, rgb: Tensor) -> Tensor:
        """Score the classes.

        Args:
            rgb: (B, 3, H, W), in [0, 1]; 32 pixels a side or more.

        Returns:
            Logits, (B, classes).
        """
        x = self.features(self.normalise(rgb))  # (B, 512, H / 16, W / 16)
        return self.head(self.dropout(x)).mean((2, 3))


class VggClassifier(nn.Module):
    """VGG-16 (Simonyan and Zisserman 2015) with torchvision's 1,000 ImageNet classes.

    The parameters have no memory (PyTorch's meta device) until `network.to_empty` gives them some
    for weights to be loaded: 138 million of them would otherwise be drawn at random for nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.normalise = Normalise(*IMAGENET)
        with torch.device("meta"):
            self.network = vgg16(weights=None)

    def forward(self, rgb: Tensor) -> Tensor:
        """Score the classes: (B, 3, 224, 224) in [0, 1] -> logits, (B, 1000)."""
        return self.network(self.normalise(rgb))
