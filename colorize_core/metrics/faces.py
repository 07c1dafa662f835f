"""Whether faces look alive: the middle of portraits."""

import torch
from torch import Tensor

from colorize_core.color.conversions import chroma
from colorize_core.color.difference import delta_e2000

PALE = 5.0
"""Mean chroma of a face below which no hue shows, in Lab units."""
WARM = (-40.0, 110.0)
"""Hues of skin under any usual light, degrees: from pink over orange to yellow."""


def middle(lab: Tensor) -> Tensor:
    """The middle third of both sides, which a face fills: (B, 3, H, W) -> (B, 3, H / 3, W / 3)."""
    top, left = (length // 3 for length in lab.shape[-2:])
    return lab[..., top : lab.shape[-2] - top, left : lab.shape[-1] - left]


def face_error(lab: Tensor, lab_true: Tensor) -> Tensor:
    """Mean ΔE2000 in the middle of portraits; lower is better.

    Args:
        lab: portraits, (B, 3, H, W), in Lab units; H and W at least 3.
        lab_true: their originals.

    Returns:
        (B,), in ΔE2000.
    """
    return delta_e2000(middle(lab), middle(lab_true)).mean((-2, -1))


def green_or_blue(lab: Tensor) -> Tensor:
    """Whether the mean colour of a portrait's middle has a hue that no skin has; the rule is ours.

    Args:
        lab: portraits, (B, 3, H, W), in Lab units.

    Returns:
        (B,), 0 or 1; a grey face counts as 0.
    """
    mean = middle(lab)[:, 1:].mean((-2, -1))  # (B, 2)
    hue = torch.rad2deg(torch.atan2(mean[:, 1], mean[:, 0]))
    cold = (hue < WARM[0]) | (hue > WARM[1])
    return (cold & (chroma(mean[..., None, None])[:, 0, 0] > PALE)).float()
