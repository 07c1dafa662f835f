"""Where training runs: the accelerator, photos on it, its name."""

import logging

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState

from colorize_core.data.store import PhotoStore
from colorize_core.errors import ConfigError
from colorize_core.inference.devices import pick_device

log = logging.getLogger(__name__)


PRECISIONS = ("auto", "fp32", "bf16")


def build_accelerator(device: str, precision: str = "auto") -> Accelerator:
    """Where training runs, and how exactly it computes.

    Args:
        device: "auto", "cpu", "cuda" or "mps".
        precision: "fp32", "bf16", or "auto": bf16 on CUDA and on processors with matrix units for
            it, where it is a few times as fast (docs/scaling.md), and float32 elsewhere. Weights
            and optimizers keep float32 in any case.

    Raises:
        ConfigError: no such precision, or no such device here.
    """
    pick_device(device)  # refuses what is not here
    if precision not in PRECISIONS:
        raise ConfigError(f"precision must be one of {', '.join(PRECISIONS)}, got {precision!r}")
    bf16 = precision == "bf16" or (precision == "auto" and _has_bf16(device))
    mixed = "bf16" if bf16 else "no"
    if AcceleratorState._shared_state.get("_mixed_precision", mixed) != mixed:
        # accelerate keeps the first precision of a process and refuses any other.
        AcceleratorState._reset_state()
    try:
        return Accelerator(cpu=device == "cpu", mixed_precision=mixed)
    except ValueError as error:
        raise ConfigError(
            f"{device} cannot compute in precision {precision!r} ({error}); use fp32"
        ) from error


def _has_bf16(device: str) -> bool:
    """Whether bf16 is faster than float32 on a device; "auto" takes the best that is there."""
    if device in ("auto", "cuda") and torch.cuda.is_available():
        return True
    if device == "mps" or (device == "auto" and torch.backends.mps.is_available()):
        return False
    return has_matrix_units()


def has_matrix_units() -> bool:
    """Whether the processor multiplies bf16 matrices in units of their own (Intel's AMX)."""
    # PyTorch has no public question for it; one without the private one knows no such units.
    supported = getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    return supported()


def place(store: PhotoStore, accelerator: Accelerator) -> PhotoStore:
    """Move a store to the device if it fills less than half of the device's free memory."""
    device = accelerator.device
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        if store.pixels.nbytes > free / 2:
            log.warning("the photos do not fit on %s; they stay in main memory", device)
            return store
    return store.to(device)


def hardware_name(accelerator: Accelerator) -> str:
    """What a run says that it ran on."""
    device = accelerator.device
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    bf16 = ", bf16" if accelerator.mixed_precision == "bf16" else ""
    return f"{device.type}, {torch.get_num_threads()} threads{bf16}"
