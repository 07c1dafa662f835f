"""Ways to enlarge ab: true ab reduced to the network's grid and enlarged again.

Error, roughness and bleeding of each, beside those of the originals; then roughness and bleeding
of a method's own ab, enlarged the same ways.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import skimage.data
import torch
from torch import Tensor
from torch.nn import functional as F

from colorize_core import load_image
from colorize_core.color.conversions import L_SCALE, chroma, rgb_to_lab
from colorize_core.data.folders import list_photos
from colorize_core.inference import upsampling
from colorize_core.inference.colorizer import load_colorizer
from colorize_core.inference.lightness import network_input
from colorize_core.metrics.bleeding import bleeding
from colorize_core.metrics.roughness import roughness
from colorize_core.metrics.scores import to_tensor
from colorize_core.models.studio import SIZE_DIVISOR, STRIDE

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


WAYS = (bilinear, bilateral, guided, both)


def shrink_true(lab: Tensor, L_small: Tensor) -> Tensor:
    """The true ab on the network's grid."""
    size = [length // STRIDE for length in L_small.shape[-2:]]
    return F.interpolate(lab[:, 1:], size=size, mode="bilinear", antialias=True)


def measure(lab: Tensor, ab: Tensor) -> Tensor:
    """Mean distance in ab to the true colours, roughness, bleeding: (3,)."""
    made = torch.cat((lab[:, :1], ab), 1)
    error = chroma(ab - lab[:, 1:]).mean()
    return torch.stack((error, roughness(ab)[0], bleeding(made)[0]))


def line(name: str, values: Tensor, base: Tensor) -> str:
    """One way's means, the error as a share of the bilinear one's."""
    error, rough, bleeds = values.tolist()
    ratio = error / base[0].item()
    return f"{name:12} {error:8.3f} {ratio:10.3f} {rough:10.3f} {bleeds:9.1f} %"


def main() -> None:
    """Print the means of every way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="photos; default: those of scikit-image")
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--method", default="regression", help="whose own ab is enlarged, too")
    arguments = parser.parse_args()
    if arguments.data:
        files = list_photos(arguments.data)
        photos = [load_image(file.path) for file in files[:: max(1, len(files) // arguments.limit)]]
    else:
        names = ("astronaut", "coffee", "chelsea", "rocket")
        photos = [load_image(getattr(skimage.data, name)()) for name in names]
    colorizer = load_colorizer(arguments.method)
    sums: dict[str, dict[str, Tensor]] = {"true ab": {}, f"ab of {arguments.method}": {}}
    for photo in photos:
        lab = rgb_to_lab(to_tensor(photo))
        prediction = colorizer.predict(photo)
        small = network_input(photo, 256, SIZE_DIVISOR)
        sources = (
            (shrink_true(lab, small), small),
            (colorizer.predict_ab(prediction), prediction.L),
        )
        for found, (ab, L_small) in zip(sums.values(), sources, strict=True):
            found["originals"] = found.get("originals", 0) + measure(lab, lab[:, 1:])
            for way in WAYS:
                made = measure(lab, way(ab, L_small, lab[:, :1]))
                found[way.__name__] = found.get(way.__name__, 0) + made
    for source, found in sums.items():
        print(f"{source:12} {'ab error':>8} {'/ bilinear':>10} {'roughness':>10} {'bleeding':>11}")
        for name, total in found.items():
            print(line(name, total / len(photos), found["bilinear"] / len(photos)))


if __name__ == "__main__":
    main()
