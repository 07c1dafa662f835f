"""Colour spaces in which a network may answer; each says what it sees and how ab comes back.

Lab: sees L, answers ab. YUV (ITU-R BT.601): sees Y', answers UV, and Y' is kept. RGB: sees Y',
answers all three channels. Whatever the answer, the picture takes only its ab: the photo's own L
stays (`inference.lightness.merge`).
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from colorize_core.color.conversions import (
    AB_SCALE,
    L_SCALE,
    UV_SCALE,
    lab_to_rgb,
    rgb_to_lab,
    rgb_to_lightness,
    rgb_to_luma,
    rgb_to_uv,
    yuv_to_rgb,
)


class ColorSpace(ABC):
    """One colour space: names, scaling, and the way from sRGB and back to ab."""

    name: str
    channels: int
    """Of the answer."""
    plane: str | None
    """The colour plane that may be cut into classes; see `classes.PLANES`."""
    centre: float
    scale: float
    """`centre` ± `scale` is what a network gives as ±1."""

    @abstractmethod
    def grey(self, rgb: Tensor) -> Tensor:
        """What the network sees: (B, 3, H, W) sRGB in [0, 1] -> (B, 1, H, W) in [0, 1]."""

    @abstractmethod
    def color(self, rgb: Tensor) -> Tensor:
        """The true answer, in the space's units: (B, 3, H, W) -> (B, channels, H, W)."""

    @abstractmethod
    def to_ab(self, color: Tensor, grey: Tensor) -> Tensor:
        """An answer with the grey that belongs to it -> ab in Lab units, (B, 2, H, W)."""

    @abstractmethod
    def picture(self, color: Tensor, grey: Tensor) -> Tensor:
        """An answer with the grey that belongs to it -> sRGB in [0, 1], (B, 3, H, W).

        For losses that look at pictures: gradients flow to `color`. What is shown to people
        keeps the photo's own L instead (`inference.lightness.merge`).
        """

    def to_unit(self, color: Tensor) -> Tensor:
        """Units of the space -> what networks give, about -1…1."""
        return (color - self.centre) / self.scale

    def from_unit(self, unit: Tensor) -> Tensor:
        """What networks give -> units of the space."""
        return unit * self.scale + self.centre


class _Lab(ColorSpace):
    name, channels, plane, centre, scale = "lab", 2, "ab", 0.0, AB_SCALE

    def grey(self, rgb: Tensor) -> Tensor:
        return rgb_to_lightness(rgb) / L_SCALE

    def color(self, rgb: Tensor) -> Tensor:
        return rgb_to_lab(rgb)[:, 1:]

    def to_ab(self, color: Tensor, grey: Tensor) -> Tensor:
        return color

    def picture(self, color: Tensor, grey: Tensor) -> Tensor:
        return lab_to_rgb(torch.cat((grey * L_SCALE, color), dim=1))


class _Yuv(ColorSpace):
    name, channels, plane, centre, scale = "yuv", 2, "uv", 0.0, UV_SCALE

    def grey(self, rgb: Tensor) -> Tensor:
        return rgb_to_luma(rgb)

    def color(self, rgb: Tensor) -> Tensor:
        return rgb_to_uv(rgb)

    def to_ab(self, color: Tensor, grey: Tensor) -> Tensor:
        return rgb_to_lab(self.picture(color, grey))[:, 1:]

    def picture(self, color: Tensor, grey: Tensor) -> Tensor:
        return yuv_to_rgb(grey, color)


class _Rgb(ColorSpace):
    name, channels, plane, centre, scale = "rgb", 3, None, 0.5, 0.5

    def grey(self, rgb: Tensor) -> Tensor:
        return rgb_to_luma(rgb)

    def color(self, rgb: Tensor) -> Tensor:
        return rgb

    def to_ab(self, color: Tensor, grey: Tensor) -> Tensor:
        return rgb_to_lab(self.picture(color, grey))[:, 1:]

    def picture(self, color: Tensor, grey: Tensor) -> Tensor:
        return color.clamp(0, 1)


SPACES: dict[str, ColorSpace] = {space.name: space for space in (_Lab(), _Yuv(), _Rgb())}
