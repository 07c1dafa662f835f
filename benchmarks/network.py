"""Network time of every method at 256 px, beside Zhang et al.'s network at its full width.

Zhang, Isola, Efros 2016, with its 313 outputs; untrained, as weights do not matter for speed.
"""

import statistics
import time

import torch
from torch import Tensor, nn

from colorize_core import METHODS
from colorize_core.models.zhang import ZhangNet

SIDE = 256
ROUNDS = 15


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
    networks["Zhang et al. 2016"] = ZhangNet(313).eval()
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
