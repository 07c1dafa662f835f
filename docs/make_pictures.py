"""Make the pictures of the documentation and the page of old photos, from the shipped weights."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import skimage.data
from PIL import Image
from skimage.filters import gaussian

from colorize_core import METHODS, Colorizer, load_colorizer, load_image
from colorize_core.color.conversions import chroma, rgb_to_lab
from colorize_core.color.tables8 import rgb8_to_luma
from colorize_core.image.resize import shrink
from colorize_core.image.write import save_image
from colorize_core.inference.lightness import grey_picture
from colorize_core.metrics.scores import to_tensor
from colorize_core.runs import list_runs

HERE = Path(__file__).resolve().parent
PAGE, PICTURES = HERE / "old-photos.md", HERE / "old-photos"
HEIGHT, SMALL = 300, 170
GAP = 6
GREY = ("camera", "clock", "coins", "moon")
"""Photographs of scikit-image that have no colours: shown as they are."""
PARTS = ((0, 0, 1, 1), (0, 0, 0.6, 0.75), (0.4, 0.1, 1, 0.85), (0.2, 0.25, 0.8, 1))
"""Left, top, right, bottom as shares: four prints are made of every photograph in colour."""
FIRST = "astronaut-1"
"""The print that stands first in the README."""
COLORED = ("astronaut", "chelsea", "coffee", "rocket", "stereo_motorcycle")
TEXT = """# Old photos

Written with its pictures by `python docs/make_pictures.py` from the shipped weights. Left the photo
as it is given, then {titles}. The first four are photographs in scikit-image
that never had colours; the others are parts of its photographs in colour, made old by that script:
out of focus, faded, badly exposed, dark in the corners, grainy, dusty, toned, and saved as JPEG,
each as much as chance says. In training a fifth of the crops were worn by a simpler recipe
(`degrade` in `colorize_core/data/augmentation.py`); none of these photographs was among them.

How strongly grain is taken out of what a network sees was chosen on these very 20 prints
(`denoise` in [experiments.md](experiments.md)), so the column of the aged ones flatters the
methods.

How far the colours are from the true ones, in ab units, before and after the ageing, mean over the
{count} aged ones:

| | clean | aged |
|---|---:|---:|
{rows}

{pictures}
"""

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
        degradation: how; None draws it from the seed.

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
        drop_dust(tones, random)
    toned = 1 - how.sepia * (1 - np.array(SEPIA))
    rgb = (255 * (tones.clip(0, 1)[..., None] * toned)).round().astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=how.quality)
    return Image.open(file).convert("RGB")


def drop_dust(tones: np.ndarray, random: np.random.Generator) -> None:
    """Put one speck of dust, dark or light, on the print."""
    height, width = tones.shape
    y, x = random.uniform(0, height), random.uniform(0, width)
    radius = SPECK * random.uniform(0.6, 1.6)
    top, left = int(max(0, y - 3)), int(max(0, x - 3))
    part = tones[top : top + 7, left : left + 7]
    down, across = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
    part[np.hypot(down - y, across - x) <= radius] = random.choice((0.1, 0.95))


class Print(NamedTuple):
    """An old photo; those made old have their true colours beside them."""

    name: str
    photo: Image.Image
    clean: Image.Image | None


def studio() -> list[Colorizer]:
    """The studio's own methods, as far as they are shipped."""
    shipped = list_runs()
    own = (name for name, method in METHODS.items() if method.report is None)
    return [load_colorizer(name) for name in own if name in shipped]


def strip(photo: Image.Image, results: list[Image.Image], height: int) -> Image.Image:
    """A photo and what methods make of it, side by side."""
    pictures = [shrink(p, height * max(photo.size) // photo.height) for p in (photo, *results)]
    width = sum(p.width for p in pictures) + GAP * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, pictures[0].height), "white")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + GAP
    return sheet


def prints() -> Iterator[Print]:
    """The old photos."""
    for name in GREY:
        yield Print(name, load_image(getattr(skimage.data, name)()), None)
    for name in COLORED:
        found = getattr(skimage.data, name)()
        whole = load_image(found[0] if isinstance(found, tuple) else found)
        for i, (left, top, right, bottom) in enumerate(PARTS):
            width, height = whole.size
            box = (left * width, top * height, right * width, bottom * height)
            clean = whole.crop(tuple(map(round, box)))
            yield Print(f"{name}-{i + 1}", age(clean, seed=i + 10 * len(name)), clean)


def ab_error(picture: Image.Image, truth: Image.Image) -> float:
    """Mean distance of the colours, in ab units."""
    made, true = (rgb_to_lab(to_tensor(p))[:, 1:] for p in (picture, truth))
    return float(chroma(made - true).mean())


def write_old_photos(colorizers: list[Colorizer]) -> None:
    """docs/old-photos.md, its pictures, and the README's first one."""
    PICTURES.mkdir(exist_ok=True)
    titles = [colorizer.method.title for colorizer in colorizers]
    errors: dict[str, list[tuple[float, float]]] = {}
    lines = []
    for name, photo, clean in prints():
        results = [colorizer(photo) for colorizer in colorizers]
        save_image(strip(photo, results, SMALL), PICTURES / f"{name}.webp", overwrite=True)
        if name == FIRST:
            save_image(strip(photo, results, HEIGHT), HERE / "first.webp", overwrite=True)
        lines.append(f"![{name}: {', '.join(['as given', *titles])}](old-photos/{name}.webp)")
        if clean is None:
            continue
        pairs = [("plain grey", grey_picture(clean), grey_picture(photo))]
        pairs += [
            (title, colorizer(clean), result)
            for title, colorizer, result in zip(titles, colorizers, results, strict=True)
        ]
        for title, before, after in pairs:
            errors.setdefault(title, []).append((ab_error(before, clean), ab_error(after, clean)))
    rows = []
    for title, values in errors.items():
        before, after = (sum(column) / len(values) for column in zip(*values, strict=True))
        rows.append(f"| {title} | {before:.1f} | {after:.1f} |")
    count = len(next(iter(errors.values())))
    text = TEXT.format(
        titles=", ".join(titles), count=count, rows="\n".join(rows), pictures="\n\n".join(lines)
    )
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_old_photos(studio())
