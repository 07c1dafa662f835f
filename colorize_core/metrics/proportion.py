"""How sure a share of yes and no is."""

import math

Z_95 = 1.959963984540054
"""Quantile of the normal distribution that leaves 2.5 % on either side."""


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a binomial share (Wilson 1927).

    Unlike share ± 1.96 standard errors it stays in [0, 1] and is not empty at 0 or all.

    Args:
        successes: 0…trials.
        trials: at least 1.

    Returns:
        low and high, in [0, 1].

    Raises:
        ValueError: no trials, or successes outside 0…trials.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"need 0 ≤ successes ≤ trials and a trial, got {successes} of {trials}")
    share, square = successes / trials, Z_95**2
    middle = share + square / (2 * trials)
    reach = Z_95 * math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    scale = 1 + square / trials
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)
