"""How much of the originals' colour steps a picture has."""

import torch
from torch import Tensor


def sharpness(ab: Tensor, ab_true: Tensor) -> Tensor:
    """What steps of ab between neighbouring pixels a picture shares with its original.

    With the picture's steps g and the original's t it is Σ g·t / (‖t‖ · max(‖g‖, ‖t‖)): the slope
    of the least-squares line between them where g is the weaker, else their correlation. Blur and
    pale colours lower it, and so do steps that the original lacks (artefacts; `roughness` and
    `blotches` show them). The measure is ours; report 002 calls pictures sharp or not by eye.

    Args:
        ab: (..., 2, H, W), in Lab units; H and W at least 2.
        ab_true: the same shape.

    Returns:
        (...), in per cent: 100 for the original, 0 for grey or for steps that are unlike its own.
    """
    steps, true = _steps(ab), _steps(ab_true)
    own = true.norm(dim=-1)
    larger = torch.maximum(steps.norm(dim=-1), own)
    return 100 * (steps * true).sum(-1) / (own * larger).clamp(min=1e-9)


def _steps(ab: Tensor) -> Tensor:
    """All steps to the right and down: (..., 2, H, W) -> (..., N)."""
    return torch.cat([ab.diff(dim=axis).flatten(-3) for axis in (-2, -1)], -1)
