"""Network time of every method at 256 px, beside an untrained network of Zhang et al.'s shape.

The comparison network has the eight convolution blocks of Zhang, Isola, Efros 2016 (64 to 512
channels, strides and dilation as in their table 4) and 313 outputs; its weights do not matter
for its speed.
"""

import statistics
import time

import torch
from torch import Tensor, nn

from colorize_core import METHODS

SIDE = 256
ROUNDS = 15


def block(inputs: int, outputs: int, layers: int, stride: int = 1, dilation: int = 1) -> nn.Module:
    """A block of 3×3 convolutions with ReLU, batch norm at its end; the last one has the stride."""
    parts: list[nn.Module] = []
    for i in range(layers):
        step = stride if i == layers - 1 else 1
        parts.append(nn.Conv2d(inputs, outputs, 3, step, dilation, dilation))
        parts.append(nn.ReLU(inplace=True))
        inputs = outputs
    return nn.Sequential(*parts, nn.BatchNorm2d(outputs))


def zhang_2016() -> nn.Module:
    """Eight blocks, 64-128-256-512-512-512-512-256, 313 outputs at stride 4."""
    return nn.Sequential(
        block(1, 64, 2, stride=2),
        block(64, 128, 2, stride=2),
        block(128, 256, 3, stride=2),
        block(256, 512, 3),
        block(512, 512, 3, dilation=2),
        block(512, 512, 3, dilation=2),
        block(512, 512, 3),
        nn.ConvTranspose2d(512, 256, 4, stride=2, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(256, 256, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(256, 313, 1),
    )


@torch.inference_mode()
def seconds(network: nn.Module, L: Tensor) -> float:
    """One forward pass."""
    started = time.perf_counter()
    network(L)
    return time.perf_counter() - started


def main() -> None:
    """Time all networks in turn, round by round, and print medians and ratios."""
    L = torch.rand(1, 1, SIDE, SIDE)
    networks = {name: method.build(method.config).eval() for name, method in METHODS.items()}
    networks["Zhang et al. 2016"] = zhang_2016().eval()
    times: dict[str, list[float]] = {name: [] for name in networks}
    for round_ in range(ROUNDS + 2):
        for name, network in networks.items():
            elapsed = seconds(network, L)
            if round_ >= 2:  # the first two warm up
                times[name].append(elapsed)
    reference = statistics.median(times["Zhang et al. 2016"])
    print(f"{torch.get_num_threads()} threads, {SIDE} px, median of {ROUNDS} rounds")
    for name, values in times.items():
        median = statistics.median(values)
        ratio = statistics.median(
            b / a for a, b in zip(values, times["Zhang et al. 2016"], strict=True)
        )
        print(f"{name:20} {1000 * median:7.1f} ms   {ratio:5.1f} times as fast")
    total = sum(statistics.median(times[name]) for name in METHODS)
    print(f"{'all methods':20} {1000 * total:7.1f} ms   reference {1000 * reference:.0f} ms")


if __name__ == "__main__":
    main()
