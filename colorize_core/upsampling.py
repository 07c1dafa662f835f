"""Enlarge ab along the edges of L.

The network gives ab on a coarse grid; plain interpolation would smear colours over the borders
of objects. A guided filter (He, Sun, Tang 2013) instead explains ab, window by window, as a
linear function of L, and those functions are smooth enough to be enlarged: the fast guided
filter (He, Sun 2015).
"""

from torch import Tensor
from torch.nn import functional as F

RADIUS = 4
"""Half the window, in pixels of the picture that the network saw."""
EPSILON = 1e-3
"""Variance of L (in [0, 1]) below which a window counts as flat."""


def _box(x: Tensor, radius: int) -> Tensor:
    """Mean over a window of 2 radius + 1; windows at the border use what lies inside."""
    return F.avg_pool2d(x, 2 * radius + 1, stride=1, padding=radius, count_include_pad=False)


def guided_coefficients(
    L: Tensor, ab: Tensor, radius: int = RADIUS, epsilon: float = EPSILON
) -> tuple[Tensor, Tensor]:
    """Fit ab ≈ slope · L + offset in windows (He, Sun, Tang 2013, equations 5 and 6).

    Args:
        L: guide, (B, 1, H, W), in [0, 1].
        ab: (B, 2, h, w); enlarged to (H, W) bilinearly first.
        radius: half the window, pixels of the guide.
        epsilon: regularisation; larger gives smoother colours.

    Returns:
        slope and offset, (B, 2, H, W) each, averaged over the windows that hold a pixel.
    """
    ab = F.interpolate(ab, size=L.shape[-2:], mode="bilinear", align_corners=False)
    mean_l, mean_ab = _box(L, radius), _box(ab, radius)
    variance = _box(L * L, radius) - mean_l**2
    covariance = _box(L * ab, radius) - mean_l * mean_ab
    slope = covariance / (variance.clamp(min=0) + epsilon)
    offset = mean_ab - slope * mean_l
    return _box(slope, radius), _box(offset, radius)


def rows(image: Tensor, height: int, start: int, stop: int) -> Tensor:
    """Rows `start`…`stop` of an image enlarged to `height` rows (bilinear).

    Working in strips keeps the memory of a 12-megapixel photo small.

    Args:
        image: (B, C, h, W), already at full width.
        height: number of rows of the enlarged image.

    Returns:
        (B, C, stop - start, W).
    """
    source = image.shape[-2]
    y = (_arange(image, start, stop) + 0.5) * source / height - 0.5
    y = y.clamp(0, source - 1)
    above = y.floor().long()
    below = (above + 1).clamp(max=source - 1)
    share = (y - above)[:, None]
    return image[..., above, :] * (1 - share) + image[..., below, :] * share


def _arange(like: Tensor, start: int, stop: int) -> Tensor:
    return like.new_ones(stop - start).cumsum(0) - 1 + start
