import numpy as np
import pytest
import torch
from skimage.color import rgb2lab

from colorize_core.color.classes import (
    annealed_mean,
    count_classes,
    encode_soft,
    entropy_bits,
    grid_centres,
    nearest_class,
    rebalancing_weights,
    smooth_prior,
)
from colorize_core.color.conversions import chroma


@pytest.fixture(scope="module")
def centres() -> torch.Tensor:
    return grid_centres()


@pytest.fixture(scope="module")
def many_ab() -> np.ndarray:
    """The ab of 660,000 8-bit colours from all over the cube, by scikit-image: (N, 2)."""
    # Every third level; 254 as well, since some cells hold a handful of colours only.
    levels = np.append(np.arange(0, 256, 3), 254) / 255
    rgb = np.stack(np.meshgrid(levels, levels, levels), -1)
    return rgb2lab(rgb)[..., 1:].reshape(-1, 2)


# The grid


@pytest.mark.parametrize(("cell", "origin", "classes"), [(10, -5, 261), (16, -128, 114)])
def test_grid_centres_are_the_cells_that_hold_a_color(cell, origin, classes, many_ab):
    a, b = np.floor((many_ab - origin) / cell).astype(int).T
    cells = np.unique(1000 * a + b)  # one number per cell, far faster than rows
    expected = {
        (origin + (i + 0.5) * cell, origin + (j + 0.5) * cell)
        for i, j in zip(np.rint(cells / 1000), cells - 1000 * np.rint(cells / 1000), strict=True)
    }
    found = grid_centres(cell, origin)
    assert found.shape == (classes, 2)
    assert set(map(tuple, found.tolist())) == expected


def test_grid_centres_are_multiples_of_ten_in_order(centres):
    assert torch.equal(centres % 10, torch.zeros_like(centres))
    rows = [tuple(row) for row in centres.tolist()]
    assert rows == sorted(rows)
    assert len(set(rows)) == len(rows)


def test_grid_centres_are_not_shared_between_callers(centres):
    grid_centres().zero_()
    assert torch.equal(grid_centres(), centres)


@pytest.mark.parametrize("cell", [1, 65, -10])
def test_grid_centres_refuse_impossible_cells(cell):
    with pytest.raises(ValueError, match="2…64"):
        grid_centres(cell)


def test_nearest_bin_is_the_nearest(centres):
    ab = torch.rand(7, 9, 2, generator=torch.Generator().manual_seed(0)) * 240 - 120
    distance = np.linalg.norm(ab.numpy()[:, :, None] - centres.numpy(), axis=-1)
    found = nearest_class(ab, centres)
    assert found.shape == (7, 9)
    chosen = np.take_along_axis(distance, found.numpy()[..., None], -1)[..., 0]
    np.testing.assert_allclose(chosen, distance.min(-1), atol=1e-2)


def test_nearest_bin_of_a_centre_is_its_own(centres):
    assert torch.equal(nearest_class(centres, centres), torch.arange(len(centres)))


def test_count_bins_counts_every_pixel(centres):
    ab = centres[[3, 3, 200, 5]]
    counts = count_classes(ab, centres)
    assert counts.dtype == torch.float64
    assert (counts[3], counts[5], counts[200], counts.sum()) == (2, 1, 1, 4)


# Soft targets


def test_encode_soft_sums_to_one_and_has_the_nearest_first(centres):
    ab = torch.rand(500, 2, generator=torch.Generator().manual_seed(0)) * 160 - 80
    index, weight = encode_soft(ab, centres)
    assert index.shape == weight.shape == (500, 5)
    torch.testing.assert_close(weight.sum(1), torch.ones(500))
    assert torch.equal(index[:, 0], nearest_class(ab, centres))
    assert (weight.diff(dim=1) <= 1e-6).all()
    assert (index.sort(1).values.diff(dim=1) > 0).all(), "a class was named twice"


def test_encode_soft_weighs_by_a_gaussian_of_the_distance(centres):
    ab = torch.tensor([[12.0, -3.0]])
    index, weight = encode_soft(ab, centres, neighbours=4, sigma=7.0)
    distance = np.linalg.norm(centres.numpy() - ab.numpy(), axis=1)
    expected = np.exp(-(distance**2) / (2 * 7.0**2))
    nearest = np.argsort(distance)[:4]
    assert set(index[0].tolist()) == set(nearest)
    np.testing.assert_allclose(
        weight[0].numpy(), expected[index[0].numpy()] / expected[nearest].sum(), rtol=1e-3
    )


# Prior and weights


def index_of(centres: torch.Tensor, a: float, b: float) -> int:
    return int((centres == torch.tensor([a, b])).all(1).nonzero())


def test_smooth_prior_spreads_in_ab_and_not_along_the_index(centres):
    bump = torch.zeros(len(centres))
    middle = index_of(centres, 0, 0)
    bump[middle] = 3
    smoothed = smooth_prior(bump, centres)
    beside = smoothed[index_of(centres, 10, 0)]
    above = smoothed[index_of(centres, 0, 10)]
    assert beside == pytest.approx(float(above)), "both lie ten ab units away"
    assert smoothed[middle] > beside > 0.01
    # Last of one column and first of the next: neighbours in the list, far apart in ab.
    jump = int((centres[1:] - centres[:-1]).norm(dim=1).argmax())
    bump = torch.zeros(len(centres))
    bump[jump] = 1
    assert smooth_prior(bump, centres)[jump + 1] < 1e-9


@pytest.mark.parametrize("sigma", [0, 1, 5, 40])
def test_smooth_prior_keeps_the_mass(centres, sigma):
    counts = torch.rand(len(centres), generator=torch.Generator().manual_seed(0)) * 1000
    smoothed = smooth_prior(counts, centres, sigma)
    assert float(smoothed.sum()) == pytest.approx(1, abs=1e-9)
    assert (smoothed >= 0).all()
    if sigma == 0:
        torch.testing.assert_close(smoothed, counts.double() / counts.double().sum())


@pytest.mark.parametrize("prior", [torch.zeros(261), torch.linspace(-1, 1, 261).add(0.5)])
def test_smooth_prior_refuses_what_is_no_prior(centres, prior):
    with pytest.raises(ValueError, match="prior"):
        smooth_prior(prior, centres)
    with pytest.raises(ValueError, match="sigma"):
        smooth_prior(torch.ones(261), centres, -1)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_rebalancing_weights_follow_the_formula(share):
    prior = torch.rand(261, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    prior /= prior.sum()
    p = prior.numpy()
    raw = 1 / ((1 - share) * p + share / len(p))
    weights = rebalancing_weights(prior, share)
    np.testing.assert_allclose(weights.numpy(), raw / (p * raw).sum(), rtol=1e-12)
    assert float((prior * weights).sum()) == pytest.approx(1, abs=1e-12)


def test_rebalancing_weights_at_one_are_all_the_same():
    prior = torch.tensor([0.0, 0.1, 0.9], dtype=torch.float64)
    torch.testing.assert_close(rebalancing_weights(prior, 1.0), torch.ones(3, dtype=torch.float64))


def test_rebalancing_weights_at_zero_refuse_an_empty_class():
    prior = torch.tensor([0.0, 0.1, 0.9])
    with pytest.raises(ValueError, match="empty classes"):
        rebalancing_weights(prior, 0.0)
    assert rebalancing_weights(prior, 0.5).isfinite().all()


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_rebalancing_weights_refuse_shares_out_of_range(share):
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        rebalancing_weights(torch.full((4,), 0.25), share)


# Annealed mean


@pytest.fixture(scope="module")
def logits(centres) -> torch.Tensor:
    """Random scores with a clear first place."""
    scores = 3 * torch.randn(2, len(centres), 5, 6, generator=torch.Generator().manual_seed(0))
    return scores + 0.1 * (scores == scores.amax(1, keepdim=True))


def mode(logits: torch.Tensor, centres: torch.Tensor) -> torch.Tensor:
    return centres[logits.argmax(1)].movedim(-1, 1)


def test_annealed_mean_at_one_is_the_mean(logits, centres):
    p = np.exp(logits.double().numpy())
    p /= p.sum(1, keepdims=True)
    expected = np.einsum("bqhw,qc->bchw", p, centres.double().numpy())
    found = annealed_mean(logits, centres, 1.0)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-3)


@pytest.mark.parametrize("temperature", [0, 1e-3, 1e-30])
def test_annealed_mean_towards_zero_is_the_mode(logits, centres, temperature):
    found = annealed_mean(logits, centres, temperature)
    torch.testing.assert_close(found, mode(logits, centres), atol=2e-2, rtol=0)


def test_annealed_mean_has_monotone_chroma_in_between(centres):
    # Two opposite colours, one likelier: from vivid (the mode) to nearly grey (the mean).
    p = torch.full((len(centres),), 1e-12)
    p[index_of(centres, 60, -60)], p[index_of(centres, -60, 60)] = 0.6, 0.4
    logits = p.log().view(1, -1, 1, 1)
    chromas = [float(chroma(annealed_mean(logits, centres, t / 20)).item()) for t in range(21)]
    assert chromas[0] == pytest.approx(np.hypot(60, 60))
    assert chromas[-1] == pytest.approx(0.2 * np.hypot(60, 60), rel=1e-4)
    assert (np.diff(chromas) <= 1e-4).all()
    assert chromas[0] > chromas[7] > chromas[14] > chromas[-1]


def test_annealed_mean_ignores_a_constant_and_takes_half_precision(logits, centres):
    expected = annealed_mean(logits, centres, 0.38)
    torch.testing.assert_close(
        annealed_mean(logits + 50, centres, 0.38), expected, atol=1e-2, rtol=0
    )
    half = annealed_mean(logits.half(), centres, 0.38)
    assert half.dtype == torch.float32
    assert (half - expected).abs().max() < 0.5


@pytest.mark.parametrize("temperature", [-0.01, 1.01, 1.5, float("nan")])
def test_annealed_mean_refuses_temperatures_out_of_range(logits, centres, temperature):
    with pytest.raises(ValueError, match=r"temperature must lie in \[0, 1\]"):
        annealed_mean(logits, centres, temperature)


def test_entropy_runs_from_certainty_to_indifference():
    logits = torch.zeros(1, 8, 1, 3)
    logits[0, 2, 0, 0] = 100
    logits[0, :2, 0, 1] = 100
    assert entropy_bits(logits)[0, 0].tolist() == pytest.approx([0, 1, 3], abs=1e-5)
