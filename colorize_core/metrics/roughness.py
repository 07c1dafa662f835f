"""How restless the colours of a picture are."""

import torch
from torch import Tensor


def roughness(ab: Tensor) -> Tensor:
    """Mean colour step between neighbouring pixels: total variation of ab per pair of pixels.

    Speckles and patches raise it, blur lowers it; neither direction is better, so compare with
    the originals (Rudin, Osher, Fatemi 1992 introduced total variation to images).

    Args:
        ab: (..., 2, H, W), in Lab units; H and W at least 2.

    Returns:
        (...), in Lab units per pixel; 0 for one flat colour.
    """
    down = torch.hypot(*ab.diff(dim=-2).unbind(-3)).flatten(-2)
    right = torch.hypot(*ab.diff(dim=-1).unbind(-3)).flatten(-2)
    return torch.cat((down, right), -1).mean(-1)
