import pytest
import torch
from torch.nn import functional as F

from colorize_core.inference.test_time_augmentation import answer


@pytest.mark.parametrize(("mirror", "passes"), [(False, 1), (True, 2)])
def test_the_network_is_asked_for_as_many_passes_as_the_config_says(mirror, passes):
    seen = []
    grey = torch.rand(1, 1, 16, 24)

    def network(batch, hints=None):
        seen.extend(batch)
        return batch

    assert answer(network, grey, mirror).shape == grey.shape
    assert len({one.numpy().tobytes() for one in seen}) == len(seen) == passes
    assert all(one.shape == grey.shape[1:] for one in seen)


@pytest.mark.parametrize("mirror", [False, True])
def test_answers_are_turned_back_to_where_they_belong(mirror):
    grey = torch.rand(1, 1, 32, 48)

    def local(batch, hints=None):  # what lies under a cell decides alone
        return F.avg_pool2d(batch, 4) ** 2

    torch.testing.assert_close(answer(local, grey, mirror), local(grey))


def test_whims_of_position_cancel_out():
    ramp = torch.arange(24.0).expand(1, 1, 16, 24)
    grey = torch.zeros(1, 1, 16, 24)

    def whimsical(batch, hints=None):
        return ramp.repeat(len(batch), 1, 1, 1)

    torch.testing.assert_close(answer(whimsical, grey, False), ramp)
    torch.testing.assert_close(answer(whimsical, grey, True), torch.full_like(ramp, 11.5))


def test_hints_are_mirrored_with_the_photo():
    grey, hints = torch.rand(1, 1, 8, 8), torch.rand(1, 3, 2, 2)

    def repeat(batch, given):
        return given

    torch.testing.assert_close(answer(repeat, grey, True, hints), hints)
