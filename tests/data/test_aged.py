"""The old-photo filter."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from colorize_core.color.conversions import chroma, rgb_to_lab
from colorize_core.data.aged import Degradation, age
from colorize_core.metrics.scores import to_tensor

NEW = Degradation(0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0, 0.0, 95)


@pytest.fixture(scope="module")
def photo(make_photo):
    return make_photo(160, 120, seed=3)


def tones(picture) -> np.ndarray:
    return np.asarray(picture.convert("L")).astype(float)


def test_the_same_seed_ages_alike_and_another_does_not(photo):
    first = np.asarray(age(photo, 1))
    assert (first == np.asarray(age(photo, 1))).all()
    assert (first != np.asarray(age(photo, 2))).any()
    assert first.shape == (120, 160, 3)


def test_a_new_print_is_the_photo_in_grey(photo):
    made = age(photo, 0, NEW)
    assert np.abs(tones(made) - tones(photo)).max() <= 6  # JPEG
    assert float(chroma(rgb_to_lab(to_tensor(made))[:, 1:]).max()) < 2


@pytest.mark.parametrize("seed", range(6))
def test_no_color_of_the_photo_is_left(photo, seed):
    """Toned paper has one hue: ab lies on a line."""
    ab = rgb_to_lab(to_tensor(age(photo, seed, replace(NEW, sepia=1.0))))[0, 1:].flatten(1)
    spread = torch.linalg.svdvals(ab)
    assert spread[1] < 0.15 * spread[0]
    assert ab[1].mean() > 5


@pytest.mark.parametrize(
    ("change", "effect"),
    [
        ({"blur": 8.0}, lambda new, old: np.abs(np.diff(old)).mean() < np.abs(np.diff(new)).mean()),
        ({"black": 0.2}, lambda new, old: old.min() > 45),
        ({"white": 0.8}, lambda new, old: old.max() < 210),
        ({"gamma": 0.5}, lambda new, old: old.mean() > new.mean() + 10),
        ({"vignette": 0.4}, lambda new, old: old[:9, :9].mean() < 0.75 * new[:9, :9].mean()),
        ({"grain": 0.05}, lambda new, old: (old - new).std() > 6),
        ({"dust": 25}, lambda new, old: 0.002 < (np.abs(old - new) > 40).mean() < 0.05),
        ({"quality": 10}, lambda new, old: np.abs(old - new).mean() > 1),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_every_step_does_what_it_says(photo, change, effect):
    assert effect(tones(age(photo, 0, NEW)), tones(age(photo, 0, replace(NEW, **change))))
