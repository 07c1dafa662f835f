"""The table of temperatures, and the files in which it reaches the browser."""

import io
import json
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from colorize_core import load_colorizer
from colorize_core.color.classes import entropy_bits
from colorize_core.inference.temperature_table import STEPS, TEMPERATURES, build_temperature_table
from colorize_core.methods import METHODS
from webpage import payload

# One of each kind: with a temperature on both planes, and without one.
NAMES = ("classification", "cifar-yuv-class", "regression")


@pytest.fixture(scope="module", params=NAMES)
def predicted(request, tiny_checkpoints, make_photo):
    """A method and its prediction of a photo."""
    colorizer = load_colorizer(request.param, tiny_checkpoints / request.param)
    return colorizer, colorizer.predict(make_photo(90, 60, seed=4))


def test_levels_ascend_from_mode_to_mean_and_are_dense_near_0():
    assert TEMPERATURES[0] == 0
    assert TEMPERATURES[-1] == 1
    steps = np.diff(TEMPERATURES)
    assert (steps > 0).all()
    assert steps[:15].max() < 0.011 < steps[-1]


def test_a_table_holds_what_the_method_decodes(predicted):
    colorizer, prediction = predicted
    table = build_temperature_table(colorizer, prediction)
    assert int(table.steps.abs().max()) == STEPS
    for level, T in enumerate(table.temperatures):
        expected, ab = colorizer.predict_ab(prediction, T), table.scale * table.steps[[level]]
        torch.testing.assert_close(ab, expected, atol=0.51 * table.scale, rtol=0)


def test_a_table_has_one_level_without_a_temperature(predicted):
    colorizer, prediction = predicted
    count = len(TEMPERATURES) if METHODS[colorizer.method.name].has_temperature else 1
    assert len(build_temperature_table(colorizer, prediction).temperatures) == count


@pytest.mark.parametrize("height", [1, 2, 7, 12])
def test_lightness_keeps_twelve_bits(height):
    L = 100 * torch.rand(1, 1, height, 7, generator=torch.Generator().manual_seed(height))
    with Image.open(io.BytesIO(payload.pack_lightness(L))) as picture:
        rows = np.asarray(picture).astype(int)
    y = np.arange(height)
    low = rows[height + y // 2] >> (4 * (y % 2))[:, None] & 15
    read = 100 * (16 * rows[:height] + low) / 4095
    np.testing.assert_allclose(read, L[0, 0], atol=50.1 / 4095)


def test_a_payload_holds_table_guide_and_entropy(predicted):
    colorizer, prediction = predicted
    packed = payload.build_payload(colorizer, prediction)
    start = 4 + int.from_bytes(packed[:4], "little")
    head = json.loads(packed[4:start])
    body = np.frombuffer(zlib.decompress(packed[start:]), np.uint8)
    table = build_temperature_table(colorizer, prediction)
    (w, h), count = head["cells"], len(head["temperatures"])
    size = 2 * w * h * count
    differences = body[:size].astype(np.int16) | body[size : 2 * size].astype(np.int16) << 8
    steps = differences.reshape(h, w, 2, count).cumsum(-1)
    np.testing.assert_array_equal(steps, table.steps.permute(2, 3, 1, 0))
    pixels = head["guide"][0] * head["guide"][1]
    rest, levels = body[2 * size :], head["guideLevels"]
    rows = rest[:pixels].astype(np.int16) | rest[pixels : 2 * pixels].astype(np.int16) << 8
    guide = rows.reshape(head["guide"][::-1]).cumsum(1) / levels
    np.testing.assert_allclose(guide, prediction.L[0, 0], atol=0.51 / levels)
    assert head["entropy"] == colorizer.method.has_temperature
    if head["entropy"]:
        bits = rest[2 * pixels :].reshape(h, w) / 255 * np.log2(prediction.output.shape[1])
        np.testing.assert_allclose(bits, entropy_bits(prediction.output)[0], atol=0.02)
