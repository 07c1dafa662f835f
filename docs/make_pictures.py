"""Make the pictures of the documentation from the shipped checkpoints."""

from pathlib import Path

import skimage.data
from PIL import Image

from colorize_core import METHODS, load_colorizer, load_image
from colorize_core.checkpoint import list_checkpoints
from colorize_core.inference import grey_picture, shrink
from colorize_core.photo import save_image

HERE = Path(__file__).resolve().parent
FAMILIES = ("regression", "gan", "classification")
HEIGHT = 300
GAP = 6


def strip(photo: Image.Image) -> Image.Image:
    """The grey photo, then what every studio method makes of it, side by side."""
    shipped = list_checkpoints()
    names = [name for name in METHODS if name in shipped and name in FAMILIES]
    pictures = [grey_picture(photo), *(load_colorizer(name)(photo) for name in names)]
    pictures = [shrink(picture, HEIGHT * max(photo.size) // photo.height) for picture in pictures]
    width = sum(p.width for p in pictures) + GAP * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, pictures[0].height), "white")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + GAP
    return sheet


def main() -> None:
    """Write docs/first.webp."""
    photo = load_image(skimage.data.astronaut())
    save_image(strip(photo), HERE / "first.webp", overwrite=True)


if __name__ == "__main__":
    main()
