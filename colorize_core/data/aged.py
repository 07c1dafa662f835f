"""Make a photo look old: what decades and a scanner do to a print, as a fixed recipe."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image
from skimage.filters import gaussian

from colorize_core.color.tables8 import rgb8_to_luma

SEPIA = (1.0, 0.89, 0.70)
"""Share of red, green and blue that light grey keeps on toned paper."""
SPECK = 1.2
"""Radius of dust, pixels."""


@dataclass(frozen=True)
class Degradation:
    """How one print has aged; `draw` takes all of it at random within what old prints show."""

    blur: float
    """Standard deviation of a Gaussian, in thousandths of the long side: soft lenses."""
    black: float
    """Darkest tone left, in [0, 1]: faded silver."""
    white: float
    """Lightest tone left, in [0, 1]: yellowed paper."""
    gamma: float
    """Exponent of the tones: under- or overexposed."""
    vignette: float
    """Share of light that the corners lose."""
    grain: float
    """Standard deviation of the noise, as a share of white."""
    dust: int
    """Number of specks."""
    sepia: float
    """Strength of the toning, in [0, 1]."""
    quality: int
    """Of the JPEG file that the scanner wrote."""

    @classmethod
    def draw(cls, random: np.random.Generator) -> "Degradation":
        """A random print."""
        return cls(
            blur=random.uniform(0.5, 2.0),
            black=random.uniform(0.02, 0.18),
            white=random.uniform(0.80, 0.97),
            gamma=random.uniform(0.75, 1.35),
            vignette=random.uniform(0.0, 0.3),
            grain=random.uniform(0.01, 0.04),
            dust=int(random.integers(0, 25)),
            sepia=random.uniform(0.0, 1.0),
            quality=int(random.integers(45, 85)),
        )


def age(photo: Image.Image, seed: int, degradation: Degradation | None = None) -> Image.Image:
    """What is left of a photo as an old print, scanned.

    In this order: luma (ITU-R BT.601), blur, exposure, fading, vignette, grain, dust, sepia, JPEG.

    Args:
        photo: RGB.
        seed: the same seed gives the same picture.
        ageing: how; None draws it from the seed.

    Returns:
        RGB, of the same size, toned but without the photo's colours.
    """
    random = np.random.default_rng(seed)
    how = degradation or Degradation.draw(random)
    tones = rgb8_to_luma(np.asarray(photo.convert("RGB")))[0, 0].numpy().astype(np.float64)
    tones = gaussian(tones, how.blur * max(photo.size) / 1000, mode="nearest")
    tones = how.black + (how.white - how.black) * tones.clip(0, 1) ** how.gamma
    y, x = (np.linspace(-1, 1, length) for length in tones.shape)
    tones *= 1 - how.vignette * (x**2 + y[:, None] ** 2) / 2
    # Grains are larger than a pixel of the scan.
    noise = gaussian(random.standard_normal(tones.shape), 0.7)
    tones += how.grain * noise / noise.std()
    for _ in range(how.dust):
        _drop(tones, random)
    toned = 1 - how.sepia * (1 - np.array(SEPIA))
    rgb = (255 * (tones.clip(0, 1)[..., None] * toned)).round().astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=how.quality)
    return Image.open(file).convert("RGB")


def _drop(tones: np.ndarray, random: np.random.Generator) -> None:
    """Put one speck of dust, dark or light, on the print."""
    height, width = tones.shape
    y, x = random.uniform(0, height), random.uniform(0, width)
    radius = SPECK * random.uniform(0.6, 1.6)
    top, left = int(max(0, y - 3)), int(max(0, x - 3))
    part = tones[top : top + 7, left : left + 7]
    down, across = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
    part[np.hypot(down - y, across - x) <= radius] = random.choice((0.1, 0.95))
