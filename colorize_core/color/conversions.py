"""Colour maths on tensors: sRGB, CIE Lab, YUV and the gamut of sRGB.

Layout is (..., C, H, W) everywhere; sRGB lies in [0, 1], L in [0, 100], a and b are in Lab
units. The scaling constants of the networks live here and nowhere else.
"""

import torch
from torch import Tensor

L_SCALE = 100.0
"""Divides L for the networks: their input lies in [0, 1]."""

AB_SCALE = 110.0
"""Divides a and b for the networks: sRGB reaches about ±108, so outputs lie in [-1, 1]."""

UV_STEPS = 255.0
"""U and V are given in 8-bit steps, so that their numbers are of the size of a and b."""
UV_SCALE = 160.0
"""Divides U and V for the networks: V reaches about ±157 steps."""

# ITU-R BT.601: luma from gamma-coded R, G and B, and the largest U and V.
_LUMA = (0.299, 0.587, 0.114)
_U_MAX, _V_MAX = 0.436, 0.615
# IEC 61966-2-1 primaries, D65 white of the 2-degree observer.
_RGB_TO_XYZ = (
    (0.412453, 0.357580, 0.180423),
    (0.212671, 0.715160, 0.072169),
    (0.019334, 0.119193, 0.950227),
)
_XYZ_TO_RGB = torch.linalg.inv(torch.tensor(_RGB_TO_XYZ, dtype=torch.float64)).tolist()
_WHITE = (0.95047, 1.0, 1.08883)
XYZ_TO_RGB_OF_WHITE = [[row[i] * white for i, white in enumerate(_WHITE)] for row in _XYZ_TO_RGB]
"""X, Y and Z as shares of the white's -> linear sRGB."""
LAB_CURVE_START, LAB_CURVE_SLOPE = 0.008856, 7.787
"""CIE 15:2004: where the cube root begins, and the slope of the line below."""
_GAMUT_TOLERANCE = 1e-5  # float32 puts sRGB colours at most 1e-6 outside; more would tint black
_GAMUT_STEPS = 12


def _mix(matrix: Tensor, image: Tensor) -> Tensor:
    """Apply a 3×3 matrix to the channel axis: (3, 3), (..., 3, H, W) -> (..., 3, H, W)."""
    return (matrix @ image.flatten(-2)).view(image.shape)


def _check_rgb(rgb: Tensor) -> None:
    if rgb.ndim < 3 or rgb.shape[-3] != 3:
        raise ValueError(f"need shape (..., 3, H, W), got {tuple(rgb.shape)}")
    if not rgb.is_floating_point():
        raise ValueError(f"need floats in [0, 1], got {rgb.dtype}; divide 8-bit values by 255")
    low, high = torch.aminmax(rgb)
    if low < -1e-4 or high > 1 + 1e-4 or not (torch.isfinite(low) and torch.isfinite(high)):
        raise ValueError(f"sRGB must lie in [0, 1], got [{low:.4g}, {high:.4g}]")


def check_lab(lab: Tensor) -> None:
    """Refuse a tensor that is not (..., 3, H, W) with a ValueError."""
    if lab.ndim < 3 or lab.shape[-3] != 3:
        raise ValueError(f"need shape (..., 3, H, W), got {tuple(lab.shape)}")


def srgb_to_linear(rgb: Tensor) -> Tensor:
    """Undo the sRGB transfer curve (IEC 61966-2-1); any shape, values in [0, 1]."""
    return torch.where(
        rgb > 0.04045, ((rgb.clamp(min=0.04045) + 0.055) / 1.055) ** 2.4, rgb / 12.92
    )


def linear_to_srgb(linear: Tensor) -> Tensor:
    """Apply the sRGB transfer curve (IEC 61966-2-1); any shape, values in [0, 1]."""
    curve = 1.055 * linear.clamp(min=0.0031308) ** (1 / 2.4) - 0.055
    return torch.where(linear > 0.0031308, curve, linear * 12.92)


def _lab_curve(t: Tensor) -> Tensor:
    return torch.where(
        t > LAB_CURVE_START, t.clamp(min=LAB_CURVE_START) ** (1 / 3), LAB_CURVE_SLOPE * t + 16 / 116
    )


def _lab_curve_inverse(f: Tensor) -> Tensor:
    return torch.where(f > 0.2068966, f**3, (f - 16 / 116) / LAB_CURVE_SLOPE)


def rgb_to_lab(rgb: Tensor) -> Tensor:
    """Convert sRGB to CIE Lab (D65, 2-degree observer; CIE 15:2004).

    Args:
        rgb: (..., 3, H, W), in [0, 1].

    Returns:
        (..., 3, H, W); L in [0, 100], a and b in Lab units.

    Raises:
        ValueError: three channels missing, or values outside [0, 1].
    """
    _check_rgb(rgb)
    xyz = _mix(rgb.new_tensor(_RGB_TO_XYZ), srgb_to_linear(rgb))
    f = _lab_curve(xyz / rgb.new_tensor(_WHITE).view(3, 1, 1))
    x, y, z = f.unbind(-3)
    return torch.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), dim=-3)


def rgb_to_lightness(rgb: Tensor) -> Tensor:
    """Only the L of `rgb_to_lab`, a third of the work: (..., 3, H, W) -> (..., 1, H, W)."""
    _check_rgb(rgb)
    y = (srgb_to_linear(rgb) * luminance_weights(rgb).view(3, 1, 1)).sum(-3, keepdim=True)
    return linear_to_lightness(y)


def luminance_weights(like: Tensor) -> Tensor:
    """Shares of linear R, G and B in the luminance Y, (3,), with the type of `like`."""
    return like.new_tensor(_RGB_TO_XYZ[1])


def linear_to_lightness(y: Tensor) -> Tensor:
    """Luminance Y in [0, 1] -> L in [0, 100], any shape (CIE 15:2004)."""
    return 116 * _lab_curve(y) - 16


def rgb_to_luma(rgb: Tensor) -> Tensor:
    """Y' of ITU-R BT.601, what "grey" means to YUV: (..., 3, H, W) -> (..., 1, H, W), in [0, 1].

    Raises:
        ValueError: three channels missing, or values outside [0, 1].
    """
    _check_rgb(rgb)
    return (rgb * rgb.new_tensor(_LUMA).view(3, 1, 1)).sum(-3, keepdim=True)


def rgb_to_uv(rgb: Tensor) -> Tensor:
    """U and V of ITU-R BT.601, in 8-bit steps: (..., 3, H, W) -> (..., 2, H, W).

    Raises:
        ValueError: three channels missing, or values outside [0, 1].
    """
    luma = rgb_to_luma(rgb).squeeze(-3)
    u = (rgb[..., 2, :, :] - luma) * (_U_MAX / (1 - _LUMA[2]))
    v = (rgb[..., 0, :, :] - luma) * (_V_MAX / (1 - _LUMA[0]))
    return UV_STEPS * torch.stack((u, v), dim=-3)


def yuv_to_rgb(luma: Tensor, uv: Tensor) -> Tensor:
    """Join luma and colour; channels outside [0, 1] are clipped.

    Args:
        luma: Y', (..., 1, H, W), in [0, 1].
        uv: (..., 2, H, W), in 8-bit steps.

    Returns:
        sRGB, (..., 3, H, W), in [0, 1].
    """
    u, v = (uv / UV_STEPS).unbind(-3)
    y = luma.squeeze(-3)
    red = y + v * ((1 - _LUMA[0]) / _V_MAX)
    blue = y + u * ((1 - _LUMA[2]) / _U_MAX)
    green = (y - _LUMA[0] * red - _LUMA[2] * blue) / _LUMA[1]
    return torch.stack((red, green, blue), dim=-3).clamp(0, 1)


def lab_to_linear(lab: Tensor) -> Tensor:
    """Convert Lab to linear-light sRGB, unclipped, so that gamut can be tested.

    Args:
        lab: (..., 3, H, W), in Lab units.

    Returns:
        (..., 3, H, W); values outside [0, 1] are colours that sRGB cannot show.
    """
    L, a, b = lab.unbind(-3)
    y = (L + 16) / 116
    f = torch.stack((y + a / 500, y, y - b / 200), dim=-3)
    xyz = _lab_curve_inverse(f) * lab.new_tensor(_WHITE).view(3, 1, 1)
    return _mix(lab.new_tensor(_XYZ_TO_RGB), xyz)


def _in_gamut(linear: Tensor) -> Tensor:
    low, high = linear.amin(-3), linear.amax(-3)
    return (low >= -_GAMUT_TOLERANCE) & (high <= 1 + _GAMUT_TOLERANCE)


def lab_to_gamut(lab: Tensor) -> tuple[Tensor, Tensor]:
    """Pull colours that sRGB cannot show towards grey, at constant L and hue angle.

    Clipping each RGB channel by itself would change lightness and hue; scaling (a, b) by the
    largest factor that stays inside sRGB (found by bisection) changes only chroma.

    Args:
        lab: (..., 3, H, W), in Lab units; L is clamped to [0, 100].

    Returns:
        The fitted Lab, and the same as linear-light sRGB in [0, 1]; (..., 3, H, W) each.

    Raises:
        ValueError: three channels missing.
    """
    check_lab(lab)
    lab = torch.cat((lab[..., :1, :, :].clamp(0, 100), lab[..., 1:, :, :]), dim=-3)
    linear = lab_to_linear(lab)
    outside = ~_in_gamut(linear)
    if outside.any():
        fitted = _shrink_to_gamut(lab.movedim(-3, 0)[:, outside])
        # Index with the channel axis last, where a pixel mask selects whole colours.
        lab.movedim(-3, -1)[outside] = fitted.T
        linear.movedim(-3, -1)[outside] = lab_to_linear(fitted[:, None])[:, 0].T
    return lab, linear.clamp(0, 1)


def _shrink_to_gamut(pixels: Tensor) -> Tensor:
    """Bisection on the chroma factor of every pixel: (3, N) -> (3, N)."""
    low = torch.zeros_like(pixels[0])
    high = torch.ones_like(low)
    for _ in range(_GAMUT_STEPS):
        middle = (low + high) / 2
        candidate = torch.stack((pixels[0], pixels[1] * middle, pixels[2] * middle))
        inside = _in_gamut(lab_to_linear(candidate[:, None]))[0]
        low = torch.where(inside, middle, low)
        high = torch.where(inside, high, middle)
    return torch.stack((pixels[0], pixels[1] * low, pixels[2] * low))


def lab_to_rgb(lab: Tensor) -> Tensor:
    """Convert Lab to sRGB; colours outside sRGB are first brought in by `lab_to_gamut`.

    Args:
        lab: (..., 3, H, W), in Lab units.

    Returns:
        (..., 3, H, W), in [0, 1].

    Raises:
        ValueError: three channels missing.
    """
    return linear_to_srgb(lab_to_gamut(lab)[1])


def chroma(ab: Tensor) -> Tensor:
    """C*ab, the distance from grey: (..., 2, H, W) in Lab units -> (..., H, W)."""
    a, b = ab.unbind(-3)
    return torch.sqrt(a * a + b * b)
