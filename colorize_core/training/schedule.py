"""How the learning rate moves over a run: half a cosine, two lines, or a tenth at a plateau."""

import dataclasses
import math

WARM_UP = 0.03
"""Share of the run in which the learning rate rises."""
FINAL_RATE = 0.01
LINE_WARM_UP = 0.2
"""As `WARM_UP`, for a rate that rises and falls in lines."""
PATIENCE = 3
"""Evaluations without a better validation loss that make a plateau."""
DROP = 0.1


@dataclasses.dataclass
class Plateau:
    """Counts plateaus of the validation loss."""

    best: float | None = None
    stale: int = 0
    drops: int = 0

    def see(self, loss: float) -> bool:
        """Take in a new validation loss; returns whether it is the best so far."""
        if self.best is None or loss < self.best:
            self.best, self.stale = loss, 0
            return True
        self.stale += 1
        if self.stale >= PATIENCE:
            self.stale, self.drops = 0, self.drops + 1
        return False


def learning_rate_factor(progress: float, schedule: str = "cosine", drops: int = 0) -> float:
    """Share of the peak rate: linear warm-up, then by the schedule.

    Args:
        progress: share of the run that is done, 0…1.
        schedule: "cosine" falls to `FINAL_RATE`; "line" rises longer and falls to nearly nothing;
            "plateau" is a tenth for every plateau seen.
        drops: plateaus seen so far.
    """
    if schedule == "line":
        return max(1e-3, min(progress / LINE_WARM_UP, (1 - progress) / (1 - LINE_WARM_UP)))
    if progress < WARM_UP:
        return max(0.02, progress / WARM_UP)
    if schedule == "plateau":
        return DROP**drops
    share = (progress - WARM_UP) / (1 - WARM_UP)
    return FINAL_RATE + (1 - FINAL_RATE) * (1 + math.cos(math.pi * share)) / 2
