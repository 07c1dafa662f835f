"""Take grain out of what a network sees: it learnt from new photos, and takes grain for grass.

Only the network's copy is cleaned. The picture keeps the photo's own L, grain and all.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

QUIET = 0.004
"""Noise below this, as a share of white, is left alone: photos of today are not touched."""
_KERNEL = ((1.0, -2.0, 1.0), (-2.0, 4.0, -2.0), (1.0, -2.0, 1.0))
_GAIN = 6.0
"""Standard deviation of white noise of 1 after the kernel: the root of the sum of its squares."""
_MEDIAN = 0.6745
"""Median of the absolute value of a standard normal number."""


def estimate_noise(L: Tensor) -> float:
    """Standard deviation of the grain of a picture.

    The difference of two Laplacians answers to noise and hardly to edges (Immerkaer 1996, Fast
    Noise Variance Estimation); the median, unlike his mean, ignores the strongly textured part.

    Args:
        L: (1, 1, H, W), in [0, 1]; H and W at least 3.

    Returns:
        As a share of white.
    """
    answer = F.conv2d(L, L.new_tensor(_KERNEL)[None, None])
    return float(answer.abs().median()) / (_GAIN * _MEDIAN)


def denoise(L: Tensor, strength: float) -> Tensor:
    """Smooth a grainy picture, edges kept, by total variation (Chambolle 2004).

    Args:
        L: (1, 1, H, W), in [0, 1].
        strength: weight of the smoothness, in multiples of the noise; 0 changes nothing.

    Returns:
        (1, 1, H, W), in [0, 1]; the same where the noise is below `QUIET`.
    """
    if strength == 0:
        return L
    noise = estimate_noise(L)
    if noise < QUIET:
        return L
    from skimage.restoration import denoise_tv_chambolle  # 70 MB that only grain needs

    smooth = denoise_tv_chambolle(L[0, 0].double().numpy(), weight=strength * noise)
    return torch.from_numpy(smooth.astype(np.float32))[None, None].clamp(0, 1)
