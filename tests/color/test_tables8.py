import numpy as np
import torch
from skimage.color import rgb2lab

from colorize_core.color.conversions import lab_to_rgb, rgb_to_lab, rgb_to_lightness
from colorize_core.color.tables8 import lab_to_rgb8, rgb8_to_lightness


def picture(seed: int = 0) -> np.ndarray:
    """Random 8-bit colours and all 256 greys: (64, 256, 3)."""
    rgb = np.random.default_rng(seed).integers(0, 256, (64, 256, 3), dtype=np.uint8)
    rgb[0] = np.arange(256)[:, None]
    return rgb


def tensor(rgb: np.ndarray) -> torch.Tensor:
    return torch.tensor(rgb).movedim(-1, 0)[None].float() / 255


def test_rgb8_to_lightness_agrees_with_the_float_path():
    rgb = picture()
    L = rgb8_to_lightness(rgb)
    assert L.shape == (1, 1, 64, 256)
    torch.testing.assert_close(L, rgb_to_lightness(tensor(rgb)), atol=1e-3, rtol=0)
    np.testing.assert_allclose(L[0, 0].numpy(), rgb2lab(rgb)[..., 0], atol=2e-3)


def test_lab_to_rgb8_is_within_one_step_of_the_float_path():
    # Beyond the gamut too: the fitting must be the same.
    noise = torch.rand(1, 3, 64, 256, generator=torch.Generator().manual_seed(0))
    lab = noise * torch.tensor([100.0, 200.0, 200.0]).view(3, 1, 1)
    lab = lab - torch.tensor([0.0, 100.0, 100.0]).view(3, 1, 1)
    expected = (lab_to_rgb(lab)[0] * 255).round().movedim(0, -1).numpy()
    found = lab_to_rgb8(lab[:, :1], lab[:, 1:])
    assert found.dtype == np.uint8
    assert np.abs(found - expected).max() <= 1
    assert (found == expected).mean() > 0.98


def test_lab_to_rgb8_returns_the_picture_that_the_lab_came_from():
    rgb = picture()
    lab = rgb_to_lab(tensor(rgb))
    found = lab_to_rgb8(lab[:, :1], lab[:, 1:]).astype(int)
    assert np.abs(found - rgb).max() <= 1
    assert (found == rgb).mean() > 0.99


def test_greys_come_back_as_greys():
    rgb = picture()[:1]
    L = rgb8_to_lightness(rgb)
    found = lab_to_rgb8(L, torch.zeros(1, 2, 1, 256)).astype(int)
    assert np.ptp(found, axis=-1).max() <= 1
    assert np.abs(found - rgb).max() <= 1
