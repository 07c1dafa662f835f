"""docs/lesson.md: its numbers are the code's."""

import pytest
from support.serving import ROOT

from colorize_core.errors import DataError
from colorize_core.evaluation.lesson import leaf_numbers, lesson, space_numbers

PAGE = ROOT / "docs" / "lesson.md"


def test_lesson_is_what_the_code_computes():
    text = "docs/lesson.md is stale; run: colorize lesson --out docs/lesson.md"
    assert PAGE.read_text(encoding="utf-8") == lesson(), text


def test_leaf_by_hand():
    numbers = leaf_numbers()
    assert numbers["leaf_mean"] == "(15, 40)"  # 0.6 · 55 - 0.4 · 45, and 40
    assert numbers["leaf_error_red"] == "4000"  # 0.4 · 100²
    assert numbers["leaf_error_mean"] == "2400"  # 0.6 · 40² + 0.4 · 60²
    assert numbers["leaf_entropy"] == "0.97"


def test_weights_by_hand():
    """1 / (0.5 p + 0.25) for p = 0.9 and 0.1, scaled so that the mean over pixels is 1."""
    grey, red = 1 / 0.7, 1 / 0.3
    mean = 0.9 * grey + 0.1 * red
    numbers = space_numbers()
    assert numbers["weight_grey"] == f"{grey / mean:.2f}"
    assert numbers["weight_red"] == f"{red / mean:.2f}"


def test_lesson_without_measures_says_how_to_make_them(tmp_path):
    with pytest.raises(DataError, match="--sweep"):
        lesson(tmp_path)
