"""How different two colours look: CIEDE2000."""

import torch
from torch import Tensor

from colorize_core.color.conversions import check_lab


def delta_e2000(lab_1: Tensor, lab_2: Tensor) -> Tensor:
    """CIEDE2000 colour difference per pixel (Sharma, Wu, Dalal 2005, equations 2 to 22).

    Args:
        lab_1: (..., 3, H, W), in Lab units.
        lab_2: the same shape.

    Returns:
        (..., H, W), not negative; 1 is about the least difference that people see.

    Raises:
        ValueError: three channels missing, or shapes that differ.
    """
    check_lab(lab_1)
    if lab_1.shape != lab_2.shape:
        raise ValueError(f"shapes differ: {tuple(lab_1.shape)} and {tuple(lab_2.shape)}")
    L1, a1, b1 = lab_1.unbind(-3)
    L2, a2, b2 = lab_2.unbind(-3)
    mean_c7 = ((torch.hypot(a1, b1) + torch.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - torch.sqrt(mean_c7 / (mean_c7 + 25.0**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = torch.hypot(a1, b1), torch.hypot(a2, b2)
    h1, h2 = _hue_degrees(a1, b1), _hue_degrees(a2, b2)
    grey = c1 * c2 == 0
    dh = _hue_difference(h1, h2).masked_fill(grey, 0)
    d_hue = 2 * torch.sqrt(c1 * c2) * torch.sin(torch.deg2rad(dh / 2))
    hue = torch.where(grey, h1 + h2, _mean_hue(h1, h2))
    return _weighted_difference(L1, L2, c1, c2, d_hue, hue)


def _hue_degrees(a: Tensor, b: Tensor) -> Tensor:
    return torch.rad2deg(torch.atan2(b, a)) % 360


def _hue_difference(h1: Tensor, h2: Tensor) -> Tensor:
    dh = h2 - h1
    return torch.where(dh > 180, dh - 360, torch.where(dh < -180, dh + 360, dh))


def _mean_hue(h1: Tensor, h2: Tensor) -> Tensor:
    total = h1 + h2
    wrapped = torch.where(total < 360, total + 360, total - 360)
    return torch.where((h1 - h2).abs() > 180, wrapped, total) / 2


def _weighted_difference(
    L1: Tensor, L2: Tensor, c1: Tensor, c2: Tensor, d_hue: Tensor, hue: Tensor
) -> Tensor:
    """Equations 15 to 22: weights of lightness, chroma and hue, and their rotation term."""
    mean_l, mean_c = (L1 + L2) / 2, (c1 + c2) / 2
    t = 1 - 0.17 * _cos(hue - 30) + 0.24 * _cos(2 * hue)
    t = t + 0.32 * _cos(3 * hue + 6) - 0.20 * _cos(4 * hue - 63)
    offset = (mean_l - 50) ** 2
    s_l = 1 + 0.015 * offset / torch.sqrt(20 + offset)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    mean_c7 = mean_c**7
    r_c = 2 * torch.sqrt(mean_c7 / (mean_c7 + 25.0**7))
    r_t = -r_c * torch.sin(torch.deg2rad(60 * torch.exp(-(((hue - 275) / 25) ** 2))))
    d_l, d_c, d_h = (L2 - L1) / s_l, (c2 - c1) / s_c, d_hue / s_h
    return torch.sqrt((d_l**2 + d_c**2 + d_h**2 + r_t * d_c * d_h).clamp(min=0))


def _cos(degrees: Tensor) -> Tensor:
    return torch.cos(torch.deg2rad(degrees))
