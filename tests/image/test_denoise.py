"""Grain: how much there is, and what is left of it."""

import pytest
import torch

from colorize_core.image.denoise import QUIET, denoise, estimate_noise


@pytest.fixture
def steps():
    """Four flat fields: (1, 1, 64, 64)."""
    L = torch.full((1, 1, 64, 64), 0.2)
    L[..., :32, 32:], L[..., 32:, :32], L[..., 32:, 32:] = 0.4, 0.6, 0.8
    return L


def grainy(L: torch.Tensor, noise: float) -> torch.Tensor:
    return L + noise * torch.randn(L.shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("noise", [0.01, 0.03, 0.08])
def test_noise_is_estimated_whatever_the_edges(steps, noise):
    assert estimate_noise(steps) == pytest.approx(0, abs=1e-6)
    assert estimate_noise(grainy(steps, noise)) == pytest.approx(noise, rel=0.15)


def test_a_clean_picture_stays_as_it_is(steps):
    assert denoise(steps, 2.0) is steps
    quiet = grainy(steps, QUIET / 2)
    assert denoise(quiet, 2.0) is quiet
    noisy = grainy(steps, 0.05)
    assert denoise(noisy, 0) is noisy


def test_grain_goes_and_edges_stay(steps):
    noisy = grainy(steps, 0.05)
    made = denoise(noisy, 2.0)
    assert made.shape == noisy.shape
    assert made.dtype == torch.float32
    assert (made - steps).std() < 0.35 * (noisy - steps).std()
    step = made[..., 34:, 28:36].mean(-2)[0, 0]
    assert step[-1] - step[0] > 0.17, "0.6 beside 0.8"
