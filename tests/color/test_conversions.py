import numpy as np
import pytest
import torch
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab

from colorize_core.color.conversions import (
    chroma,
    delta_e2000,
    fit_gamut,
    lab_to_gamut,
    lab_to_linear,
    lab_to_rgb,
    rgb_to_lab,
    rgb_to_lightness,
)

# Sharma, Wu, Dalal 2005, "The CIEDE2000 Color-Difference Formula", table 1:
# L, a, b of both colours and their difference.
CIEDE2000 = """
50.0000   2.6772 -79.7751  50.0000   0.0000 -82.7485   2.0425
50.0000   3.1571 -77.2803  50.0000   0.0000 -82.7485   2.8615
50.0000   2.8361 -74.0200  50.0000   0.0000 -82.7485   3.4412
50.0000  -1.3802 -84.2814  50.0000   0.0000 -82.7485   1.0000
50.0000  -1.1848 -84.8006  50.0000   0.0000 -82.7485   1.0000
50.0000  -0.9009 -85.5211  50.0000   0.0000 -82.7485   1.0000
50.0000   0.0000   0.0000  50.0000  -1.0000   2.0000   2.3669
50.0000  -1.0000   2.0000  50.0000   0.0000   0.0000   2.3669
50.0000   2.4900  -0.0010  50.0000  -2.4900   0.0009   7.1792
50.0000   2.4900  -0.0010  50.0000  -2.4900   0.0010   7.1792
50.0000   2.4900  -0.0010  50.0000  -2.4900   0.0011   7.2195
50.0000   2.4900  -0.0010  50.0000  -2.4900   0.0012   7.2195
50.0000  -0.0010   2.4900  50.0000   0.0009  -2.4900   4.8045
50.0000  -0.0010   2.4900  50.0000   0.0010  -2.4900   4.8045
50.0000  -0.0010   2.4900  50.0000   0.0011  -2.4900   4.7461
50.0000   2.5000   0.0000  50.0000   0.0000  -2.5000   4.3065
50.0000   2.5000   0.0000  73.0000  25.0000 -18.0000  27.1492
50.0000   2.5000   0.0000  61.0000  -5.0000  29.0000  22.8977
50.0000   2.5000   0.0000  56.0000 -27.0000  -3.0000  31.9030
50.0000   2.5000   0.0000  58.0000  24.0000  15.0000  19.4535
50.0000   2.5000   0.0000  50.0000   3.1736   0.5854   1.0000
50.0000   2.5000   0.0000  50.0000   3.2972   0.0000   1.0000
50.0000   2.5000   0.0000  50.0000   1.8634   0.5757   1.0000
50.0000   2.5000   0.0000  50.0000   3.2592   0.3350   1.0000
60.2574 -34.0099  36.2677  60.4626 -34.1751  39.4387   1.2644
63.0109 -31.0961  -5.8663  62.8187 -29.7946  -4.0864   1.2630
61.2901   3.7196  -5.3901  61.4292   2.2480  -4.9620   1.8731
35.0831 -44.1164   3.7933  35.0232 -40.0716   1.5901   1.8645
22.7233  20.0904 -46.6940  23.0331  14.9730 -42.5619   2.0373
36.4612  47.8580  18.3852  36.2715  50.5065  21.2231   1.4146
90.8027  -2.0831   1.4410  91.1528  -1.6435   0.0447   1.4441
90.9257  -0.5406  -0.9208  88.6381  -0.8985  -0.7239   1.5381
 6.7747  -0.2908  -2.4247   5.8714  -0.0985  -2.2286   0.6377
 2.0776   0.0795  -1.1350   0.9033  -0.0636  -0.5514   0.9082
"""


@pytest.fixture(scope="module")
def rgb() -> torch.Tensor:
    """Random colours with black, white, greys and the corners of the cube: (2, 3, 16, 24)."""
    image = torch.rand(2, 3, 16, 24, generator=torch.Generator().manual_seed(0))
    corners = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3)  # (8, 3)
    image[0, :, 0, :8] = corners.T
    image[0, :, 1, :] = torch.linspace(0, 1, 24)
    return image


def last(image: torch.Tensor) -> np.ndarray:
    """Channels last, as scikit-image wants them."""
    return image.movedim(-3, -1).double().numpy()


def far_lab(n: int = 64) -> torch.Tensor:
    """Lab colours, most of them far outside sRGB, some with L beyond 0…100: (1, 3, n, n)."""
    u = torch.rand(3, n, n, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    return torch.stack((140 * u[0] - 20, 300 * u[1] - 150, 300 * u[2] - 150))[None]


def pairs() -> torch.Tensor:
    return torch.tensor([[float(v) for v in line.split()] for line in CIEDE2000.split("\n")[1:-1]],
                        dtype=torch.float64)  # fmt: skip


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
    for function in (lab_to_rgb, fit_gamut, lambda lab: delta_e2000(lab, lab)):
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


def test_fit_gamut_keeps_lightness_and_hue():
    lab = far_lab()
    fitted = fit_gamut(lab)
    torch.testing.assert_close(fitted[:, 0], lab[:, 0].clamp(0, 100), atol=0, rtol=0)
    cross = lab[:, 1] * fitted[:, 2] - lab[:, 2] * fitted[:, 1]
    assert cross.abs().max() < 1e-9, "hue turned"
    assert (lab[:, 1:] * fitted[:, 1:] >= 0).all(), "hue turned to its opposite"
    assert (chroma(fitted[:, 1:]) <= chroma(lab[:, 1:]) + 1e-9).all()


def test_fit_gamut_never_leaves_srgb():
    linear = lab_to_linear(fit_gamut(far_lab()))
    assert linear.min() > -2e-4
    assert linear.max() < 1 + 2e-4
    rgb = lab_to_rgb(far_lab())
    assert 0 <= rgb.min() <= rgb.max() <= 1


def test_fit_gamut_takes_no_more_chroma_than_needed():
    lab = far_lab()
    inside = (lab[:, 0] > 5) & (lab[:, 0] < 95)
    fitted = fit_gamut(lab)
    shrunk = inside & (chroma(fitted[:, 1:]) < 0.99 * chroma(lab[:, 1:]))
    assert shrunk.sum() > 1000
    more = torch.cat((fitted[:, :1], 1.02 * fitted[:, 1:]), 1)
    linear = lab_to_linear(more).movedim(1, -1)[shrunk]
    assert ((linear < 0) | (linear > 1)).any(-1).all()


def test_fit_gamut_leaves_srgb_colors_alone(rgb):
    lab = rgb_to_lab(rgb)
    torch.testing.assert_close(fit_gamut(lab), lab, atol=0, rtol=0)


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


# CIEDE2000


@pytest.mark.parametrize("row", range(34))
def test_delta_e2000_agrees_with_the_published_pairs(row):
    values = pairs()
    assert len(values) == 34
    first, second, expected = values[row, :3], values[row, 3:6], values[row, 6].item()
    # A reference first: a mistyped row must not be blamed on our formula.
    reference = deltaE_ciede2000(first.numpy(), second.numpy())
    assert reference == pytest.approx(expected, abs=1e-4)
    both = [color.view(3, 1, 1) for color in (first, second)]
    assert delta_e2000(*both).item() == pytest.approx(expected, abs=1e-4)
    assert delta_e2000(*reversed(both)).item() == pytest.approx(expected, abs=1e-4)


def test_delta_e2000_agrees_with_scikit_image_on_random_colors(rgb):
    lab = rgb_to_lab(rgb.double())
    other = rgb_to_lab(rgb.flip(-1).double())
    expected = deltaE_ciede2000(last(lab), last(other))
    np.testing.assert_allclose(delta_e2000(lab, other).numpy(), expected, atol=1e-7)


def test_delta_e2000_of_a_color_and_itself_is_zero(rgb):
    lab = rgb_to_lab(rgb)
    assert torch.equal(delta_e2000(lab, lab), torch.zeros(2, 16, 24))


def test_delta_e2000_refuses_shapes_that_differ():
    with pytest.raises(ValueError, match="shapes differ"):
        delta_e2000(torch.zeros(3, 8, 8), torch.zeros(3, 8, 9))
