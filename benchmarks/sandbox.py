"""What reading a JPEG in a child process costs over reading it in this one."""

import io
import time
from collections.abc import Callable

import skimage.data
from PIL import Image

from colorize_core import load_image
from colorize_core.image.sandbox import Pool

SIZES = ((1632, 1224), (4000, 3000))
ROUNDS = 25


def camera_jpeg(size: tuple[int, int]) -> bytes:
    """A real photograph enlarged, as a camera would store it."""
    photo = Image.fromarray(skimage.data.astronaut()).resize(size, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def seconds(action: Callable[[], object]) -> float:
    """Of one call."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def main() -> None:
    """Print the least of many times, in turns: whatever else runs only adds to them."""
    pool = Pool(warm=1)
    pool.start()
    for size in SIZES:
        jpeg = camera_jpeg(size)
        ways = (lambda j=jpeg: load_image(j), lambda j=jpeg: pool.read(j))
        rounds = [[seconds(way) for way in ways] for _ in range(ROUNDS)]
        here, child = map(min, zip(*rounds, strict=True))
        print(
            f"{size[0] * size[1] / 1e6:.0f} megapixels: {1000 * here:.1f} ms here, "
            f"{1000 * child:.1f} ms in a child: {1000 * (child - here):+.1f} ms, "
            f"{child / here:.2f} of it"
        )
    pool.end()


if __name__ == "__main__":
    main()
