"""Casts and sharpness: what reports 003 and 002 speak of."""

import pytest
import torch
from torch.nn import functional as F

from colorize_core.metrics.cast import cast
from colorize_core.metrics.pair import FUNCTIONS, Pair
from colorize_core.metrics.sharpness import sharpness


@pytest.fixture
def truth() -> torch.Tensor:
    """ab of two pictures with patches of colour, (2, 2, 32, 32)."""
    generator = torch.Generator().manual_seed(0)
    return F.interpolate(40 * torch.randn(2, 2, 8, 8, generator=generator), scale_factor=4)


def test_a_cast_is_the_mean_error_with_its_sign(truth):
    reddish = truth + torch.tensor([6.0, -2.0]).view(2, 1, 1)
    torch.testing.assert_close(cast(reddish, truth), torch.tensor([[6.0, -2.0]] * 2))
    even = truth.clone()
    even[..., ::2] += 9
    even[..., 1::2] -= 9
    torch.testing.assert_close(cast(even, truth), torch.zeros(2, 2), atol=1e-4, rtol=0)


def test_sharpness_falls_with_blur_and_with_paleness(truth):
    assert sharpness(truth, truth).tolist() == pytest.approx([100, 100])
    assert sharpness(torch.zeros_like(truth), truth).tolist() == [0, 0]
    assert sharpness(0.5 * truth, truth).tolist() == pytest.approx([50, 50])
    blurred = F.avg_pool2d(F.pad(truth, (2,) * 4, mode="replicate"), 5, stride=1)
    assert (sharpness(blurred, truth) < 40).all()


def test_sharpness_is_not_raised_by_steps_that_the_original_lacks(truth):
    generator = torch.Generator().manual_seed(1)
    speckled = 0.5 * truth + 5 * torch.randn(truth.shape, generator=generator)
    assert sharpness(speckled, truth).tolist() == pytest.approx([50, 50], abs=5)
    assert sharpness(truth.flip(-1), truth).abs().max() < 40


def test_more_than_sharp_is_sharp(truth):
    assert sharpness(3 * truth, truth).tolist() == pytest.approx([100, 100])
    assert sharpness(truth, torch.zeros_like(truth)).tolist() == [0, 0], "nothing to share"


def test_both_are_measured_with_every_picture():
    rgb = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    true = 0.5 * rgb + 0.25
    pair = Pair.of(true * torch.tensor([1.1, 1.0, 1.0]).view(3, 1, 1), true)
    assert (FUNCTIONS["a_cast"](pair) > 1).all()
    assert (FUNCTIONS["b_cast"](pair).abs() > 0.1).all()
    assert not torch.equal(FUNCTIONS["a_cast"](pair), FUNCTIONS["b_cast"](pair))
    assert (FUNCTIONS["sharpness"](pair) > 80).all()
