"""What a classification network says of one place."""

import math

import pytest
import torch

from colorize_core import load_colorizer
from colorize_core.color.classes import entropy_bits
from colorize_core.errors import ConfigError
from colorize_core.inference.probe import probe


@pytest.mark.parametrize("name", ["classification", "cifar-yuv-class"])
def test_probe_is_the_cell_of_the_prediction(tiny_checkpoints, make_photo, name):
    colorizer = load_colorizer(name, tiny_checkpoints / name)
    prediction = colorizer.predict(make_photo(90, 60))
    found = probe(colorizer, prediction, 0.7, 0.2)
    h, w = prediction.output.shape[-2:]
    assert (found.row, found.column) == (int(0.2 * h), int(0.7 * w))
    logits = prediction.output[0, :, found.row, found.column].float()
    torch.testing.assert_close(found.probability, logits.softmax(0))
    bits = entropy_bits(prediction.output)[0, found.row, found.column]
    assert found.entropy == pytest.approx(float(bits), abs=1e-4)
    assert found.top(3)[0] == int(logits.argmax())
    mode = colorizer.predict_ab(prediction, 0)[0, :, found.row, found.column]
    torch.testing.assert_close(found.ab[int(logits.argmax())], mode, atol=1e-3, rtol=0)


@pytest.mark.parametrize("place", [(1.0, 0.5), (0.5, -0.1), (math.nan, 0)])
def test_probe_refuses_a_place_outside(tiny_checkpoints, make_photo, place):
    colorizer = load_colorizer("classification", tiny_checkpoints / "classification")
    with pytest.raises(ConfigError, match="place"):
        probe(colorizer, colorizer.predict(make_photo()), *place)


def test_probe_refuses_a_method_without_distribution(tiny_checkpoints, make_photo):
    colorizer = load_colorizer("regression", tiny_checkpoints / "regression")
    with pytest.raises(ConfigError, match="regression"):
        probe(colorizer, colorizer.predict(make_photo()), 0.5, 0.5)
