"""Ask a network about several views of one picture and average what it answers.

Mirror images and small shifts, as Krizhevsky et al. 2012 (section 4.1) average over crops: what a
network is not sure of often differs from view to view, and cancels out.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from colorize_core.methods.config import MethodConfig


def answer(
    network: Callable[[Tensor], Tensor], grey: Tensor, config: MethodConfig, stride: int
) -> Tensor:
    """The network's answer, averaged over the views that a configuration asks for.

    Args:
        network: (B, 1, H, W) in [0, 1] -> (B, C, H / stride, W / stride).
        grey: (1, 1, H, W).
        config: its `mirror` and `shift` name the views.
        stride: pixels along one side of a cell of the answer.

    Returns:
        (1, C, H / stride, W / stride).
    """
    shifts = _shifts(config.shift)
    passes = torch.cat([_move(grey, stride * down, stride * right) for down, right in shifts])
    if config.mirror:
        passes = torch.cat((passes, passes.flip(-1)))
    answers = network(passes)  # at once: small networks wait for nothing but their calls
    if len(answers) == 1:
        return answers
    if config.mirror:
        straight, mirrored = answers.chunk(2)
        answers = (straight + mirrored.flip(-1)) / 2
    back = [
        _move(part, -down, -right)
        for part, (down, right) in zip(answers.split(1), shifts, strict=True)
    ]
    return torch.stack(back).mean(0)


def _shifts(most: int) -> list[tuple[int, int]]:
    """No shift, and one along each diagonal."""
    diagonals = [(down, right) for down in (-most, most) for right in (-most, most)]
    return [(0, 0), *diagonals] if most else [(0, 0)]


def _move(maps: Tensor, down: int, right: int) -> Tensor:
    """Move (B, C, H, W) by whole pixels; the border is repeated."""
    if not (down or right):
        return maps
    height, width = maps.shape[-2:]
    edge = max(abs(down), abs(right))
    wide = F.pad(maps, (edge, edge, edge, edge), mode="replicate")
    return wide[..., edge - down : edge - down + height, edge - right : edge - right + width]
