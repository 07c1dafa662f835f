import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from colorize_core.color.tables8 import lab_to_rgb8
from colorize_core.inference.lightness import merge
from colorize_core.inference.upsampling import guided_coefficients, joint_bilateral, rows
from colorize_core.metrics.scores import to_tensor

BORDER = 30
"""Column of the step: not a multiple of 4, so the coarse grid cannot hold it."""


def step_scene(size: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    """A dark red half beside a light blue one: L (1, 1, n, n) in [0, 1], ab (1, 2, n, n)."""
    right = torch.arange(size).view(1, 1, 1, size).expand(1, 1, size, size) >= BORDER
    L = torch.where(right, 0.75, 0.35)
    ab = torch.where(right, torch.tensor([-5.0, -30.0]).view(2, 1, 1), torch.full((2, 1, 1), 40.0))
    return L, ab


def enlarge(L: torch.Tensor, ab: torch.Tensor) -> torch.Tensor:
    """Both filters, at the size of the guide."""
    slope, offset = guided_coefficients(L, joint_bilateral(ab, L))
    return slope * L + offset


def grey_photo(L: torch.Tensor) -> Image.Image:
    """(1, 1, H, W) in Lab units -> RGB."""
    return Image.fromarray(lab_to_rgb8(L, torch.zeros_like(L).expand(-1, 2, -1, -1)))


def ab_of(picture) -> torch.Tensor:
    from colorize_core.color.conversions import rgb_to_lab

    return rgb_to_lab(to_tensor(picture))[:, 1:]


def test_a_step_in_L_keeps_ab_sharp():
    L, truth = step_scene()
    coarse = F.avg_pool2d(truth, 4)
    bilinear = F.interpolate(coarse, scale_factor=4, mode="bilinear", align_corners=False)
    guided_error = (enlarge(L, coarse) - truth).norm(dim=1)
    bilinear_error = (bilinear - truth).norm(dim=1)
    assert guided_error.mean() < 0.3 * bilinear_error.mean()
    # The columns at the step itself are right, not only better.
    beside = guided_error[0, 8:-8, BORDER - 2 : BORDER + 2]
    assert beside.max() < 0.15 * (truth[..., -1] - truth[..., 0]).norm(dim=1).max()


@pytest.mark.parametrize("scale", [3, 7.3])
def test_merge_keeps_the_step_sharp_at_full_size(scale):
    L, truth = step_scene()
    size = round(64 * scale)
    full = torch.arange(size).view(1, 1, 1, size) >= round(BORDER * scale)
    L_full = 100 * torch.where(full, 0.75, 0.35).expand(1, 1, 40, size)
    found = ab_of(merge(grey_photo(L_full), L, F.avg_pool2d(truth, 4)))[0, :, 20]  # (2, size)
    far = found[:, [2, -3]].T
    # Pixels whose colour is neither that of the left nor that of the right half
    distance = torch.cdist(found.T, far).amin(1)
    between = (distance > 0.2 * (far[0] - far[1]).norm()).sum()
    assert between <= 1.5 * scale, "colours bleed over more than a pixel and a half of the network"


def test_without_an_edge_ab_stays_as_smooth_as_it_was():
    ab = torch.linspace(-30, 30, 16).view(1, 1, 1, 16).expand(1, 2, 16, 16)
    enlarged = enlarge(torch.full((1, 1, 64, 64), 0.5), ab)
    row = enlarged[0, 0, 32]
    assert (row.diff() >= -1e-4).all()
    assert row.diff().max() < 3 * 60 / 64


@pytest.mark.parametrize("color", [(0.0, 0.0), (12.0, -20.0)])
def test_constant_ab_stays_constant(color):
    # On a busy L: nothing of the guide may be printed into the colours.
    L = torch.rand(1, 1, 48, 64, generator=torch.Generator().manual_seed(0))
    ab = torch.tensor(color).view(1, 2, 1, 1).expand(1, 2, 12, 16)
    torch.testing.assert_close(
        enlarge(L, ab), ab[..., :1, :1].expand(1, 2, 48, 64), atol=1e-3, rtol=0
    )
    L_full = 60 + 20 * torch.rand(1, 1, 101, 67, generator=torch.Generator().manual_seed(1))
    found = ab_of(merge(grey_photo(L_full), L, ab))
    assert (found - ab[..., :1, :1]).abs().max() < 1.0  # the rounding of 8 bits


def test_joint_bilateral_keeps_within_the_colors_given():
    generator = torch.Generator().manual_seed(0)
    ab = 80 * torch.rand(2, 2, 5, 7, generator=generator) - 40
    L = torch.rand(2, 1, 20, 28, generator=generator)
    enlarged = joint_bilateral(ab, L)
    assert enlarged.shape == (2, 2, 20, 28)
    low, high = ab.amin((2, 3), keepdim=True), ab.amax((2, 3), keepdim=True)
    assert ((enlarged >= low - 1e-3) & (enlarged <= high + 1e-3)).all()


@pytest.mark.parametrize(
    ("width", "height"), [(8, 8), (8, 300), (300, 8), (33, 517), (257, 255), (64, 64)]
)
def test_merge_has_the_size_of_the_photo_to_the_pixel(width, height):
    L_full = torch.full((1, 1, height, width), 50.0)
    picture = merge(grey_photo(L_full), torch.full((1, 1, 32, 48), 0.5), torch.zeros(1, 2, 8, 12))
    assert picture.size == (width, height)
    assert picture.mode == "RGB"
    assert np.ptp(np.asarray(picture).astype(int), axis=-1).max() <= 1


@pytest.mark.parametrize(("height", "width"), [(7, 5), (16, 5), (23, 31), (160, 4)])
def test_rows_are_those_of_the_whole_enlargement(height, width):
    image = torch.rand(1, 3, 16, 5, generator=torch.Generator().manual_seed(0))
    whole = F.interpolate(image, size=(height, width), mode="bilinear", align_corners=False)
    found = rows(image, (height, width), 0, height)
    torch.testing.assert_close(found, whole, atol=1e-5, rtol=0)
    strip = rows(image, (height, width), 3, 6)
    torch.testing.assert_close(strip, found[..., 3:6, :], atol=1e-6, rtol=0)
