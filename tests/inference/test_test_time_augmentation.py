import pytest
import torch
from torch.nn import functional as F

from colorize_core.errors import ConfigError
from colorize_core.inference.test_time_augmentation import answer
from colorize_core.methods.config import RegressionConfig

VIEWS = [({}, 1), ({"mirror": True}, 2), ({"shift": 1}, 5), ({"shift": 2, "mirror": True}, 10)]


def config(**fields) -> RegressionConfig:
    return RegressionConfig(**fields)


@pytest.mark.parametrize(("fields", "views"), VIEWS)
def test_the_network_sees_as_many_views_as_the_config_asks_for(fields, passes):
    seen = []
    grey = torch.rand(1, 1, 16, 24)

    def network(view):
        seen.extend(view)
        return view

    assert answer(network, grey, config(**fields), 1).shape == grey.shape
    assert len({view.numpy().tobytes() for view in seen}) == len(seen) == passes
    assert config(**fields).passes == passes
    assert all(view.shape == grey.shape[1:] for view in seen)


@pytest.mark.parametrize("stride", [1, 4])
@pytest.mark.parametrize(("fields", "views"), VIEWS)
def test_answers_are_moved_back_to_where_they_belong(fields, passes, stride):
    grey = torch.rand(1, 1, 32, 48)

    def local(view):  # what lies under a cell decides alone
        return F.avg_pool2d(view, stride) ** 2

    averaged = answer(local, grey, config(**fields), stride)
    inside = (..., slice(2, -2), slice(2, -2))  # the border is repeated, not known
    torch.testing.assert_close(averaged[inside], local(grey)[inside])


def test_whims_of_position_cancel_out():
    ramp = torch.arange(24.0).expand(1, 1, 16, 24)
    grey = torch.zeros(1, 1, 16, 24)
    plain, both = (
        answer(
            lambda passes: ramp.repeat(len(passes), 1, 1, 1),
            grey,
            config(mirror=mirror, shift=1),
            1,
        )
        for mirror in (False, True)
    )
    inside = (..., slice(2, -2))
    torch.testing.assert_close(plain[inside], ramp[inside])
    torch.testing.assert_close(both[inside], torch.full_like(both, 11.5)[inside])


def test_pictures_narrower_than_a_shift_have_answers_too():
    grey = torch.rand(1, 1, 16, 16)
    pool = lambda view: F.avg_pool2d(view, 8)  # noqa: E731
    averaged = answer(pool, grey, config(shift=4), 8)
    assert averaged.shape == (1, 1, 2, 2)
    assert averaged.isfinite().all()


@pytest.mark.parametrize("shift", [-1, 5])
def test_impossible_shifts_are_refused(shift):
    with pytest.raises(ConfigError, match=f"shift must lie in 0…4 cells, got {shift}"):
        config(shift=shift)
