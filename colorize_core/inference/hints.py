"""Colour hints: what a person knows of some places of a photo."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from colorize_core.color.conversions import AB_SCALE, rgb_to_lab
from colorize_core.errors import ConfigError


@dataclass(frozen=True)
class Hint:
    """A colour that is known at one place.

    Raises:
        ConfigError: a place that cannot be, or not a colour.
    """

    x: int
    """Pixels from the left border of the upright photo."""
    y: int
    """Pixels from the top."""
    rgb: tuple[int, int, int]
    """sRGB, 0…255 each. Only its hue and its chroma count: lightness stays the photo's."""

    def __post_init__(self) -> None:
        if not all(isinstance(v, int) and v >= 0 for v in (self.x, self.y)):
            raise ConfigError(
                f"a hint's place must be whole pixels from the left and the top, "
                f"got ({self.x!r}, {self.y!r})"
            )
        whole = isinstance(self.rgb, tuple) and len(self.rgb) == 3
        if not whole or not all(isinstance(v, int) and 0 <= v <= 255 for v in self.rgb):
            raise ConfigError(
                f"a hint's colour must be three whole numbers from 0 to 255, got {self.rgb!r}"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read x,y,#rrggbb.

        Raises:
            ConfigError: anything else.
        """
        found = re.fullmatch(r"\s*(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*#([0-9a-fA-F]{6})\s*", text)
        if not found:
            raise ConfigError(f"a hint must be x,y,#rrggbb, such as 120,80,#aa3322, got {text!r}")
        x, y, color = found.groups()
        return cls(int(x), int(y), tuple(bytes.fromhex(color)))

    @property
    def ab(self) -> Tensor:
        """(2,), in Lab units."""
        rgb = torch.tensor(self.rgb, dtype=torch.float32).view(1, 3, 1, 1) / 255
        return rgb_to_lab(rgb)[0, 1:, 0, 0]


def place_hints(hints: Sequence[Hint], size: tuple[int, int], height: int, width: int) -> Tensor:
    """Hints on the grid of a network's answer.

    Args:
        hints: at least one.
        size: width and height of the photo, pixels.
        height: of the grid, cells.
        width: of the grid, cells.

    Returns:
        (1, 3, height, width), as `StudioNet.forward` takes it.

    Raises:
        ConfigError: a hint outside the photo.
    """
    inside = torch.zeros(1, len(hints), height, width)
    for number, hint in enumerate(hints):
        if hint.x >= size[0] or hint.y >= size[1]:
            raise ConfigError(
                f"the hint at ({hint.x}, {hint.y}) lies outside the photo of "
                f"{size[0]} × {size[1]} pixels"
            )
        inside[0, number, hint.y * height // size[1], hint.x * width // size[0]] = 1
    return hint_map(inside, torch.stack([hint.ab for hint in hints])[None])


def hint_map(inside: Tensor, ab: Tensor) -> Tensor:
    """Hints -> the map that a network takes; where several meet, their mean counts.

    Args:
        inside: 1 in the cells of a hint, else 0, (B, n, h, w).
        ab: of the hints, (B, n, 2), in Lab units.

    Returns:
        (B, 3, h, w): a and b, divided by `AB_SCALE`, and 1 where there is a hint.
    """
    count = inside.sum(1, keepdim=True)  # (B, 1, h, w)
    color = torch.einsum("bnhw,bnc->bchw", inside, ab) / count.clamp(min=1)
    return torch.cat((color / AB_SCALE, (count > 0).to(ab.dtype)), 1)
