"""Which methods can be chosen, and which weights they have."""

import shutil

import numpy as np
import pytest
import torch
from support.locked import lock
from support.page import KNOBS, METHODS
from support.tiny import build_tiny, tiny_config

from colorize_core import load_colorizer
from colorize_core.methods import METHODS as REGISTRY
from colorize_core.methods.checkpoint import save_checkpoint
from webpage import handlers, networks, strings


@pytest.fixture
def own(fresh, tmp_path, monkeypatch):
    """`own()`: write a gan of its own seed to a folder that the page looks at; gives the folder."""
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(tmp_path))
    written = []

    def own():
        method = REGISTRY["gan"]
        model = build_tiny(method)
        with torch.no_grad():
            model.network.head.bias += len(written)
        written.append(model)
        save_checkpoint(tmp_path / "gan", method, tiny_config(method), model, {})
        return tmp_path / "gan"

    return own


def test_retrained_weights_are_used_without_a_restart(own):
    own()
    before = handlers.show_example("coffee", *KNOBS, 0, "gan")[0]
    old = np.asarray(before.render(0, *KNOBS))
    folder = own()
    after = handlers.show_example("coffee", *KNOBS, 0, "gan")[0]
    new = load_colorizer("gan", folder)(networks.example("coffee"))
    np.testing.assert_array_equal(after.download(0, *KNOBS), new)
    assert (np.asarray(after.render(0, *KNOBS)) != old).any()
    np.testing.assert_array_equal(before.render(0, 0.5, 1.0), old)  # what was on show still can be


def test_unchanged_weights_are_loaded_once(own):
    own()
    assert networks.colorizer("gan") is networks.colorizer("gan")
    assert networks.column("gan", networks.example("coffee")).colorizer is networks.colorizer("gan")


def test_only_chosen_methods_are_loaded_and_few_are_held(session):
    assert networks._load.cache_info().currsize == len(METHODS)
    assert networks._load.cache_info().maxsize == networks.LOADED < len(REGISTRY)


def test_methods_without_weights_cannot_be_chosen(own, tmp_path):
    own()
    (tmp_path / "gan").rename(tmp_path / "regression")
    own()
    (tmp_path / "regression" / "model.safetensors").unlink()
    assert list(networks.checkpoints()) == ["gan"]


@pytest.mark.parametrize("name", networks.EXAMPLES)
def test_example_is_in_the_wheel(name):
    assert min(networks.example(name).size) >= 256


@pytest.mark.parametrize("damage", ["config", "head", "tensors"])
def test_a_damaged_folder_is_named_and_the_others_work(
    fresh, tiny_checkpoints, tmp_path, monkeypatch, damage
):
    folder = tmp_path / "checkpoints"
    shutil.copytree(tiny_checkpoints, folder)
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(folder))
    weights = folder / "gan" / "model.safetensors"
    if damage == "config":
        (folder / "gan" / "config.json").write_text("{")
    elif damage == "head":
        weights.write_bytes(weights.read_bytes()[:100])
    else:
        shutil.copy(folder / "classification" / "model.safetensors", weights)
    networks.load_studio()
    assert networks.unusable() == ["gan"]
    assert strings.unusable() == (
        "<p class='unusable'>Not available, since their files on this server are damaged: GAN.</p>"
    )
    names = [name for name in METHODS if name != "gan"]
    assert len(handlers.show_example("coffee", *KNOBS, 0, *names)[0].columns) == 2
    shutil.copy(tiny_checkpoints / "gan" / "config.json", folder / "gan")
    shutil.copy(tiny_checkpoints / "gan" / "model.safetensors", folder / "gan")
    assert networks.unusable() == []


def test_a_folder_that_may_not_be_looked_into_is_named(own, monkeypatch):
    folder = own()
    shutil.copytree(folder, folder.with_name("regression"))
    lock(monkeypatch, folder)
    assert (list(networks.checkpoints()), networks.unusable()) == (["regression"], ["gan"])
