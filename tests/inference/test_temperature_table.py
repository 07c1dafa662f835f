"""The ladder of temperatures, and the files in which it reaches the browser."""

import io
import json
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from colorize_core import load_colorizer
from colorize_core.color.classes import entropy_bits
from colorize_core.errors import ConfigError
from colorize_core.inference.temperature_table import LEVELS, TEMPERATURES, build_temperature_table
from colorize_core.methods import METHODS
from webpage import payload

# One of each kind: with a temperature on both planes, and without one.
NAMES = ("classification", "cifar-yuv-class", "regression")


@pytest.fixture(scope="module", params=NAMES)
def predicted(request, tiny_checkpoints, make_photo):
    """A method and its prediction of a photo."""
    colorizer = load_colorizer(request.param, tiny_checkpoints / request.param)
    return colorizer, colorizer.predict(make_photo(90, 60, seed=4))


def test_rungs_ascend_from_mode_to_mean_and_are_dense_near_0():
    assert TEMPERATURES[0] == 0
    assert TEMPERATURES[-1] == 1
    steps = np.diff(TEMPERATURES)
    assert (steps > 0).all()
    assert steps[:15].max() < 0.011 < steps[-1]


def test_temperature_table_holds_what_the_method_decodes(predicted):
    colorizer, prediction = predicted
    temperature_table = build_temperature_table(colorizer, prediction)
    assert int(temperature_table.steps.abs().max()) == LEVELS
    for T in (0, 0.09, 0.4, 1):
        expected = colorizer.predict_ab(prediction, T)
        torch.testing.assert_close(
            temperature_table.ab(T), expected, atol=0.51 * temperature_table.scale, rtol=0
        )


def test_temperature_table_has_one_rung_without_a_temperature(predicted):
    colorizer, prediction = predicted
    count = len(TEMPERATURES) if METHODS[colorizer.method.name].has_temperature else 1
    assert len(build_temperature_table(colorizer, prediction).temperatures) == count


def test_between_two_rungs_lies_their_mean(predicted):
    temperature_table = build_temperature_table(*predicted)
    middle = (temperature_table.ab(0.4) + temperature_table.ab(0.44)) / 2
    torch.testing.assert_close(temperature_table.ab(0.42), middle, atol=1e-3, rtol=0)


@pytest.mark.parametrize("temperatures", [(), (0.5, 0.5), (0.5, 0.2), (-0.1, 1), (0, 1.1)])
def test_build_temperature_table_refuses_what_is_no_temperature_table(predicted, temperatures):
    with pytest.raises(ConfigError, match="temperatures must"):
        build_temperature_table(*predicted, temperatures)


@pytest.mark.parametrize("T", [-0.01, 1.01])
def test_temperature_table_refuses_a_temperature_outside(predicted, T):
    with pytest.raises(ConfigError, match=str(T)):
        build_temperature_table(*predicted).ab(T)


@pytest.mark.parametrize("height", [1, 2, 7, 12])
def test_lightness_keeps_twelve_bits(height):
    L = 100 * torch.rand(1, 1, height, 7, generator=torch.Generator().manual_seed(height))
    with Image.open(io.BytesIO(payload.pack_lightness(L))) as picture:
        rows = np.asarray(picture).astype(int)
    y = np.arange(height)
    low = rows[height + y // 2] >> (4 * (y % 2))[:, None] & 15
    read = 100 * (16 * rows[:height] + low) / 4095
    np.testing.assert_allclose(read, L[0, 0], atol=50.1 / 4095)


def test_payload_holds_temperature_table_guide_and_entropy(predicted):
    colorizer, prediction = predicted
    packed = payload.build_payload(colorizer, prediction)
    start = 4 + int.from_bytes(packed[:4], "little")
    head = json.loads(packed[4:start])
    body = np.frombuffer(zlib.decompress(packed[start:]), np.uint8)
    temperature_table = build_temperature_table(colorizer, prediction)
    (w, h), count = head["cells"], len(head["temperatures"])
    size = 2 * w * h * count
    differences = body[:size].astype(np.int16) | body[size : 2 * size].astype(np.int16) << 8
    steps = differences.reshape(h, w, 2, count).cumsum(-1)
    np.testing.assert_array_equal(steps, temperature_table.steps.permute(2, 3, 1, 0))
    pixels = head["guide"][0] * head["guide"][1]
    rest, levels = body[2 * size :], head["guideLevels"]
    rows = rest[:pixels].astype(np.int16) | rest[pixels : 2 * pixels].astype(np.int16) << 8
    guide = rows.reshape(head["guide"][::-1]).cumsum(1) / levels
    np.testing.assert_allclose(guide, prediction.L[0, 0], atol=0.51 / levels)
    assert head["entropy"] == colorizer.method.has_temperature
    if head["entropy"]:
        bits = rest[2 * pixels :].reshape(h, w) / 255 * np.log2(prediction.output.shape[1])
        np.testing.assert_allclose(bits, entropy_bits(prediction.output)[0], atol=0.02)
