"""Named loss terms; each returns a scalar tensor."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from colorize_core.color.classes import encode_soft


def huber(prediction: Tensor, target: Tensor, delta: float) -> Tensor:
    """Huber loss divided by δ, so that its slope far from 0 is 1 whatever δ is."""
    return F.huber_loss(prediction, target, delta=delta) / delta


def regression_loss(name: str, huber_delta: float) -> Callable[[Tensor, Tensor], Tensor]:
    """Loss by its name: l2, l1 or huber (checked by `configs.RegressionConfig`)."""
    return {"l2": F.mse_loss, "l1": F.l1_loss, "huber": partial(huber, delta=huber_delta)}[name]


def rebalanced_cross_entropy(
    logits: Tensor, ab: Tensor, centres: Tensor, weights: Tensor, neighbours: int, sigma: float
) -> Tensor:
    """Class-rebalanced cross-entropy (Zhang et al. 2016, equations 2 and 3).

    Args:
        logits: (B, Q, h, w).
        ab: truth, (B, 2, h, w), in Lab units.
        centres: (Q, 2), in Lab units.
        weights: w, (Q,); a pixel is weighted by the class nearest to its true colour.
        neighbours: classes that share a soft target.
        sigma: of the soft target, in ab units.

    Returns:
        Scalar, the mean over pixels.
    """
    pixels = ab.movedim(1, -1).reshape(-1, 2)  # (N, 2)
    index, target = encode_soft(pixels, centres, neighbours, sigma)  # (N, k)
    scores = logits.movedim(1, -1).reshape(-1, logits.shape[1]).float()  # (N, Q)
    # log softmax only at the k classes that the target names
    log_probability = scores.gather(1, index) - scores.logsumexp(1, keepdim=True)
    return -(weights[index[:, 0]] * (target * log_probability).sum(1)).mean()


def discriminator_loss(real: Tensor, generated: Tensor, real_label: float) -> Tensor:
    """Binary cross-entropy with one-sided label smoothing (Salimans et al. 2016, section 3.4).

    Args:
        real: logits of true pictures, any shape.
        generated: logits of generated pictures.
        real_label: target of true pictures, such as 0.9; generated ones keep 0.
    """
    on_real = F.binary_cross_entropy_with_logits(real, torch.full_like(real, real_label))
    on_generated = F.binary_cross_entropy_with_logits(generated, torch.zeros_like(generated))
    return on_real + on_generated


def generator_loss(generated: Tensor) -> Tensor:
    """Non-saturating loss, -log D(G) (Goodfellow et al. 2014, section 3)."""
    return F.softplus(-generated).mean()


def gradient_penalty(real: Tensor, color: Tensor, gamma: float) -> Tensor:
    """R1: γ/2 times the squared gradient at true colours (Mescheder et al. 2018, equation 9).

    It keeps a discriminator from growing ever steeper around the truth, so that the generator has
    a slope to follow and the game can settle.

    Args:
        real: logits of true pictures, computed from `color`.
        color: (B, channels, h, w), requiring a gradient.
        gamma: γ.

    Returns:
        Scalar, the mean over pictures; a gradient flows to the discriminator.
    """
    (slope,) = torch.autograd.grad(real.flatten(1).mean(1).sum(), color, create_graph=True)
    return gamma / 2 * slope.square().sum((1, 2, 3)).mean()
