import torch

from colorize_core.color.conversions import AB_SCALE
from colorize_core.data.hints import WITHOUT, simulate_hints


def draw(pictures: int = 400) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(3)
    ab = 60 * torch.rand(pictures, 2, 1, 1).expand(-1, -1, 16, 24) - 30
    return ab, simulate_hints(ab)


def test_half_of_the_pictures_have_none():
    _, hints = draw()
    without = (hints.flatten(1) == 0).all(1).float().mean()
    assert abs(without - WITHOUT) < 0.08


def test_hints_tell_the_truth():
    ab, hints = draw()
    given = hints[:, 2:].expand(-1, 2, -1, -1) == 1
    assert torch.allclose(hints[:, :2][given] * AB_SCALE, ab[given], atol=1e-3)
    assert (hints[:, :2][~given] == 0).all()


def test_their_number_is_geometric():
    """Few as a rule, many now and then; so that one hint is learnt as well as ten."""
    _, hints = draw()
    cells = hints[:, 2].sum((1, 2))
    cells = cells[cells > 0]
    assert (cells <= 9).float().mean() > 0.2
    assert (cells > 40).float().mean() > 0.1


def test_a_hint_says_the_mean_of_what_it_covers():
    torch.manual_seed(0)
    ab = torch.zeros(200, 2, 16, 16)
    ab[:, :, ::2] = 20  # rows in turn
    hints = simulate_hints(ab)
    squares = hints[:, 2].sum((1, 2)) == 9
    single = hints[squares]
    rows = single[:, 2].amax(2)
    whole = rows.sum(1) == 3  # one square alone
    assert whole.any()
    said = single[whole][:, 0][single[whole][:, 2] == 1] * AB_SCALE
    assert (((said - 20 / 3).abs() < 1e-3) | ((said - 40 / 3).abs() < 1e-3)).all()
