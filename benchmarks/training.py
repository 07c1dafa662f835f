"""Training images per second: real steps of every objective on random pictures."""

import argparse
import time
from pathlib import Path

import torch

from colorize_core import METHODS
from colorize_core.training.engine import build_accelerator
from colorize_core.training.objectives import build_objective
from colorize_core.training.options import TrainingOptions
from colorize_core.training.validate import split


def main() -> None:
    """Time a few steps per method and crop size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--crops", type=int, nargs="+", default=[96, 112, 128])
    arguments = parser.parse_args()
    accelerator = build_accelerator(arguments.device)
    for name, method in METHODS.items():
        for crop in arguments.crops:
            rate = images_per_second(method, accelerator, crop, arguments)
            print(f"{name:16} {crop} px, batch {arguments.batch_size}: {rate:8.0f} images/s")


def images_per_second(method, accelerator, crop: int, arguments) -> float:
    """Steps on one batch, colour conversion included, after two to warm up."""
    options = TrainingOptions(
        data=(Path(),), out=Path(), epochs=1, batch_size=arguments.batch_size, crop=crop
    )
    config = method.config
    model = method.build(config).to(accelerator.device, memory_format=torch.channels_last)
    objective = build_objective(model, config, options.completed(method.recipe), method.recipe)
    objective.prepare(accelerator)
    objective.model.train()
    rgb = torch.rand(arguments.batch_size, 3, crop, crop, device=accelerator.device)
    for step in range(arguments.steps + 2):
        if step == 2:
            _wait(accelerator)
            started = time.perf_counter()
        objective.step(*split(rgb, model))
    _wait(accelerator)
    return arguments.steps * arguments.batch_size / (time.perf_counter() - started)


def _wait(accelerator) -> None:
    if accelerator.device.type == "cuda":
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
