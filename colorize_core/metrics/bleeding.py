"""How far colours run over the edges of things."""

import torch
from torch import Tensor
from torch.nn import functional as F

STRONG = 12.0
"""Step of L between neighbouring pixels that makes a strong edge, in Lab units."""
NEAR = 1
"""Pixels from a strong edge within which a change of colour belongs to it."""
AROUND = 5
"""Pixels from a strong edge within which a change of colour is looked at."""
NOISE = 1.0
"""Steps of ab below this are the rounding of 8-bit pictures, in Lab units."""


def bleeding(lab: Tensor) -> Tensor:
    """Share of the colour change around strong edges of L that misses them.

    Where things end, L and colour change together; colours that run over change a few pixels
    beside. Of all steps of ab within `AROUND` pixels of a strong edge, this is the share that lies
    more than `NEAR` pixels from one. Texture beside an edge counts as well, so that the originals
    have some, too: compare with them. The measure is ours.

    Args:
        lab: (..., 3, H, W), in Lab units; H and W at least 2.

    Returns:
        (...), in per cent; 0 where no colour changes, as in a grey picture or one without edges.
    """
    L, ab = lab[..., :1, :, :], lab[..., 1:, :, :]
    edges = (_steps(L) >= STRONG).float()
    near, around = _within(edges, NEAR), _within(edges, AROUND)
    steps = _steps(ab)
    steps = torch.where(steps < NOISE, 0.0, steps)
    seen = (steps * around).sum((-2, -1))
    missed = (steps * (around - near)).sum((-2, -1))
    return torch.where(seen > 0, 100 * missed / seen.clamp(min=1e-9), 0.0)


def _steps(image: Tensor) -> Tensor:
    """Larger distance to the next pixel right or below: (..., C, H, W) -> (..., H, W).

    The last row and column have one such neighbour, or none.
    """
    down = F.pad(image.diff(dim=-2), (0, 0, 0, 1)).norm(dim=-3)
    right = F.pad(image.diff(dim=-1), (0, 1)).norm(dim=-3)
    return torch.maximum(down, right)


def _within(mask: Tensor, radius: int) -> Tensor:
    """Pixels within a square of that radius around marked ones: (..., H, W) -> same."""
    flat = mask.reshape(-1, 1, *mask.shape[-2:])
    return F.max_pool2d(flat, 2 * radius + 1, stride=1, padding=radius).reshape(mask.shape)
