"""Whether a picture leans to one colour as a whole."""

from torch import Tensor


def cast(ab: Tensor, ab_true: Tensor) -> Tensor:
    """Mean error of a and of b over the picture, with its sign.

    A positive a is the reddish blur that report 003 sees in its rival, a negative one is green; a
    positive b is yellow, a negative one blue. What errs to both sides evenly has no cast.

    Args:
        ab: (..., 2, H, W), in Lab units.
        ab_true: the same shape.

    Returns:
        (..., 2), in Lab units; 0 is best.
    """
    return (ab - ab_true).mean((-2, -1))
