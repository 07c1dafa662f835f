"""Exponential moving average of weights: the copy that is evaluated and shipped."""

from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

DECAY = 0.998


def build_average(model: nn.Module) -> AveragedModel:
    """An average that begins at the weights of a model; batch statistics are copied as they are.

    Early updates move faster, so that the random start fades: the decay is u / (u + 10) at
    update u, until that passes `DECAY`.
    """

    def move(averaged: list[Tensor], current: list[Tensor], updates: Tensor | int) -> None:
        # Counted on the CPU: `updates` has been copied to the device, and would be waited for.
        number = int(average.n_averaged) + 1
        get_ema_multi_avg_fn(min(DECAY, number / (number + 10)))(averaged, current, updates)

    average = AveragedModel(model, multi_avg_fn=move)
    return average.eval().requires_grad_(False)
