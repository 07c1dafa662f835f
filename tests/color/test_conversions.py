import numpy as np
import pytest
import torch
from skimage.color import lab2rgb, rgb2lab

from colorize_core.color.conversions import (
    chroma,
    lab_to_gamut,
    lab_to_linear,
    lab_to_rgb,
    rgb_to_lab,
    rgb_to_lightness,
)


def last(image: torch.Tensor) -> np.ndarray:
    """Channels last, as scikit-image wants them."""
    return image.movedim(-3, -1).double().numpy()


def far_lab(n: int = 64) -> torch.Tensor:
    """Lab colours, most of them far outside sRGB, some with L beyond 0…100: (1, 3, n, n)."""
    u = torch.rand(3, n, n, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    return torch.stack((140 * u[0] - 20, 300 * u[1] - 150, 300 * u[2] - 150))[None]


# sRGB <-> Lab


def test_rgb_to_lab_agrees_with_scikit_image(rgb):
    np.testing.assert_allclose(last(rgb_to_lab(rgb)), rgb2lab(last(rgb)), atol=2e-3)
    np.testing.assert_allclose(
        last(rgb_to_lab(rgb.double())), rgb2lab(last(rgb.double())), atol=1e-9
    )


def test_lab_to_rgb_agrees_with_scikit_image_inside_the_gamut(rgb):
    lab = rgb_to_lab(rgb.double())
    np.testing.assert_allclose(last(lab_to_rgb(lab)), lab2rgb(last(lab)), atol=1e-5)


def test_lab_to_rgb_undoes_rgb_to_lab(rgb):
    torch.testing.assert_close(lab_to_rgb(rgb_to_lab(rgb)), rgb, atol=2e-5, rtol=0)


def test_rgb_to_lab_knows_the_ends_and_the_greys():
    grey = torch.linspace(0, 1, 11).view(1, 1, 11).expand(3, 1, 11)
    lab = rgb_to_lab(grey)
    assert lab[0, 0, 0].item() == pytest.approx(0, abs=1e-4)
    assert lab[0, 0, -1].item() == pytest.approx(100, abs=1e-3)
    assert (lab[0, 0].diff() > 0).all()
    assert chroma(lab[1:]).max() < 0.02


@pytest.mark.parametrize("shape", [(3, 4, 5), (2, 3, 4, 5), (2, 2, 3, 4, 5)])
def test_conversions_keep_any_leading_shape(shape):
    image = torch.rand(shape)
    assert rgb_to_lab(image).shape == shape
    assert lab_to_rgb(rgb_to_lab(image)).shape == shape
    assert chroma(rgb_to_lab(image)[..., 1:, :, :]).shape == (*shape[:-3], *shape[-2:])


def test_rgb_to_lightness_is_the_L_of_rgb_to_lab(rgb):
    torch.testing.assert_close(
        rgb_to_lightness(rgb), rgb_to_lab(rgb)[..., :1, :, :], atol=1e-4, rtol=0
    )


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (torch.rand(4, 8, 8), "shape"),
        (torch.rand(3), "shape"),
        (torch.zeros(3, 8, 8, dtype=torch.uint8), "255"),
        (torch.full((3, 8, 8), 128.0), "must lie in"),
        (torch.full((3, 8, 8), -0.1), "must lie in"),
        (torch.full((3, 8, 8), torch.nan), "must lie in"),
    ],
)
def test_rgb_to_lab_refuses_what_is_not_srgb(image, reason):
    with pytest.raises(ValueError, match=reason):
        rgb_to_lab(image)
    with pytest.raises(ValueError, match=reason):
        rgb_to_lightness(image)


def test_lab_functions_refuse_other_channels():
    for function in (lab_to_rgb, lab_to_gamut):
        with pytest.raises(ValueError, match="shape"):
            function(torch.zeros(2, 8, 8))


def test_gradients_are_finite_at_black_white_grey_and_in_between(rgb):
    rgb = rgb.clone().requires_grad_()
    rgb_to_lab(rgb).square().sum().backward()
    assert rgb.grad.isfinite().all()
    lab = rgb_to_lab(rgb.detach()).requires_grad_()
    lab_to_rgb(lab).square().sum().backward()
    assert lab.grad.isfinite().all()
    assert lab.grad.abs().sum() > 0


def test_gradient_of_rgb_to_lab_is_the_slope():
    image = torch.rand(3, 2, 2, dtype=torch.float64).mul(0.8).add(0.1).requires_grad_()
    assert torch.autograd.gradcheck(rgb_to_lab, image)


# Gamut


def test_gamut_keeps_lightness_and_hue():
    lab = far_lab()
    fitted = lab_to_gamut(lab)[0]
    torch.testing.assert_close(fitted[:, 0], lab[:, 0].clamp(0, 100), atol=0, rtol=0)
    cross = lab[:, 1] * fitted[:, 2] - lab[:, 2] * fitted[:, 1]
    assert cross.abs().max() < 1e-9, "hue turned"
    assert (lab[:, 1:] * fitted[:, 1:] >= 0).all(), "hue turned to its opposite"
    assert (chroma(fitted[:, 1:]) <= chroma(lab[:, 1:]) + 1e-9).all()


def test_gamut_never_leaves_srgb():
    linear = lab_to_linear(lab_to_gamut(far_lab())[0])
    assert linear.min() > -2e-4
    assert linear.max() < 1 + 2e-4
    rgb = lab_to_rgb(far_lab())
    assert 0 <= rgb.min() <= rgb.max() <= 1


def test_gamut_takes_no_more_chroma_than_needed():
    lab = far_lab()
    inside = (lab[:, 0] > 5) & (lab[:, 0] < 95)
    fitted = lab_to_gamut(lab)[0]
    shrunk = inside & (chroma(fitted[:, 1:]) < 0.99 * chroma(lab[:, 1:]))
    assert shrunk.sum() > 1000
    more = torch.cat((fitted[:, :1], 1.02 * fitted[:, 1:]), 1)
    linear = lab_to_linear(more).movedim(1, -1)[shrunk]
    assert ((linear < 0) | (linear > 1)).any(-1).all()


def test_gamut_leaves_srgb_colors_alone(rgb):
    lab = rgb_to_lab(rgb)
    torch.testing.assert_close(lab_to_gamut(lab)[0], lab, atol=0, rtol=0)


def test_lab_to_rgb_keeps_lightness_where_clipping_would_change_it():
    lab = far_lab()
    inside = (lab[:, 0] > 1) & (lab[:, 0] < 99)
    error = (rgb_to_lab(lab_to_rgb(lab))[:, 0] - lab[:, 0]).abs()[inside]
    clipped = lab_to_linear(lab).clamp(0, 1)
    luminance = (clipped * torch.tensor([0.212671, 0.71516, 0.072169]).view(3, 1, 1)).sum(1)
    clipped_L = 116 * luminance.clamp(min=0.008856) ** (1 / 3) - 16
    assert error.max() < 0.1
    assert (clipped_L - lab[:, 0]).abs()[inside].max() > 10


def test_lab_to_gamut_does_not_change_its_argument():
    lab = far_lab()
    before = lab.clone()
    lab_to_gamut(lab)
    assert torch.equal(lab, before)
