"""A 12-megapixel JPEG to a full-size picture, method by method; and one change of temperature."""

import argparse
import io
import resource
import statistics
import time
from collections.abc import Callable

import skimage.data
from PIL import Image

from colorize_core import load_colorizer, load_image
from colorize_core.runs import list_runs

SIZE = (4000, 3000)
ROUNDS = 5


def large_jpeg() -> bytes:
    """A real photograph enlarged to 12 megapixels, as a camera would store it."""
    photo = Image.fromarray(skimage.data.astronaut()).resize(SIZE, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def median_seconds(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median over rounds after one warm-up."""
    action()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    """Print seconds, peak memory and the cost of a change of temperature."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--method", action="append", help="default: every shipped one")
    names = parser.parse_args().method or list(list_runs())
    jpeg = large_jpeg()
    for name in names:
        colorizer = load_colorizer(name)
        full = median_seconds(lambda c=colorizer: c(load_image(jpeg)))
        print(f"{name:16} 12 megapixels: {full:.2f} s from JPEG bytes to picture")
        if colorizer.method.has_temperature:
            _print_temperature(colorizer, load_image(skimage.data.astronaut()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process: {peak:.0f} MB")


def _print_temperature(colorizer, photo: Image.Image) -> None:
    prediction = colorizer.predict(photo)
    whole = median_seconds(lambda: colorizer(photo), 15)
    change = median_seconds(lambda: colorizer.render(photo, prediction, 0.2, max_side=512), 15)
    print(f"{'':16} new T on cached logits, 512-px preview: {1000 * change:.0f} ms", end="")
    print(f" ({change / whole:.2f} of a whole call)")


if __name__ == "__main__":
    main()
