"""Simulated hints: colours of the truth at random places, as a person might give them."""

import torch
from torch import Tensor

from colorize_core.inference.hints import hint_map

MOST = 32
"""Hints of one picture, at most."""
STOP = 1 / 8
"""Chance that a further hint is the last: their number is geometric, with a mean of 8."""
WITHOUT = 0.5
"""Share of pictures that have none."""
RADII = 2
"""A hint reaches 0 … RADII - 1 cells to every side."""


def simulate_hints(ab: Tensor) -> Tensor:
    """Draw hints as training needs them (Zhang et al. 2017, section 3.1).

    Their number is geometric, they lie about the middle of the picture, each is a square of one or
    a few cells and says the mean colour in it; where two meet, the mean of both counts.

    Args:
        ab: the truth on the network's grid, (B, 2, h, w), in Lab units.

    Returns:
        (B, 3, h, w), as `StudioNet.forward` takes it.
    """
    batch, _, height, width = ab.shape
    device = ab.device

    def draw(*shape: int) -> Tensor:
        return torch.rand(shape, device=device)

    number = (draw(batch, 1).clamp(min=1e-9).log() / torch.log(ab.new_tensor(1 - STOP))).ceil()
    number = number * (draw(batch, 1) >= WITHOUT)
    given = torch.arange(MOST, device=device) < number  # (B, MOST)
    place = torch.randn((2, batch, MOST), device=device) / 4 + 0.5
    y, x = (place.clamp(0, 0.999) * ab.new_tensor([height, width]).view(2, 1, 1)).floor()
    radius = (draw(batch, MOST) * RADII).floor()
    rows = (torch.arange(height, device=device) - y[..., None]).abs() <= radius[..., None]
    columns = (torch.arange(width, device=device) - x[..., None]).abs() <= radius[..., None]
    inside = (rows[..., None] & columns[:, :, None] & given[..., None, None]).to(ab.dtype)
    return hint_map(inside, _means(inside, ab))


def _means(inside: Tensor, ab: Tensor) -> Tensor:
    """Mean colour of every square: (B, n, h, w), (B, 2, h, w) -> (B, n, 2)."""
    total = torch.einsum("bnhw,bchw->bnc", inside, ab)
    return total / inside.sum((2, 3)).clamp(min=1)[..., None]
