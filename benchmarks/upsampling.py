"""Error of ways to enlarge ab: true ab reduced to the network's grid and enlarged again."""

import argparse
from collections.abc import Callable
from pathlib import Path

import skimage.data
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from colorize_core import load_image, upsampling
from colorize_core.color import L_SCALE, chroma, rgb_to_lab
from colorize_core.data.folders import list_photos
from colorize_core.inference import network_input
from colorize_core.metrics.scores import to_tensor
from colorize_core.models.studio import STRIDE

Way = Callable[[Tensor, Tensor, Tensor], Tensor]


def enlarge(image: Tensor, like: Tensor) -> Tensor:
    """Plain bilinear enlargement."""
    return F.interpolate(image, size=like.shape[-2:], mode="bilinear", align_corners=False)


def bilinear(ab: Tensor, L_small: Tensor, L_full: Tensor) -> Tensor:
    """Without a look at L."""
    return enlarge(ab, L_full)


def bilateral(ab: Tensor, L_small: Tensor, L_full: Tensor) -> Tensor:
    """Joint bilateral to the network's picture, then bilinear."""
    return enlarge(upsampling.joint_bilateral(ab, L_small), L_full)


def guided(ab: Tensor, L_small: Tensor, L_full: Tensor) -> Tensor:
    """Bilinear to the network's picture, then the guided filter."""
    return _lines(enlarge(ab, L_small), L_small, L_full)


def both(ab: Tensor, L_small: Tensor, L_full: Tensor) -> Tensor:
    """What inference does."""
    return _lines(upsampling.joint_bilateral(ab, L_small), L_small, L_full)


def _lines(ab: Tensor, L_small: Tensor, L_full: Tensor) -> Tensor:
    slope, offset = upsampling.guided_coefficients(L_small, ab)
    return enlarge(slope, L_full) * L_full / L_SCALE + enlarge(offset, L_full)


def error(photo: Image.Image, way: Way, side: int = 256) -> float:
    """Mean distance in ab between the true and the enlarged colours."""
    lab = rgb_to_lab(to_tensor(photo))
    L_small = network_input(lab[:, :1], side)
    size = [length // STRIDE for length in L_small.shape[-2:]]
    ab = F.interpolate(lab[:, 1:], size=size, mode="bilinear", antialias=True)
    return float(chroma(way(ab, L_small, lab[:, :1]) - lab[:, 1:]).mean())


def main() -> None:
    """Print the mean error of every way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="photos; default: those of scikit-image")
    parser.add_argument("--limit", type=int, default=50)
    arguments = parser.parse_args()
    if arguments.data:
        files = list_photos(arguments.data)
        photos = [load_image(file.path) for file in files[:: max(1, len(files) // arguments.limit)]]
    else:
        names = ("astronaut", "coffee", "chelsea", "rocket")
        photos = [load_image(getattr(skimage.data, name)()) for name in names]
    base = sum(error(photo, bilinear) for photo in photos)
    for way in (bilinear, bilateral, guided, both):
        total = sum(error(photo, way) for photo in photos)
        print(
            f"{way.__name__:10} {total / len(photos):.3f} ab units   {total / base:.3f} of bilinear"
        )


if __name__ == "__main__":
    main()
