"""Exponential moving average of weights: the copy that is evaluated and shipped."""

import copy

import torch
from torch import nn

DECAY = 0.998


class WeightAverage:
    """Averages parameters; batch statistics are copied as they are."""

    def __init__(self, model: nn.Module) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.updates = 0

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Move towards `model`; early updates move faster, so that the random start fades."""
        self.updates += 1
        decay = min(DECAY, self.updates / (self.updates + 10))
        averaged, current = list(self.model.parameters()), list(model.parameters())
        torch._foreach_lerp_(averaged, current, 1 - decay)
        for mine, theirs in zip(self.model.buffers(), model.buffers(), strict=True):
            mine.copy_(theirs)
