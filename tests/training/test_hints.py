import torch
from support.training import options, small_config, teach

from colorize_core.methods import METHODS
from colorize_core.methods.checkpoint import read_checkpoint
from colorize_core.training.pretrained import copy_network
from colorize_core.training.state import load_state

NAME = "classification"


def heard(model: dict[str, torch.Tensor]) -> bool:
    """Whether the last layers that hints go through, which begin at 0, have moved."""
    return all(model[f"network.hint_paths.{i}.tell.weight"].any() for i in range(4))


def test_hints_are_learnt_from(photo_folder, tmp_path):
    run = options(photo_folder, tmp_path)
    assert heard(load_state(teach(NAME, run, hints=True))["modules"]["model"])
    assert read_checkpoint(run.out).config.hints


def test_a_network_with_hints_starts_from_one_without(tmp_path, photo_folder):
    folder = teach(NAME, options(photo_folder, tmp_path))
    model = METHODS[NAME].build(small_config(NAME, hints=True))
    copy_network(folder, model)
    other = METHODS[NAME].build(small_config(NAME))
    copy_network(folder, other)
    L = torch.rand(1, 1, 64, 64)
    assert torch.equal(model.eval()(L), other.eval()(L))


def test_a_network_with_hints_starts_from_another_whole(tmp_path, photo_folder):
    folder = teach(NAME, options(photo_folder, tmp_path), hints=True)
    model = METHODS[NAME].build(small_config(NAME, hints=True))
    copy_network(folder, model)
    assert heard(model.state_dict())
