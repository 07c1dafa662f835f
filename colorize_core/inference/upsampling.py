"""Enlarge ab along the edges of L.

The network gives ab on a grid four times coarser than the picture it saw, and that picture is
smaller than the photo. Plain interpolation would smear colours over the borders of objects, so
each step looks at L: joint bilateral upsampling (Kopf et al. 2007) takes ab to the size of the
network's picture, and a guided filter (He, Sun, Tang 2013) from there to the photo's. Its local
lines ab = slope · L + offset are smooth enough to be enlarged themselves (He, Sun 2015).

The constants are those with the least ab error when the true ab of photos was reduced to the
grid and enlarged again (`benchmarks/upsampling.py`).
"""

import torch
from torch import Tensor
from torch.nn import functional as F

SPATIAL_SIGMA = 0.6
"""Reach of the joint bilateral filter, in cells of the coarse grid."""
RANGE_SIGMA = 0.05
"""Difference of L (in [0, 1]) at which a cell counts as another object."""
RADIUS = 1
"""Half the window of the guided filter, in pixels of the network's picture."""
EPSILON = 1e-4
"""Variance of L below which such a window counts as flat."""


def joint_bilateral(ab: Tensor, L: Tensor) -> Tensor:
    """Mean of the 3×3 nearest cells, weighted by distance and by likeness of L.

    Kopf, Cohen, Lischinski, Uyttendaele 2007, equation 3.

    Args:
        ab: (B, 2, h, w).
        L: guide, (B, 1, H, W), in [0, 1]; H and W are multiples of h and w.

    Returns:
        (B, 2, H, W).
    """
    cells = torch.cat((ab, F.adaptive_avg_pool2d(L, ab.shape[-2:])), 1)  # (B, 3, h, w)
    (i, near_y), (j, near_x) = (
        _near_cells(pixels, count, L)
        for pixels, count in zip(L.shape[-2:], ab.shape[-2:], strict=True)
    )
    total, weight_sum = torch.zeros_like(L.expand(-1, 2, -1, -1)), torch.zeros_like(L)
    for column, share_x in zip(j, near_x, strict=True):
        strip = cells.index_select(-1, column)  # (B, 3, h, W)
        for row, share_y in zip(i, near_y, strict=True):
            near = strip.index_select(-2, row)  # (B, 3, H, W)
            weight = near[:, 2:] - L
            weight.square_().mul_(-1 / (2 * RANGE_SIGMA**2)).exp_()
            # The small constant keeps a weight where no cell is like the pixel.
            weight.add_(1e-6).mul_(share_x).mul_(share_y[:, None])
            total.addcmul_(near[:, :2], weight)
            weight_sum += weight
    return total / weight_sum


def _near_cells(pixels: int, cells: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """The three nearest cells along one axis: index and weight by distance, (3, pixels) each.

    A Gaussian of the distance is a product of one along each axis.
    """
    centre = (_arange(like, 0, pixels) + 0.5) * cells / pixels - 0.5
    near = centre.round() + like.new_tensor([[-1.0], [0.0], [1.0]])
    weight = torch.exp(-((near - centre) ** 2) / (2 * SPATIAL_SIGMA**2))
    return near.long().clamp(0, cells - 1), weight


def _box(x: Tensor, radius: int) -> Tensor:
    """Mean over a window of 2 radius + 1; windows at the border use what lies inside."""
    return F.avg_pool2d(x, 2 * radius + 1, stride=1, padding=radius, count_include_pad=False)


def guided_coefficients(
    L: Tensor, ab: Tensor, radius: int = RADIUS, epsilon: float = EPSILON
) -> tuple[Tensor, Tensor]:
    """Fit ab ≈ slope · L + offset in windows (He, Sun, Tang 2013, equations 5 and 6).

    Args:
        L: guide, (B, 1, H, W), in [0, 1].
        ab: (B, 2, H, W).
        radius: half the window, pixels of the guide.
        epsilon: regularisation; larger gives smoother colours.

    Returns:
        slope and offset, (B, 2, H, W) each, averaged over the windows that hold a pixel.
    """
    mean_l, mean_ab = _box(L, radius), _box(ab, radius)
    variance = _box(L * L, radius) - mean_l**2
    covariance = _box(L * ab, radius) - mean_l * mean_ab
    slope = covariance / (variance.clamp(min=0) + epsilon)
    offset = mean_ab - slope * mean_l
    return _box(slope, radius), _box(offset, radius)


def rows(image: Tensor, size: tuple[int, int], start: int, stop: int) -> Tensor:
    """Rows `start`…`stop` of an image enlarged to `size` (bilinear).

    Only the rows that they lie between are made wide: the memory of a large photo stays small.

    Args:
        image: (B, C, h, w).
        size: height and width of the enlarged image.

    Returns:
        (B, C, stop - start, W).
    """
    source = image.shape[-2]
    y = (_arange(image, start, stop) + 0.5) * source / size[0] - 0.5
    y = y.clamp(0, source - 1)
    above = y.floor()
    first, last = int(above[0]), min(int(above[-1]) + 1, source - 1)
    near = image[..., first : last + 1, :]
    near = F.interpolate(near, size=(near.shape[-2], size[1]), mode="bilinear", align_corners=False)
    # A product with the few rows' shares writes every pixel once.
    shares = (1 - (y[:, None] - _arange(image, first, last + 1)).abs()).clamp(min=0)
    return shares @ near


def _arange(like: Tensor, start: int, stop: int) -> Tensor:
    return like.new_ones(stop - start).cumsum(0) - 1 + start
