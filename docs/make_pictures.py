"""Make the pictures of the documentation and the page of old photos, from the shipped weights."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import skimage.data
from PIL import Image

from colorize_core import METHODS, Colorizer, load_colorizer, load_image
from colorize_core.color.conversions import chroma, rgb_to_lab
from colorize_core.data.aged import age
from colorize_core.image.read import save_image
from colorize_core.image.resize import shrink
from colorize_core.inference.colorizer import grey_picture
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
that never had colours; the others are parts of its photographs in colour, made old by
`colorize_core/data/aged.py`: out of focus, faded, badly exposed, dark in the corners, grainy,
dusty, toned, and saved as JPEG, each as much as chance says. In training a quarter of the pictures
were worn by a simpler recipe (`degrade` in `colorize_core/data/augment.py`); none of these photographs
was among them.

How far the colours are from the true ones, in ab units, before and after the ageing, mean over the
{count} aged ones:

| | clean | aged |
|---|---:|---:|
{rows}

{pictures}
"""


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
