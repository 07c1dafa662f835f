"""How much of a picture changes its hue where nothing in the photo does."""

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

SMOOTH = 1.0
"""Steepest slope of L inside a region, after a Gaussian of one pixel; Lab units per pixel."""
LEAST = 0.005
"""Share of the picture that the coloured part of a region must have."""
COLORED = 6.0
"""Chroma from which a pixel has a hue."""
SHARE = 0.9
"""A region's hue turns by the shortest arc that holds so many of its coloured pixels."""
TURN = 60.0
"""Degrees of hue beyond which a region counts as blotchy."""
_BINS = 36


def blotches(lab: Tensor) -> Tensor:
    """Share of the picture in smooth regions over which the hue turns by more than `TURN`.

    A wall, a coat or a sky has hardly an edge in L and, as a rule, one hue; a network that is
    undecided gives it several. Some originals have such regions, too: compare with them. The
    measure is ours.

    Args:
        lab: (B, 3, H, W), in Lab units.

    Returns:
        (B,), in per cent of the picture's pixels; 0 for grey ones.
    """
    return torch.tensor([_blotches(*picture) for picture in lab.double().cpu().numpy()])


def _blotches(L: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    regions, _ = ndimage.label(ndimage.gaussian_gradient_magnitude(L, 1.0) < SMOOTH)
    regions[np.hypot(a, b) < COLORED] = 0
    # One row a region, of how many of its pixels have which hue.
    bins = (np.arctan2(b, a) / (2 * np.pi) % 1 * _BINS).astype(int) % _BINS
    inside = regions > 0
    size = (regions.max() + 1, _BINS)
    hues = np.bincount((regions * _BINS + bins)[inside], minlength=size[0] * _BINS).reshape(size)
    hues = hues[hues.sum(1) >= LEAST * L.size]
    count = hues.sum(1)
    turned = _arc(hues) > TURN
    return 100 * float(count[turned].sum()) / L.size


def _arc(hues: np.ndarray) -> np.ndarray:
    """Degrees of the shortest arc with `SHARE` of the pixels of each row: (n, bins) -> (n,)."""
    twice = np.concatenate((np.zeros((len(hues), 1)), np.cumsum(np.tile(hues, 2), 1)), 1)
    least = SHARE * hues.sum(1)
    arc = np.full(len(hues), 360.0)
    for width in range(_BINS - 1, 0, -1):
        held = (twice[:, width : width + _BINS] - twice[:, :_BINS]).max(1)
        arc[held >= least] = width * 360 / _BINS
    return arc
