"""Test-time augmentation: a photo and its mirror image are both asked, and their answers averaged.

As Krizhevsky et al. 2012 (section 4.1) average over crops and reflections: what a network is not
sure of often differs between the two, and cancels out.
"""

from collections.abc import Callable

import torch
from torch import Tensor


def answer(network: Callable[[Tensor], Tensor], grey: Tensor, mirror: bool) -> Tensor:
    """The network's answer, for one pass or the mean of two.

    Args:
        network: (B, 1, H, W) in [0, 1] -> (B, C, H / stride, W / stride).
        grey: (1, 1, H, W).
        mirror: whether the mirror image is asked as well.

    Returns:
        (1, C, H / stride, W / stride).
    """
    if not mirror:
        return network(grey)
    # At once: small networks wait for nothing but their calls.
    straight, mirrored = network(torch.cat((grey, grey.flip(-1)))).split(1)
    return (straight + mirrored.flip(-1)) / 2
