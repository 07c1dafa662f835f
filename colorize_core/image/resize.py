"""Make pictures smaller."""

from PIL import Image


def shrink(image: Image.Image, max_side: int) -> Image.Image:
    """A copy with the long side at most `max_side` pixels; smaller ones come back unchanged."""
    scale = max_side / max(image.size)
    if scale >= 1:
        return image
    size = tuple(max(1, round(length * scale)) for length in image.size)
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
