"""Share of pixels that are right within 5 per cent."""

from torch import Tensor

TOLERANCE = (5.0, 11.0, 11.0)
"""Of L (range 100), a and b (range 220): 5 per cent each, in Lab units."""


def accuracy_within_5_percent(lab: Tensor, lab_true: Tensor) -> Tensor:
    """acc@5 %: a pixel counts when |ΔL| ≤ 5, |Δa| ≤ 11 and |Δb| ≤ 11.

    The tolerance is that of Nazeri, Ng, Ebrahimi 2018 (Image Colorization using Generative
    Adversarial Networks), section 4: 5 per cent of the range of each of the three channels.

    Args:
        lab: (..., 3, H, W), in Lab units.
        lab_true: the same shape.

    Returns:
        (...), in [0, 1]; higher is better.
    """
    tolerance = lab.new_tensor(TOLERANCE).view(3, 1, 1)
    return ((lab - lab_true).abs() <= tolerance).all(-3).float().mean((-2, -1))
