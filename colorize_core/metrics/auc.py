"""Accuracy curves: the share of pixels whose ab error stays below a threshold."""

import torch
from torch import Tensor

from colorize_core.color.conversions import chroma

MAX_THRESHOLD = 150
HIGHER_IS_BETTER = True


def accuracy_area(ab: Tensor, ab_true: Tensor) -> Tensor:
    """Area under each pixel's own accuracy curve (Zhang et al. 2016, section 3.1).

    A pixel with ab error d is right at every threshold t ≥ d; the area under that step over the
    whole thresholds t = 0, 1, …, 150 (trapezoids) is 150 - ⌈d⌉ + ½, and 150 for d = 0. The mean
    over pixels, divided by 150, is the raw-accuracy AuC. Weighting each pixel by the inverse
    frequency of its true class among the evaluated pixels (equation 4 with λ = 0) gives the
    class-rebalanced AuC: the mean over classes of each class's own AuC.

    Args:
        ab: (..., 2, H, W), in Lab units.
        ab_true: the same shape.

    Returns:
        (..., H, W), in [0, 1]; higher is better.
    """
    distance = chroma(ab - ab_true)
    area = (MAX_THRESHOLD + 0.5 - distance.ceil()).clamp(min=0)
    return torch.where(distance == 0, float(MAX_THRESHOLD), area) / MAX_THRESHOLD
