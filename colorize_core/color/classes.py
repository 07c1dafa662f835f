"""Colour classes on the ab plane: grid, soft targets, rebalancing, annealed mean, entropy.

Zhang, Isola, Efros, "Colorful Image Colorization" (ECCV 2016), sections 2.2 and 2.3.

The same grid serves the UV plane of the CIFAR-10 study, in 8-bit steps instead of ab units.

The grid rule: the plane is cut into square cells, and a cell is a class if at least one 8-bit
sRGB colour falls into it. With cells 10 wide, centred on multiples of 10, that gives Q = 261
classes. (The 313 of the paper come from a list whose rule was not published.)
"""

import math
from functools import cache

import torch
from torch import Tensor

from colorize_core.color.conversions import rgb_to_lab, rgb_to_uv

NEIGHBOURS = 5
SIGMA = 5.0
UNIFORM_SHARE = 0.5


PLANES = {"ab": lambda rgb: rgb_to_lab(rgb)[1:], "uv": rgb_to_uv}
"""Colour planes: sRGB (3, H, W) -> (2, H, W)."""


def gamut(plane: str = "ab") -> Tensor:
    """Where every 8-bit sRGB colour on the faces of the RGB cube lies on a plane: (N, 2).

    The faces bound the solid, so their shadow on the plane covers all of it; 390,000 colours
    stand in for 16.7 million.
    """
    level = torch.arange(256) / 255
    u, v = torch.meshgrid(level, level, indexing="ij")
    faces = []
    for axis in range(3):
        for value in (0.0, 1.0):
            channels = [u, v]
            channels.insert(axis, torch.full_like(u, value))
            faces.append(torch.stack(channels))
    return torch.cat([PLANES[plane](face).flatten(1) for face in faces], dim=1).T


@cache
def _cached_centres(cell: int, origin: int, plane: str) -> Tensor:
    index = torch.floor((gamut(plane) - origin) / cell).long()
    first = index.amin(0)
    # torch.unique(dim=0) would make a tensor of every colour: 100 MB that stay.
    taken = torch.zeros(*(index.amax(0) - first + 1), dtype=torch.bool)
    taken[tuple((index - first).T)] = True
    cells = first + taken.nonzero()  # sorted by a, then b
    return (origin + (cells + 0.5) * cell).float()


def grid_centres(cell: int = 10, origin: int = -5, plane: str = "ab") -> Tensor:
    """Centres of the classes by the grid rule of this module.

    Args:
        cell: width of a cell, in ab units (or 8-bit steps of U and V).
        origin: a cell border, in ab units; -5 with cells of 10 centres them on multiples of 10.
        plane: "ab" or "uv".

    Returns:
        (Q, 2), in the plane's units, sorted by a, then b.

    Raises:
        ValueError: a cell width that is not in 2…64.
    """
    if not 2 <= cell <= 64:
        raise ValueError(f"cell width must lie in 2…64 ab units, got {cell}")
    return _cached_centres(cell, origin, plane).clone()


def nearest_class(ab: Tensor, centres: Tensor) -> Tensor:
    """Index of the nearest class: (..., 2), (Q, 2) -> (...), int64."""
    # ‖ab - c‖² = ‖ab‖² - 2 (ab · c - ‖c‖² / 2), so that the nearest centre has the largest bracket.
    half_square = centres.square().sum(1) / 2
    parts = ab.reshape(-1, 2).split(1 << 14)
    chunks = [torch.addmm(-half_square, part, centres.T).argmax(1) for part in parts]
    return torch.cat(chunks).view(ab.shape[:-1])


def encode_soft(
    ab: Tensor, centres: Tensor, neighbours: int = NEIGHBOURS, sigma: float = SIGMA
) -> tuple[Tensor, Tensor]:
    """Soft targets (Zhang et al. 2016, section 2.2): Gaussian weights on the nearest classes.

    Only the non-zero entries are returned; a dense (N, Q) target would be fifty times larger.

    Args:
        ab: (N, 2), in Lab units.
        centres: (Q, 2), in Lab units.
        neighbours: how many classes share a target.
        sigma: width of the Gaussian, in ab units.

    Returns:
        index (N, k), the nearest class first; weight (N, k), rows sum to 1.
    """
    if neighbours == 1:
        index = nearest_class(ab, centres)[:, None]
        return index, torch.ones_like(index, dtype=ab.dtype)
    squared = torch.cdist(ab, centres).square()
    nearest, index = squared.topk(neighbours, dim=1, largest=False)
    return index, torch.softmax(-nearest / (2 * sigma**2), dim=1)


def count_classes(ab: Tensor, centres: Tensor) -> Tensor:
    """How many of the ab values fall to each class: (N, 2), (Q, 2) -> (Q,), float64."""
    return torch.bincount(nearest_class(ab, centres).flatten(), minlength=len(centres)).double()


def smooth_prior(prior: Tensor, centres: Tensor, sigma: float = SIGMA) -> Tensor:
    """Smooth a class prior with a Gaussian in the ab plane (not along the class index).

    Each class spreads its own mass over its neighbours, so the total stays 1.

    Args:
        prior: (Q,), not negative; counts will do.
        centres: (Q, 2), in Lab units.
        sigma: in ab units; 0 leaves the prior as it is.

    Returns:
        (Q,), sums to 1.

    Raises:
        ValueError: an empty or negative prior, or a negative sigma.
    """
    if prior.sum() <= 0 or (prior < 0).any():
        raise ValueError("a prior must be not negative with a positive sum")
    if sigma < 0:
        raise ValueError(f"sigma must not be negative, got {sigma}")
    prior = prior.double() / prior.double().sum()
    if sigma == 0:
        return prior
    distance = torch.cdist(centres.double(), centres.double())
    kernel = torch.exp(-distance.square() / (2 * sigma**2))
    return (kernel / kernel.sum(0, keepdim=True)) @ prior


def rebalancing_weights(smoothed: Tensor, uniform_share: float = UNIFORM_SHARE) -> Tensor:
    """Class weights (Zhang et al. 2016, equation 4), normalised so that Σ p̃ w = 1.

    Args:
        smoothed: p̃, (Q,), sums to 1.
        uniform_share: λ in [0, 1]; 1 gives every class the same weight.

    Returns:
        w, (Q,).

    Raises:
        ValueError: λ outside [0, 1], or λ = 0 with an empty class.
    """
    if not 0 <= uniform_share <= 1:
        raise ValueError(f"the uniform share λ must lie in [0, 1], got {uniform_share}")
    mixed = (1 - uniform_share) * smoothed + uniform_share / len(smoothed)
    if (mixed <= 0).any():
        raise ValueError("λ = 0 needs a prior without empty classes; smooth it or raise λ")
    weights = 1 / mixed
    return weights / (smoothed * weights).sum()


def annealed_mean(logits: Tensor, centres: Tensor, temperature: float) -> Tensor:
    """Collapse class scores to one colour (Zhang et al. 2016, section 2.3, equation 5).

    Args:
        logits: (B, Q, H, W), log probabilities up to a constant.
        centres: (Q, 2), in Lab units.
        temperature: T in [0, 1]; 1 is the mean of the distribution, 0 its mode.

    Returns:
        ab, (B, 2, H, W), in Lab units.

    Raises:
        ValueError: T outside [0, 1].
    """
    if not 0 <= temperature <= 1:
        raise ValueError(f"temperature must lie in [0, 1], got {temperature}")
    logits = logits.float()
    if temperature == 0:
        return centres[logits.argmax(1)].movedim(-1, 1)
    # Subtracting the maximum first keeps logits / T finite for any T above 0.
    shifted = logits - logits.amax(1, keepdim=True)
    weights = (shifted / temperature).softmax(dim=1)  # (B, Q, H, W)
    return torch.einsum("bqhw,qc->bchw", weights, centres)  # (B, 2, H, W)


def entropy_bits(logits: Tensor) -> Tensor:
    """Entropy of the predicted distribution over classes (Shannon 1948), at every place.

    Args:
        logits: (B, Q, H, W), log probabilities up to a constant.

    Returns:
        (B, H, W), in bits: 0 when one class is certain, log2 Q when all are equally likely.
    """
    log_probability = logits.float().log_softmax(1)
    return -(log_probability.exp() * log_probability).sum(1) / math.log(2)
