import math

import pytest
import torch

from colorize_core.metrics.blotches import blotches


def picture(L: torch.Tensor, hue: torch.Tensor, chroma: float = 20.0) -> torch.Tensor:
    """L and hue in degrees, (H, W) each, -> (1, 3, H, W)."""
    radians = hue * math.pi / 180
    return torch.stack((L, chroma * radians.cos(), chroma * radians.sin()))[None]


FLAT = torch.full((80, 100), 50.0)
HALVES = torch.zeros(80, 100)
HALVES[:, 50:] = 90.0  # degrees


def test_a_plain_wall_in_two_hues_is_blotchy():
    assert blotches(picture(FLAT, HALVES)).item() == pytest.approx(100)


def test_the_same_hues_on_two_walls_are_not():
    L = torch.where(HALVES > 0, 80.0, 30.0)
    assert blotches(picture(L, HALVES)).item() == 0


@pytest.mark.parametrize(("turn", "expected"), [(40.0, 0.0), (80.0, 100.0)])
def test_hues_may_turn_a_little(turn, expected):
    hue = torch.linspace(0, turn / 0.9, 100).expand(80, 100)
    assert blotches(picture(FLAT, hue)).item() == pytest.approx(expected)


def test_red_is_one_hue_on_both_sides_of_zero():
    hue = torch.linspace(-25, 25, 100).expand(80, 100)
    assert blotches(picture(FLAT, hue)).item() == 0


def test_nearly_grey_has_no_hue():
    assert blotches(picture(FLAT, HALVES, chroma=4.0)).item() == 0


def test_only_the_blotchy_region_counts():
    L, hue = FLAT.clone(), HALVES.clone()
    L[40:] = 90.0
    hue[40:] = 200.0
    found = blotches(picture(L, hue)).item()
    assert 40 < found < 50  # but for the edge between both


def test_specks_are_no_blotch():
    hue = torch.zeros(80, 100)
    hue[:4, :4] = 120.0
    assert blotches(picture(FLAT, hue)).item() == 0


def test_pictures_are_measured_one_by_one():
    both = torch.cat((picture(FLAT, HALVES), picture(FLAT, torch.zeros_like(FLAT))))
    assert blotches(both).tolist() == pytest.approx([100, 0])
