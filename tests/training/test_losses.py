import math

import numpy as np
import pytest
import torch

from colorize_core.color.classes import encode_soft, grid_centres
from colorize_core.training import losses


def test_rebalanced_cross_entropy_equals_the_dense_computation():
    """Equations 2 and 3 of Zhang et al. 2016 with loops and full targets."""
    generator = torch.Generator().manual_seed(0)
    centres = grid_centres(32, -128)
    classes = len(centres)
    logits = torch.randn(2, classes, 3, 4, generator=generator, dtype=torch.float64)
    ab = 100 * torch.rand(2, 2, 3, 4, generator=generator) - 50
    weights = 0.1 + torch.rand(classes, generator=generator)
    total = 0.0
    for b, y, x in np.ndindex(2, 3, 4):
        distance = np.linalg.norm(centres.numpy() - ab[b, :, y, x].numpy(), axis=1)
        nearest = np.argsort(distance)[:5]
        target = np.zeros(classes)
        target[nearest] = np.exp(-(distance[nearest] ** 2) / (2 * 20.0**2))
        target /= target.sum()
        z = logits[b, :, y, x].numpy()
        log_p = z - np.log(np.exp(z).sum())
        total -= weights[nearest[0]].item() * (target * log_p).sum()
    found = losses.rebalanced_cross_entropy(logits, ab, centres, weights, 5, 20.0)
    assert found.item() == pytest.approx(total / 24, rel=1e-4)


def test_rebalanced_cross_entropy_is_least_at_its_soft_target():
    centres = grid_centres(32, -128)
    ab = torch.tensor([10.0, -20.0]).view(1, 2, 1, 1)
    index, target = encode_soft(ab.view(1, 2), centres, 5, 20.0)
    perfect = torch.full((1, len(centres), 1, 1), -30.0)
    perfect[0, index[0], 0, 0] = target[0].log()
    ones = torch.ones(len(centres))
    least = losses.rebalanced_cross_entropy(perfect, ab, centres, ones, 5, 20.0)
    entropy = -(target * target.log()).sum()
    assert least.item() == pytest.approx(entropy.item(), rel=1e-4)
    moved = perfect.clone()
    moved[0, index[0, 0]] += 0.5
    assert losses.rebalanced_cross_entropy(moved, ab, centres, ones, 5, 20.0) > least


@pytest.mark.parametrize("delta", [0.01, 0.05, 1.0])
def test_huber_is_square_near_zero_and_has_slope_one_far_away(delta):
    error = torch.tensor([0.5 * delta, 3 * delta, 4 * delta], dtype=torch.float64)
    near, far, farther = (losses.huber(e[None], torch.zeros(1), delta).item() for e in error)
    assert near == pytest.approx((0.5 * delta) ** 2 / (2 * delta))
    assert farther - far == pytest.approx(delta)


@pytest.mark.parametrize(("name", "expected"), [("l2", 4.0), ("l1", 2.0), ("huber", 1.975)])
def test_regression_loss_is_chosen_by_name(name, expected):
    loss = losses.regression_loss(name, 0.05)
    assert loss(torch.full((3,), 2.0), torch.zeros(3)).item() == pytest.approx(expected)


def test_discriminator_loss_smooths_only_the_real_label():
    real = torch.tensor([math.log(0.9 / 0.1)], requires_grad=True)  # sigmoid is 0.9
    generated = torch.tensor([-6.0], requires_grad=True)
    losses.discriminator_loss(real, generated, 0.9).backward()
    assert real.grad.item() == pytest.approx(0, abs=1e-6), "true pictures aim at 0.9"
    assert generated.grad.item() > 0, "generated pictures aim at 0, not at 0.1"
    assert generated.grad.item() == pytest.approx(1 / (1 + math.exp(6)), rel=1e-4)


def test_discriminator_loss_equals_the_formula():
    real, generated = torch.tensor([0.3, -1.2, 4.0]), torch.tensor([1.0, -2.0])
    d_real, d_generated = real.sigmoid().numpy(), generated.sigmoid().numpy()
    expected = -(0.9 * np.log(d_real) + 0.1 * np.log(1 - d_real)).mean()
    expected -= np.log(1 - d_generated).mean()
    found = losses.discriminator_loss(real, generated, 0.9)
    assert found.item() == pytest.approx(float(expected), rel=1e-5)


def test_generator_loss_does_not_saturate():
    score = torch.tensor([-20.0, 0.0, 20.0], requires_grad=True)
    loss = losses.generator_loss(score)
    expected = -torch.log(torch.sigmoid(score.detach().double())).mean()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    loss.backward()
    # log(1 - D) would leave no gradient where the discriminator is sure: that is its start.
    assert score.grad[0].item() == pytest.approx(-1 / 3, rel=1e-3)
    assert abs(score.grad[2].item()) < 1e-6
