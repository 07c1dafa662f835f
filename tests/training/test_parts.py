"""The schedule, the average, the state file, the seeds."""

import pytest
import torch

from colorize_core.data.folders import spread
from colorize_core.training.average import DECAY, build_average
from colorize_core.training.schedule import PATIENCE, Plateau, learning_rate_factor
from colorize_core.training.seeds import generator_for, seed_for
from colorize_core.training.state import load_state, save_state


def test_a_plateau_lowers_the_learning_rate():
    plateau = Plateau()
    assert plateau.see(1.0)
    assert [plateau.see(1.0) for _ in range(PATIENCE)] == [False] * PATIENCE
    assert plateau.drops == 1
    assert learning_rate_factor(0.5, "plateau", plateau.drops) == pytest.approx(0.1)
    assert plateau.see(0.5)
    assert plateau.drops == 1


def test_a_rate_may_rise_and_fall_in_lines():
    rates = [learning_rate_factor(p, "line") for p in (0, 0.1, 0.2, 0.6, 1)]
    assert rates == pytest.approx([1e-3, 0.5, 1, 0.5, 1e-3])


def test_the_learning_rate_rises_and_falls():
    rates = [learning_rate_factor(i / 1000) for i in range(1001)]
    peak = rates.index(max(rates))
    assert rates[0] < 0.1
    assert max(rates) == pytest.approx(1)
    assert 0 < peak < 100
    assert rates[:peak] == sorted(rates[:peak])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[-1] == pytest.approx(0.01)


def test_spread_takes_evenly():
    assert spread(list(range(10)), 5) == [0, 2, 4, 6, 8]
    assert spread([1, 2], 5) == [1, 2]
    assert spread([1, 2], None) == [1, 2]


def test_the_average_follows_the_weights_slowly():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    with torch.no_grad():
        model[0].weight.fill_(0.0)
    average = build_average(model)
    values = []
    for step in range(200):
        average.update_parameters(model)
        values.append(average.module[0].weight[0, 0].item())
        with torch.no_grad():
            model[0].weight.fill_(1.0)
        model[1].running_mean.fill_(step)
    assert values[0] == 0
    assert values[1] == pytest.approx(1 - 2 / 12), "early updates move fast"
    assert values == sorted(values)
    assert values[-1] == pytest.approx(1, abs=1e-3)
    assert (average.module[1].running_mean == 198).all()
    assert model[0].weight.requires_grad
    assert not average.module[0].weight.requires_grad
    assert not average.training


def test_the_average_keeps_a_little_of_every_step():
    model = torch.nn.Linear(1, 1)
    average = build_average(model)
    average.n_averaged.fill_(100_000)
    before = average.module.weight.item()
    with torch.no_grad():
        model.weight.fill_(before + 1)
    average.update_parameters(model)
    assert average.module.weight.item() == pytest.approx(before + 1 - DECAY, abs=1e-6)


def test_seeds_are_the_same_in_every_process():
    assert seed_for(0, 3, 1, "network") == 3_972_999_874_659_980_183
    parts = [(0, 0), (0, 1), (1, 0), ("00",), (0, 0, "batches")]
    assert len({seed_for(*some) for some in parts}) == len(parts)
    assert all(0 <= seed_for(*some) < 2**63 for some in parts)
    draws = [torch.rand(1, generator=generator_for(torch.device("cpu"), 1, "a")) for _ in "ab"]
    assert draws[0] == draws[1]


def test_a_state_round_trips_with_its_types(tmp_path):
    state = {
        "tensors": {"a": torch.arange(3), "b/c": torch.rand(2, 2).half()},
        "state": {0: {"step": torch.tensor(4.0)}, 1: {}},
        "list": [1, 2.5, None, True, "text", [torch.zeros(0)]],
    }
    save_state(tmp_path, state)
    found = load_state(tmp_path)
    assert found["state"].keys() == {0, 1}, "keys stay integers"
    assert found["list"][:5] == state["list"][:5]
    assert torch.equal(found["tensors"]["b/c"], state["tensors"]["b/c"])
    assert found["tensors"]["a"].dtype == torch.int64
    assert found["list"][5][0].shape == (0,)
