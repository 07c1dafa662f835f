"""Training images per second, and how near that is to what the device could do.

The limit is the larger of two times: a step's arithmetic at the speed of a large matrix product,
and its memory traffic (every operation reads its inputs and writes its outputs once) at the speed
of a large copy; both speeds are measured in the same run (Williams, Waterman, Patterson 2009,
Roofline).
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import Accelerator
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from colorize_core import METHODS
from colorize_core.training.colorization import build_task
from colorize_core.training.devices import PRECISIONS, build_accelerator, hardware_name
from colorize_core.training.options import TrainingOptions

WARM_UP = 2
SIDE, WORDS = 2048, 1 << 25
"""Of the matrices and of the copied array."""


@dataclass(frozen=True)
class Device:
    """What a device does at best."""

    flops: float
    """Floating-point operations per second."""
    bandwidth: float
    """Bytes per second, read and written."""


@dataclass(frozen=True)
class Step:
    """One training step."""

    flops: float
    bytes: float
    seconds: float

    def limit(self, device: Device) -> tuple[float, str]:
        """The least seconds it could take, and what it would wait for."""
        arithmetic, memory = self.flops / device.flops, self.bytes / device.bandwidth
        return max(arithmetic, memory), "arithmetic" if arithmetic > memory else "memory"


class ByteCounter(TorchDispatchMode):
    """Bytes of what every operation takes and gives; views move nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if not function.is_view:
            tensors = [t for t in tree_leaves((args, kwargs, result)) if torch.is_tensor(t)]
            self.bytes += sum(t.nbytes for t in tensors)
        return result


def main() -> None:
    """Time a few steps per method and crop size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", nargs="+", default=["regression", "gan", "classification"])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precisions", nargs="+", default=["auto"], choices=PRECISIONS)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--crops", type=int, nargs="+", default=[96, 112, 128])
    arguments = parser.parse_args()
    for precision in arguments.precisions:
        _time_methods(build_accelerator(arguments.device, precision), arguments)


def _time_methods(accelerator: Accelerator, arguments: argparse.Namespace) -> None:
    device = measure_device(accelerator)
    print(
        f"{hardware_name(accelerator)}: "
        f"{device.flops / 1e9:,.0f} GFLOP/s, {device.bandwidth / 1e9:,.1f} GB/s"
    )
    for name in arguments.methods:
        for crop in arguments.crops:
            step = measure_step(name, accelerator, crop, arguments.batch_size, arguments.steps)
            least, by = step.limit(device)
            print(
                f"{name:16} {crop} px, batch {arguments.batch_size}: "
                f"{arguments.batch_size / step.seconds:8,.0f} images/s, "
                f"{100 * least / step.seconds:3.0f} % of the limit by {by} "
                f"({step.flops / 1e9 / arguments.batch_size:.2f} GFLOP and "
                f"{step.bytes / 1e6 / arguments.batch_size:,.0f} MB per image)"
            )


def measure_device(accelerator: Accelerator) -> Device:
    """The speed of a large matrix product, in training's precision, and of a large copy."""
    kind = torch.bfloat16 if accelerator.mixed_precision == "bf16" else torch.float32
    a = torch.rand(SIDE, SIDE, device=accelerator.device, dtype=kind)
    words = torch.rand(WORDS, device=accelerator.device)
    copy = torch.empty_like(words)
    product = _seconds(accelerator, lambda: a @ a, 10)
    transfer = _seconds(accelerator, lambda: copy.copy_(words), 10)
    return Device(2 * SIDE**3 / product, 2 * words.nbytes / transfer)


def measure_step(
    name: str, accelerator: Accelerator, crop: int, batch_size: int, steps: int
) -> Step:
    """Steps of a method on random pictures, colour conversion included."""
    method = METHODS[name]
    options = TrainingOptions(
        data=(Path(),), out=Path(), epochs=1, batch_size=batch_size, crop=crop
    )
    task = build_task(method, method.config, options)
    task.prepare(accelerator)
    rgb = torch.rand(batch_size, 3, crop, crop, device=accelerator.device)
    groups = torch.zeros(batch_size, dtype=torch.int64, device=accelerator.device)
    chance = torch.Generator(accelerator.device)

    def step() -> None:
        task.step((rgb, groups), chance)

    seconds = _seconds(accelerator, step, steps)
    with FlopCounterMode(display=False) as flops:
        step()
    with ByteCounter() as counter:
        step()
    return Step(flops.get_total_flops(), counter.bytes, seconds)


def _seconds(accelerator: Accelerator, action: Callable[[], object], times: int) -> float:
    """Mean seconds of an action, after a few to warm up."""
    for _ in range(WARM_UP):
        action()
    _wait(accelerator)
    started = time.perf_counter()
    for _ in range(times):
        action()
    _wait(accelerator)
    return (time.perf_counter() - started) / times


def _wait(accelerator: Accelerator) -> None:
    if accelerator.device.type == "cuda":
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
