"""How sure a number is: intervals hold what they say, and take the classes that are there."""

import numpy as np
import pytest
from scipy.stats import bootstrap

from colorize_core.metrics.bootstrap import _draws, resample_class_mean, resample_mean


def width(found) -> float:
    low, high = found.interval()
    return high - low


def test_the_interval_holds_the_mean_and_narrows_with_more_pictures():
    numbers = np.random.default_rng(0).normal(10, 2, 400)
    few, many = resample_mean(numbers[:40]), resample_mean(numbers)
    for found, part in ((few, numbers[:40]), (many, numbers)):
        assert found.value == pytest.approx(part.mean())
        assert width(found) == pytest.approx(2 * 1.96 * part.std() / np.sqrt(len(part)), rel=0.15)
    assert width(many) < width(few)


def test_the_interval_of_skewed_numbers_is_that_of_scipy():
    numbers = np.random.default_rng(1).lognormal(0, 1, 60)
    theirs = bootstrap((numbers,), np.mean, n_resamples=5000, method="BCa", rng=0)
    low, high = resample_mean(numbers).interval()
    assert (low, high) == pytest.approx(theirs.confidence_interval, rel=0.04)
    assert high - numbers.mean() > 1.2 * (numbers.mean() - low)


@pytest.mark.parametrize("numbers", [[3.0], [3.0, 3.0, 3.0], [0.0] * 50, [0.1] * 7])
def test_equal_numbers_leave_nothing_open(numbers):
    found = resample_mean(np.array(numbers)).summary()
    assert found["low"] == found["value"] == found["high"] == numbers[0]


def test_intervals_are_the_same_in_every_process():
    numbers = np.random.default_rng(3).normal(0, 5, 30)
    before = resample_mean(numbers).interval()
    _draws.cache_clear()
    assert resample_mean(numbers).interval() == before


def test_a_difference_is_that_of_the_same_pictures():
    numbers = np.random.default_rng(2).normal(0, 5, 100)
    better = resample_mean(numbers + 1) - resample_mean(numbers)
    assert better.value == pytest.approx(1)
    assert better.interval() == pytest.approx((1, 1))


def test_the_class_mean_is_that_of_the_classes_that_are_there():
    """Two pictures of class 0 and one of class 1; nobody has class 2."""
    weights = np.array([[10, 0, 0], [30, 0, 0], [0, 5, 0]])
    numerators = np.array([[5, 0, 0], [3, 0, 0], [0, 4, 0]])
    found = resample_class_mean(numerators, weights)
    assert found.value == pytest.approx((8 / 40 + 4 / 5) / 2)
    assert found.left_out.tolist() == pytest.approx([(0.1 + 0.8) / 2, (0.5 + 0.8) / 2, 0.2])


def test_intervals_of_the_class_mean_hold_what_other_pictures_give():
    """Rare classes differ in difficulty, and which are there is a matter of chance."""
    random = np.random.default_rng(3)
    classes, count = 60, 200
    share = 0.6 ** np.arange(classes) + 0.004
    right = random.uniform(0.2, 0.9, classes)

    def sample() -> tuple[np.ndarray, np.ndarray]:
        weights = 20.0 * (random.uniform(size=(count, classes)) < share)
        return weights * (right + random.normal(0, 0.05, (count, classes))), weights

    found = [resample_class_mean(*sample()) for _ in range(200)]
    goal = np.mean([one.value for one in found])
    hits = [low <= goal <= high for low, high in (one.interval() for one in found)]
    assert 0.85 < np.mean(hits) < 0.99
    spread = np.std([one.value for one in found])
    assert np.mean([width(one) for one in found]) == pytest.approx(2 * 1.96 * spread, rel=0.25)
