"""Whether a classifier still names what a picture shows: the evaluation test."""

from torch import Tensor


def named_correctly(probabilities: Tensor, target: Tensor) -> Tensor:
    """Whether the likeliest class is the true one; its mean over pictures is the accuracy.

    Colours are plausible if a classifier trained on true colours is not misled by them (Zhang et
    al. 2016, section 3.1, "semantic interpretability"; the poster of report 002 calls it the
    evaluation test). The truth and plain grey are the bounds to compare with.

    Args:
        probabilities: of every class, (B, K).
        target: the true class, (B,) int64.

    Returns:
        (B,), 0 or 1; higher is better.
    """
    return (probabilities.argmax(1) == target).float()


def confidence(probabilities: Tensor, target: Tensor) -> Tensor:
    """The probability that an evaluation classifier gives to the true class (report 001, table 1).

    Args:
        probabilities: of every class, (B, K), in [0, 1].
        target: the true class, (B,) int64.

    Returns:
        (B,), in [0, 1]; higher is better.
    """
    return probabilities.gather(1, target[:, None])[:, 0]
