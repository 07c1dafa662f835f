import pytest
from PIL import Image

from colorize_core.image.resize import shrink


@pytest.mark.parametrize(
    ("size", "expected"), [((100, 50), (40, 20)), ((30, 40), (30, 40)), ((8, 1000), (1, 40))]
)
def test_shrink_limits_the_long_side(size, expected):
    assert shrink(Image.new("RGB", size), 40).size == expected
