"""How colourful a picture is."""

import torch
from torch import Tensor


def colorfulness(rgb: Tensor) -> Tensor:
    """Hasler and Süsstrunk 2003, equation 14, on signed opponent axes.

    rg = R - G, yb = (R + G) / 2 - B, CF = √(σ²rg + σ²yb) + 0.3 √(μ²rg + μ²yb), with R, G, B in
    0…255. Neither direction is better: compare with the originals.

    Args:
        rgb: sRGB, (..., 3, H, W), in [0, 1].

    Returns:
        (...); 0 is grey, above 60 is vivid.
    """
    r, g, b = (255 * rgb).unbind(-3)
    axes = torch.stack((r - g, (r + g) / 2 - b)).flatten(-2)  # (2, ..., H W)
    spread = torch.linalg.vector_norm(axes.std(-1, correction=0), dim=0)
    offset = torch.linalg.vector_norm(axes.mean(-1), dim=0)
    return spread + 0.3 * offset
