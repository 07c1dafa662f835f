"""The class prior of a data set: how often each colour class occurs in its photos."""

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from colorize_core.color.classes import count_classes, grid_centres
from colorize_core.color.conversions import lab_to_gamut, linear_to_srgb, rgb_to_lab
from colorize_core.data.folders import PhotoFile, list_photos, spread
from colorize_core.errors import DataError, PhotoError
from colorize_core.files import make_folder, write_atomically
from colorize_core.image.read import load_image
from colorize_core.image.resize import shrink
from colorize_core.metrics.scores import to_tensor
from colorize_core.runs import PRIOR

SIDE = 128
"""Photos are shrunk to this long side first: about the grid on which networks see ab."""


@dataclass(frozen=True)
class Grid:
    """A rule that cuts the ab plane into classes; see `classes.grid_centres`."""

    cell: int
    origin: int

    @property
    def centres(self) -> Tensor:
        """(Q, 2), in Lab units."""
        return grid_centres(self.cell, self.origin)


GRIDS = {
    "10": Grid(10, -5),
    # Report 001: 16 × 16 cells over ab = -128…128, of which 8-bit sRGB reaches 114.
    "16": Grid(16, -128),
}


def choose(folder: Path, split: str, limit: int | None) -> list[PhotoFile]:
    """Photos to count, evenly thinned to `limit`.

    Raises:
        DataError: no such folder, or no picture in it.
    """
    return spread(list_photos(Path(folder), split), limit)


def count_photos(
    files: list[PhotoFile],
    warn: Callable[[str], None] = lambda text: None,
    advance: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Count the classes of both grids over photos.

    Args:
        files: photos in colour.
        warn: called with one line for each photo that is left out.
        advance: called after every photo.

    Returns:
        What prior.json holds for one data set.

    Raises:
        DataError: no photo could be read.
    """
    centres = {name: grid.centres for name, grid in GRIDS.items()}
    counts = {name: torch.zeros(len(c), dtype=torch.float64) for name, c in centres.items()}
    photos = 0
    for file in files:
        try:
            picture = shrink(load_image(file.path), SIDE)
        except PhotoError as error:
            warn(f"skipped: {error}")
        else:
            ab = rgb_to_lab(to_tensor(picture))[0, 1:].flatten(1).T
            for name in GRIDS:
                counts[name] += count_classes(ab, centres[name])
            photos += 1
        advance()
    if not photos:
        raise DataError(f"none of {len(files)} photos could be read; the first is {files[0].path}")
    return _entry(counts, photos)


def _entry(counts: dict[str, Tensor], photos: int) -> dict[str, Any]:
    grids = {
        name: {
            "cell": grid.cell,
            "origin": grid.origin,
            "counts": [int(count) for count in counts[name]],
        }
        for name, grid in GRIDS.items()
    }
    today = datetime.date.today().isoformat()
    return {"photos": photos, "long_side": SIDE, "counted_on": today, "grids": grids}


def add_prior(out: Path, name: str, entry: dict[str, Any]) -> Path:
    """Put a data set into prior.json, beside those that it holds already.

    Raises:
        DataError: there is a prior.json that cannot be read; it is left alone.
    """
    path = Path(out) / PRIOR
    content: dict[str, Any] = {"data": {}}
    if path.exists():
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            content["data"] = dict(content["data"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path} is damaged ({error}); move it away and count anew") from error
    content["data"][name] = entry
    make_folder(path.parent)
    write_atomically(path, json.dumps(content).encode())
    return path


def class_colors(centres: Tensor) -> list[str]:
    """A colour to show each class by, as #rrggbb.

    A class is a colour without lightness; shown is the lightness nearest to 60 at which sRGB
    holds it, or, where none does, the one that loses least chroma.

    Args:
        centres: (Q, 2), in Lab units.
    """
    L = torch.arange(2.0, 100.0, 1.0)
    ab = centres.T[:, :, None].expand(-1, -1, len(L))  # (2, Q, n)
    lab = torch.cat((L.expand(1, len(centres), -1), ab))  # (3, Q, n)
    fitted, linear = lab_to_gamut(lab)
    lost = torch.linalg.vector_norm(lab[1:] - fitted[1:], dim=0)  # (Q, n)
    best = (lost.round() * 1000 + (L - 60).abs()).argmin(1)
    rgb = linear_to_srgb(linear)[:, torch.arange(len(centres)), best]  # (3, Q)
    return ["#" + bytes(c).hex() for c in (rgb.T * 255).round().to(torch.uint8).tolist()]
