"""What a classifier takes a photo, and the pictures made from it, for (report 001, table 1)."""

from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from colorize_core.evaluation.classifiers import LoadedClassifier
from colorize_core.evaluation.evaluate import variants
from colorize_core.inference.colorizer import Colorizer
from colorize_core.inference.lightness import grey_picture
from colorize_core.metrics.scores import to_tensor


@dataclass(frozen=True)
class Confidence:
    """What a classifier says of one picture."""

    picture: str
    """Which: original, grey, or the method with its variant."""
    top: str
    """Name of the likeliest class."""
    of_top: float
    """Its probability, in [0, 1]."""
    of_true: float | None
    """That of the true class; None where it is not known."""


def confidences(
    photo: Image.Image,
    colorizers: Iterable[Colorizer],
    loaded: LoadedClassifier,
    label: str | None = None,
) -> list[Confidence]:
    """What the classifier says of the original, of every colorized variant, and of plain grey.

    Args:
        photo: RGB, in colour.
        colorizers: the methods; at every temperature that `evaluate` measures.
        loaded: the classifier.
        label: the true class by its folder's name, if it is known.
    """
    pictures = {"original": photo}
    for colorizer in colorizers:
        for variant, picture in variants(colorizer, photo):
            pictures[f"{colorizer.method.name} {variant}".strip()] = picture
    pictures["grey"] = grey_picture(photo)
    true = loaded.classifier.labels.get(label)
    found = []
    for title, picture in pictures.items():
        probabilities = loaded.probabilities(to_tensor(picture))[0]  # (K,)
        top = int(probabilities.argmax())
        of_true = None if true is None else float(probabilities[true])
        name = loaded.classifier.names[top]
        found.append(Confidence(title, name, float(probabilities[top]), of_true))
    return found
