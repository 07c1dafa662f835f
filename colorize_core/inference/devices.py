"""Where networks run."""

import torch

from colorize_core.errors import ConfigError

DEVICES = ("auto", "cpu", "cuda", "mps")


def pick_device(name: str) -> torch.device:
    """The device of a name; "auto" takes a GPU where there is one.

    Raises:
        ConfigError: an unknown name, or a device that is not here.
    """
    if name not in DEVICES:
        raise ConfigError(f"device must be auto, cpu, cuda or mps, got {name!r}")
    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next((gpu for gpu, found in here.items() if found), "cpu")
    if not here.get(name, True):
        raise ConfigError(f"device {name!r} is not available here; use --device auto or cpu")
    return torch.device(name)
