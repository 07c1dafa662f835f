"""A 12-megapixel JPEG to a full-size picture, method by method; and one change of temperature.

Each time is printed as a multiple of what Pillow takes to decode and encode the same file, too: of
the clock, and of processor time, which says more on a machine that is busy with other things.
"""

import argparse
import io
import itertools
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
QUALITY = 92


def large_jpeg() -> bytes:
    """A real photograph enlarged to 12 megapixels, as a camera would store it."""
    photo = Image.fromarray(skimage.data.astronaut()).resize(SIZE, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def copy_jpeg(content: bytes) -> None:
    """Decode and encode a file as it is."""
    Image.open(io.BytesIO(content)).save(io.BytesIO(), "JPEG", quality=QUALITY)


def ratios(action: Callable[[], object], other: Callable[[], object]) -> tuple[float, float, float]:
    """Seconds of an action, and how often the other fits in: by the clock, by processor time.

    The two take turns, so that both see the same machine; medians over rounds after a warm-up.
    """
    action(), other()
    times = []
    for _ in range(ROUNDS):
        marks = [(time.perf_counter(), time.process_time())]
        for step in (action, other):
            step()
            marks.append((time.perf_counter(), time.process_time()))
        steps = list(itertools.pairwise(marks))
        times.append([after[i] - before[i] for i in (0, 1) for before, after in steps])
    wall, wall_of_other, busy, busy_of_other = map(statistics.median, zip(*times, strict=True))
    return wall, wall / wall_of_other, busy / busy_of_other


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
        full, *times = ratios(lambda c=colorizer: c(load_image(jpeg)), lambda: copy_jpeg(jpeg))
        print(
            f"{name:16} 12 megapixels: {full:.2f} s from JPEG bytes to picture, {times[0]:.1f} × "
            f"Pillow's decoding and encoding ({times[1]:.1f} × its processor time)"
        )
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
