from dataclasses import replace

import pytest
import torch
from support.tiny import build_tiny, tiny_config

from colorize_core import METHODS, Hint
from colorize_core.color.conversions import AB_SCALE
from colorize_core.errors import ConfigError
from colorize_core.inference.colorizer import Colorizer
from colorize_core.inference.hints import place_hints

RED, BLUE = (200, 30, 30), (30, 30, 200)


@pytest.fixture
def colorizer() -> Colorizer:
    """A network whose every cell says the class that its own hint names, and nothing without."""
    method = METHODS["classification"]
    config = replace(tiny_config(method), hints=True, mirror=True)
    module = method.build(config).eval()
    centres = module.centres

    class Repeats(torch.nn.Module):
        stride, size_divisor = 4, 32

        def forward(self, L, hints=None):
            if hints is None:
                hints = L.new_zeros(len(L), 3, L.shape[-2] // 4, L.shape[-1] // 4)
            ab = hints[:, :2].movedim(1, -1) * AB_SCALE  # (B, h, w, 2)
            near = -torch.cdist(ab.flatten(1, 2), centres).unflatten(1, ab.shape[1:3])
            return near.movedim(-1, 1)

    module.network = Repeats()
    return Colorizer(method, config, module, torch.device("cpu"))


def test_a_hint_colours_its_own_place_and_no_other(colorizer, make_photo):
    photo = make_photo(120, 80, seed=1)
    plain, hinted = colorizer(photo, 0.0), colorizer(photo, 0.0, hints=[Hint(100, 10, RED)])
    there, far = hinted.getpixel((100, 10)), (10, 70)
    assert there[0] > there[2] + 20
    assert hinted.getpixel(far) == plain.getpixel(far)
    assert hinted.getpixel((20, 10)) == plain.getpixel((20, 10))  # nor its mirror image


def test_every_hint_counts_where_it_lies():
    given = place_hints([Hint(0, 0, RED), Hint(99, 49, BLUE)], (100, 50), 8, 16)
    assert given.shape == (1, 3, 8, 16)
    assert given[0, 2].sum() == 2
    assert given[0, 2, 0, 0] == given[0, 2, 7, 15] == 1
    assert torch.allclose(given[0, :2, 0, 0] * AB_SCALE, Hint(0, 0, RED).ab)
    assert given[0, 1, 7, 15] < 0 < given[0, 1, 0, 0]


def test_hints_in_one_cell_count_by_their_mean():
    given = place_hints([Hint(0, 0, RED), Hint(1, 1, BLUE)], (100, 50), 8, 16)
    mean = (Hint(0, 0, RED).ab + Hint(0, 0, BLUE).ab) / 2
    assert torch.allclose(given[0, :2, 0, 0] * AB_SCALE, mean, atol=1e-4)


@pytest.mark.parametrize(("x", "y"), [(120, 0), (0, 80)])
def test_a_hint_outside_the_photo_is_refused(x, y, colorizer, make_photo):
    with pytest.raises(ConfigError, match=rf"\({x}, {y}\) lies outside the photo of 120 × 80"):
        colorizer(make_photo(120, 80, seed=1), hints=[Hint(x, y, RED)])


@pytest.mark.parametrize("place", [(-1, 0), (0.5, 0), (0, float("nan"))], ids=str)
def test_a_place_that_cannot_be_is_refused(place):
    with pytest.raises(ConfigError, match="whole pixels"):
        Hint(*place, RED)


@pytest.mark.parametrize("rgb", ["red", (1, 2), (0, 0, 256), (0.5, 0, 0)], ids=str)
def test_what_is_no_colour_is_refused(rgb):
    with pytest.raises(ConfigError, match="three whole numbers from 0 to 255"):
        Hint(0, 0, rgb)


def test_a_hint_is_read_from_text():
    assert Hint.parse("120, 80,#C81e1E") == Hint(120, 80, RED)


@pytest.mark.parametrize(
    "text", ["", "1,2", "1,2,red", "-1,2,#aa3322", "1,2,#aa332", "1;2;#aa3322"]
)
def test_other_text_is_refused(text):
    with pytest.raises(ConfigError, match="x,y,#rrggbb"):
        Hint.parse(text)


def test_a_method_without_hints_says_so(make_photo):
    method = METHODS["regression"]
    module = build_tiny(method).eval()
    colorizer = Colorizer(method, tiny_config(method), module, torch.device("cpu"))
    with pytest.raises(ConfigError, match="weights of regression take no hints"):
        colorizer(make_photo(64, 64, seed=1), hints=[Hint(1, 1, RED)])
