"""Test-time augmentation: a photo and its mirror image are both asked, and their answers averaged.

As Krizhevsky et al. 2012 (section 4.1) average over crops and reflections: what a network is not
sure of often differs between the two, and cancels out.
"""

from collections.abc import Callable

import torch
from torch import Tensor


def answer(
    network: Callable[..., Tensor], grey: Tensor, mirror: bool, hints: Tensor | None = None
) -> Tensor:
    """The network's answer, for one pass or the mean of two.

    Args:
        network: (B, 1, H, W) in [0, 1], hints -> (B, C, H / stride, W / stride).
        grey: (1, 1, H, W).
        mirror: whether the mirror image is asked as well.
        hints: (1, 3, H / stride, W / stride), or None.

    Returns:
        (1, C, H / stride, W / stride).
    """
    if not mirror:
        return network(grey, hints)
    # At once: small networks wait for nothing but their calls.
    both = torch.cat((grey, grey.flip(-1)))
    given = None if hints is None else torch.cat((hints, hints.flip(-1)))
    straight, mirrored = network(both, given).split(1)
    return (straight + mirrored.flip(-1)) / 2
