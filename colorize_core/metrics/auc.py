"""Accuracy curves: the share of pixels whose ab error stays below a threshold."""

import torch
from torch import Tensor

from colorize_core.color.conversions import chroma

MAX_THRESHOLD = 150


def accuracy_area(ab: Tensor, ab_true: Tensor) -> Tensor:
    """Area under each pixel's own accuracy curve (Zhang et al. 2016, section 3.1).

    A pixel with ab error d is right at every threshold t ≥ d; the area under that step over the
    whole thresholds t = 0, 1, …, 150 (trapezoids) is 150 - ⌈d⌉ + ½, and 150 for d = 0. The mean
    over pixels, divided by 150, is the raw-accuracy AuC.

    The mean over the classes of true colours of each class's own AuC is the class-rebalanced AuC:
    every pixel is weighted by 1 / frequency of its class, equation 4 with λ = 0. Zhang et al. take
    the frequencies from the smoothed colours of the training photos; here they are those of the
    measured photos, so that the number depends on nothing but the photos it is said to be of.

    It depends on how many they are: the more photos, the more rare and strong colours are among
    the classes, and each counts alike. Plain grey has 65.5, 63.1, 62.0 and 60.7 per cent on 100,
    300, 600 and 1,291 photos. Compare at equal counts only.

    Args:
        ab: (..., 2, H, W), in Lab units.
        ab_true: the same shape.

    Returns:
        (..., H, W), in [0, 1]; higher is better.
    """
    distance = chroma(ab - ab_true)
    area = (MAX_THRESHOLD + 0.5 - distance.ceil()).clamp(min=0)
    return torch.where(distance == 0, float(MAX_THRESHOLD), area) / MAX_THRESHOLD
