"""Where training runs: the accelerator, photos on it, its name."""

import logging

import torch
from accelerate import Accelerator

from colorize_core.data.store import PhotoStore
from colorize_core.errors import ConfigError

log = logging.getLogger(__name__)


def build_accelerator(device: str) -> Accelerator:
    """An accelerator for "auto", "cpu", "cuda" or "mps"; bf16 on CUDA, float32 elsewhere.

    Raises:
        ConfigError: no such device here.
    """
    if device not in ("auto", "cpu", "cuda", "mps"):
        raise ConfigError(f"device must be auto, cpu, cuda or mps, got {device!r}")
    if device == "cuda" and not torch.cuda.is_available():
        raise ConfigError("device 'cuda' is not available here; use --device auto or cpu")
    if device == "mps" and not torch.backends.mps.is_available():
        raise ConfigError("device 'mps' is not available here; use --device auto or cpu")
    on_cuda = device in ("auto", "cuda") and torch.cuda.is_available()
    return Accelerator(cpu=device == "cpu", mixed_precision="bf16" if on_cuda else "no")


def place(store: PhotoStore, accelerator: Accelerator) -> PhotoStore:
    """Move a store to the device if it fills less than half of the device's free memory."""
    device = accelerator.device
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        if store.pixels.nbytes > free / 2:
            log.warning("the photos do not fit on %s; they stay in main memory", device)
            return store
    return store.to(device)


def hardware_name(device: torch.device) -> str:
    """What a run says that it ran on."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type}, {torch.get_num_threads()} threads"
