"""See the step that a damaged JPEG has from one block on, in a file that decodes without complaint.

A block's mean is coded as a difference to that of the block before it. One wrong bit there shifts
the brightness or a colour of all that follows: along the row's upper edge to the right of the
block, and along the next row's to its left. Edges of the picture itself hardly ever lie so.
"""

import numpy as np
from PIL.JpegImagePlugin import JpegImageFile

_LEAST = 4
"""Blocks on either side of the broken one: with fewer, chance makes such a step."""
_ENOUGH = 64
"""Blocks in a row; in wider pictures neighbours are taken together."""
_CONTRAST = 0.4
"""How much more of the edges jump where the step would be than beside it, beyond chance."""
_STEADY = 0.3
"""So much of its height may differ between the two rows that the step runs along."""
_QUANTA = 2.5
"""Steps of the file's own rounding; smooth pictures at a low quality have single ones."""
_TO_YCC = ((0.299, 0.587, 0.114, 0), (-0.1687, -0.3313, 0.5, 0), (0.5, -0.4187, -0.0813, 0))


def has_step(image: JpegImageFile, pixels: np.ndarray) -> bool:
    """Whether brightness or a colour is shifted from one block on.

    Args:
        image: the opened file.
        pixels: what it decodes to, (H, W, 4), uint8.
    """
    width, height = _block(image)
    width *= max(1, pixels.shape[1] // width // _ENOUGH)
    columns, rows = pixels.shape[1] // width, (pixels.shape[0] - 4) // height
    least = max(_LEAST, columns // 8)
    if rows < 2 or columns < 2 * least:
        return False
    jumps = _jumps(pixels, width, height, rows, columns)
    # Half of the jumps are below the median: what is far above it is no accident.
    noise = 1 + 1.5 * np.median(np.abs(jumps[:, ::2, ::2]), axis=(1, 2))
    votes = np.clip(jumps / noise[:, None, None], -1, 1).cumsum(2)
    cut = np.arange(least, columns - least + 1, dtype=np.float32)
    before = votes[..., least - 1 : columns - least]
    left, right = before / cut, (votes[..., -1:] - before) / (columns - cut)
    # A step runs right of the cut, then one row lower left of it, in one direction.
    first, second = right[:, :-1], left[:, 1:]
    step = np.maximum(np.minimum(first, second), -np.maximum(first, second))
    elsewhere = np.maximum(np.abs(left[:, :-1]), np.abs(right[:, 1:]))
    score = step - elsewhere - 1 / np.sqrt(np.minimum(cut, columns - cut))
    channel, row, place = np.unravel_index(score.argmax(), score.shape)
    if score[channel, row, place] < _CONTRAST:
        return False
    at, found = least + place, jumps[channel]
    parts = found[row, at:], found[row + 1, :at]
    size = abs(np.median(np.concatenate(parts)))
    uneven = abs(np.median(parts[0]) - np.median(parts[1]))
    quantum = image.quantization[image.layer[min(channel, len(image.layer) - 1)][3]][0] / 8
    return bool(
        size > 1.3 * noise[channel] and size > _QUANTA * quantum and uneven < max(1, _STEADY * size)
    )


def _block(image: JpegImageFile) -> tuple[int, int]:
    """Width and height of the blocks that are coded one after another, pixels."""
    if len(image.layer) == 1:
        return 8, 8
    return tuple(8 * max(layer[axis] for layer in image.layer) for axis in (1, 2))


def _jumps(pixels: np.ndarray, width: int, height: int, rows: int, columns: int) -> np.ndarray:
    """(3, rows, columns): by how much Y, Cb and Cr rise at a block's upper edge, beyond the slope.

    Of a block's width two pixels are looked at, or four.
    """
    near = [-2, -1, 0, 1, -4, 3] if height > 8 else [-2, -1, 0, 1]
    lines = height * np.arange(1, rows + 1) + np.array(near)[:, None]
    count = min(4, width // 4)
    # A pixel's four bytes are moved as one number, and so are its four sums: each fits 16 bits.
    whole = pixels.view(np.uint32)[:, 1 : width * columns : width // count, 0][lines]
    samples = whole.view(np.uint8).astype(np.int16).view(np.uint64)
    sums = sum(samples[..., i::count] for i in range(count))
    means = sums.view(np.int16).reshape(len(near), rows, columns, 4)
    a, b, c, d = means[:4]
    sharp = 3 * (c - b) - (d - a)
    # Colours of half the height are smoothed over the edge.
    smooth = 3 * (d - a) - (means[5] - means[4]) if height > 8 else sharp
    planes = [jump.reshape(-1, 4).T.astype(np.float32) for jump in (sharp, smooth)]
    weights = np.float32(_TO_YCC) / np.float32(2 * count)
    return np.concatenate([weights[:1] @ planes[0], weights[1:] @ planes[1]]).reshape(
        3, rows, columns
    )
