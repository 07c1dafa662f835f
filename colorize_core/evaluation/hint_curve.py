"""What hints bring: measures of a method that is told the truth at a few places.

After Zhang et al. 2017, Real-Time User-Guided Image Colorization, figure 6: random places, the
true colours there, and how much nearer the whole picture comes.
"""

import random
from collections.abc import Callable
from typing import Any

import torch
from PIL import Image

from colorize_core.color.conversions import rgb_to_lab
from colorize_core.color.difference import delta_e2000
from colorize_core.data.folders import PhotoFile, spread
from colorize_core.errors import ConfigError
from colorize_core.evaluation.evaluate import Batch, PhotoSet, batches, read_photos
from colorize_core.inference.colorizer import Colorizer
from colorize_core.inference.hints import Hint
from colorize_core.metrics.accumulator import Accumulator
from colorize_core.metrics.scores import to_tensor

COUNTS = (0, 1, 2, 5, 10, 50)
PHOTOS = 200
"""Enough: every photo is its own comparison."""
MEASURED = ("psnr", "delta_e2000", "raw_auc", "bleeding")


def random_hints(photo: Image.Image, count: int, chance: random.Random) -> list[Hint]:
    """True colours at random places of a photo."""
    places = [(chance.randrange(photo.width), chance.randrange(photo.height)) for _ in range(count)]
    return [Hint(x, y, photo.getpixel((x, y))) for x, y in places]


def honoured(picture: Image.Image, hints: list[Hint]) -> list[float]:
    """ΔE2000 between every hint and the picture at its place, at the lightness that is there."""
    lab = rgb_to_lab(to_tensor(picture))  # (1, 3, H, W)
    found = torch.stack([lab[0, :, hint.y, hint.x] for hint in hints])  # (n, 3)
    asked = torch.cat((found[:, :1], torch.stack([hint.ab for hint in hints])), 1)
    return delta_e2000(found.T[None, :, :, None], asked.T[None, :, :, None]).flatten().tolist()


@torch.inference_mode()
def measure_hints(
    colorizer: Colorizer,
    files: list[PhotoFile],
    warn: Callable[[str], None] = lambda text: None,
    counts: tuple[int, ...] = COUNTS,
) -> dict[str, Any]:
    """Measure a method with no, one and several hints for each photo, at its own temperature.

    Args:
        colorizer: of a method that takes hints.
        files: photos in colour; at most `PHOTOS` of them are used.
        warn: called with one line for each photo that is left out.
        counts: of hints, ascending.

    Returns:
        What metrics.json holds as "hints": the counts, for each of them every measure with its
        95 % interval, and the mean ΔE2000 between a hint and the picture at its place.

    Raises:
        ConfigError: a method without hints.
    """
    if not colorizer.config.hints:
        raise ConfigError(f"{colorizer.method.name} takes no hints; measure one that does")
    known = PhotoSet()
    rows = {count: Accumulator(known.classes, MEASURED) for count in counts}
    missed: dict[int, list[float]] = {count: [] for count in counts}
    for photos in batches(read_photos(spread(files, PHOTOS), warn)):
        batch = Batch(photos, known, {})
        for count, row in rows.items():
            made = []
            for photo in photos:
                hints = random_hints(photo.picture, count, random.Random(photo.path.name))
                made.append(colorizer(photo.picture, hints=hints))
                missed[count] += honoured(made[-1], hints) if hints else []
            batch.measure(made, row)
    summaries = [row.summary() for row in rows.values()]
    return {
        "n": len(known),
        "counts": list(counts),
        "measures": {name: [summary[name] for summary in summaries] for name in MEASURED},
        "at_the_hints": [round(sum(m) / len(m), 3) if m else None for m in missed.values()],
    }
