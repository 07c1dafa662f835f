"""How undecided a classifier is."""

import math

from torch import Tensor


def entropy_bits(logits: Tensor) -> Tensor:
    """Entropy of the predicted distribution over classes (Shannon 1948), at every place.

    Args:
        logits: (B, Q, H, W), log probabilities up to a constant.

    Returns:
        (B, H, W), in bits: 0 when one class is certain, log2 Q when all are equally likely.
    """
    log_probability = logits.float().log_softmax(1)
    return -(log_probability.exp() * log_probability).sum(1) / math.log(2)
