"""What the browser gets of a photo and of its predictions, so that it can colour by itself.

A photo travels as a PNG of its lightness; a prediction as a payload: its temperature table, the
guide that ab is enlarged along and, where there is a distribution, how undecided it is. Both are
made once for each photo; `payload.js` reads them.
"""

import io
import json
import math
import zlib

import numpy as np
from PIL import Image
from torch import Tensor

from colorize_core import Colorizer
from colorize_core.color.classes import entropy_bits
from colorize_core.inference.colorizer import Prediction
from colorize_core.inference.temperature_table import TemperatureTable, build_temperature_table

LOW_BITS = 4
"""Bits of L beyond the first eight: with 8 alone, colours at the rim of sRGB jump, and with 10 the
dark pixels beside strong colours still do, by up to 12 of 255."""
GUIDE_LEVELS = 1023
"""Steps of the guide; the colours follow its edges, so its rounding shows as well."""


def pack_lightness(L: Tensor) -> bytes:
    """L as a grey PNG of twelve bits.

    The upper H rows hold the first eight bits. Below them each byte holds the last four bits of
    two rows, the first of them lowest.

    Args:
        L: (1, 1, H, W), in Lab units.

    Returns:
        A PNG file, W × (H + ⌈H / 2⌉).
    """
    levels = 256 << LOW_BITS
    value = (L[0, 0] / 100 * (levels - 1)).round().clamp(0, levels - 1).short().numpy()
    low = value & ((1 << LOW_BITS) - 1)
    per_byte = 8 // LOW_BITS
    low = np.pad(low, ((0, -len(low) % per_byte), (0, 0))).reshape(-1, per_byte, low.shape[1])
    shifts = LOW_BITS * np.arange(per_byte)[:, None]
    packed = (low << shifts).sum(1)
    rows = np.concatenate((value >> LOW_BITS, packed)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(rows).save(buffer, "PNG")
    return buffer.getvalue()


def build_payload(colorizer: Colorizer, prediction: Prediction) -> bytes:
    """A prediction for the browser, from `Colorizer.predict`."""
    entropy = None
    if colorizer.method.has_temperature:
        entropy = entropy_bits(prediction.output)[0] / math.log2(prediction.output.shape[1])
    return pack_payload(build_temperature_table(colorizer, prediction), prediction.L, entropy)


def pack_payload(table: TemperatureTable, guide: Tensor, entropy: Tensor | None) -> bytes:
    """Length of the head (4 bytes, little-endian), head (JSON), body (zlib).

    The body: steps of ab as differences along T, which are mostly 0; low bytes, then high bytes;
    then the guide in GUIDE_LEVELS steps as differences along each row, likewise; then the entropy
    in 255 steps.

    Args:
        table: (N, 2, h, w) steps.
        guide: L at the size that the network saw, (1, 1, H, W), in [0, 1].
        entropy: as a share of the most there can be, (h, w), in [0, 1]; None without one.
    """
    height, width = table.steps.shape[-2:]
    head = {
        "temperatures": table.temperatures,
        "scale": table.scale,
        "cells": [width, height],
        "guide": [guide.shape[-1], guide.shape[-2]],
        "guideLevels": GUIDE_LEVELS,
        "entropy": entropy is not None,
    }
    steps = table.steps.permute(2, 3, 1, 0).numpy()  # (h, w, 2, N)
    steps = np.diff(steps, axis=-1, prepend=np.int16(0)).astype("<i2")
    level = (GUIDE_LEVELS * guide[0, 0]).round().numpy().astype(np.int16)
    level = np.diff(level, axis=1, prepend=np.int16(0))
    parts = [
        byte.astype(np.uint8) for values in (steps, level) for byte in (values & 255, values >> 8)
    ]
    if entropy is not None:
        parts.append((255 * entropy).round().numpy().astype(np.uint8))
    start = json.dumps(head).encode()
    body = zlib.compress(b"".join(part.tobytes() for part in parts), 6)
    return len(start).to_bytes(4, "little") + start + body
