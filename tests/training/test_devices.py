"""Where training runs, and how exactly it computes."""

import pytest
import torch
from support.training import (
    options,
    small_config,
)

from colorize_core.errors import ConfigError
from colorize_core.methods import METHODS
from colorize_core.runs import read_history
from colorize_core.training import devices
from colorize_core.training.engine import train
from colorize_core.training.state import load_state


@pytest.mark.parametrize("device", ["tpu", "cuda:7"])
def test_an_unknown_device_is_refused(device):
    with pytest.raises(ConfigError, match=f"must be auto, cpu, cuda or mps, got '{device}'"):
        devices.build_accelerator(device)


@pytest.mark.parametrize("units", [True, False])
def test_bf16_is_taken_where_the_processor_multiplies_it_faster(units, monkeypatch):
    monkeypatch.setattr(devices, "has_matrix_units", lambda: units)
    cpu = devices.build_accelerator("cpu")
    assert cpu.mixed_precision == ("bf16" if units else "no")
    assert devices.hardware_name(cpu).endswith("bf16") == units
    for asked, found in (("fp32", "no"), ("bf16", "bf16")):
        assert devices.build_accelerator("cpu", asked).mixed_precision == found


def test_a_pytorch_that_cannot_tell_has_no_matrix_units(monkeypatch):
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported", raising=False)
    assert not devices.has_matrix_units()


def test_a_device_without_bf16_is_named(monkeypatch):
    def refuse(**options):
        raise ValueError("bf16 needs a supported device")

    monkeypatch.setattr(devices, "Accelerator", refuse)
    with pytest.raises(ConfigError, match=r"cpu cannot compute in precision 'bf16'.*use fp32"):
        devices.build_accelerator("cpu", "bf16")


@pytest.mark.parametrize("name", ["cifar-lab-l1", "cifar-yuv-class", "unet-gan"])
def test_both_precisions_learn_the_same(name, photo_folder, tmp_path):
    """bf16 rounds activations to 8 bits; weights and what is written stay float32."""
    lines, moved = {}, {}
    for precision in ("fp32", "bf16"):
        run = options(photo_folder, tmp_path / precision, precision=precision)
        train(METHODS[name], small_config(name), run)
        lines[precision] = read_history(run.out)[-1]
        state = load_state(run.out)["modules"]["model"]
        assert {t.dtype for t in state.values() if t.is_floating_point()} == {torch.float32}
        moved[precision] = torch.cat([t.flatten() for t in state.values()])
    assert not torch.equal(*moved.values())
    for term, value in lines["fp32"].items():
        if term.startswith("val_") and "loss" in term:
            assert lines["bf16"][term] == pytest.approx(value, rel=0.05)
