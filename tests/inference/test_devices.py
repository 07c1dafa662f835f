import pytest
import torch

from colorize_core.errors import ConfigError
from colorize_core.inference.devices import DEVICES, pick_device


@pytest.fixture
def here(monkeypatch):
    """Pretend that the named accelerators are here, and no other."""

    def pretend(*names: str) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: "cuda" in names)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: "mps" in names)

    return pretend


@pytest.mark.parametrize(
    ("names", "chosen"), [((), "cpu"), (("cuda",), "cuda"), (("mps",), "mps"), (DEVICES, "cuda")]
)
def test_auto_takes_a_gpu_where_there_is_one(names, chosen, here):
    here(*names)
    assert pick_device("auto") == torch.device(chosen)


def test_the_named_device_is_taken_or_refused(here):
    here("cuda")
    assert pick_device("cpu").type == "cpu"
    assert pick_device("cuda").type == "cuda"
    with pytest.raises(ConfigError, match="'mps' is not available here; use --device auto or cpu"):
        pick_device("mps")
    with pytest.raises(ConfigError, match="must be auto, cpu, cuda or mps, got 'gpu'"):
        pick_device("gpu")
