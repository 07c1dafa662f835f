"""What an evaluation classifier says of a photo and of the pictures made from it (report 001, table 1)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PIL import Image

from colorize_core.evaluation.classifiers import LoadedClassifier
from colorize_core.evaluation.evaluate import variants
from colorize_core.inference.colorizer import Colorizer, grey_picture
from colorize_core.metrics.scores import to_tensor


@dataclass(frozen=True)
class Opinion:
    """The likeliest class of one picture."""

    picture: str
    """Which: original, grey, or the method with its variant."""
    name: str
    """Of the class."""
    probability: float
    """In [0, 1]."""
    true_probability: float | None
    """That of the true class; None where it is not known."""


def opinions(
    photo: Image.Image,
    colorizers: Iterable[Colorizer],
    loaded: LoadedClassifier,
    label: str | None = None,
) -> list[Opinion]:
    """What the evaluation classifier says of the original, of every colorized variant, and of plain grey.

    Args:
        photo: RGB, in colour.
        colorizers: the methods; at every temperature that `evaluate` measures.
        loaded: the evaluation classifier.
        label: the true class by its folder's name, if it is known.
    """
    truth = loaded.classifier.labels.get(label)
    found = []
    for title, picture in _pictures(photo, colorizers):
        probabilities = loaded.probabilities(to_tensor(picture))[0]  # (K,)
        top = int(probabilities.argmax())
        true_probability = None if truth is None else float(probabilities[truth])
        name = loaded.classifier.names[top]
        found.append(Opinion(title, name, float(probabilities[top]), true_probability))
    return found


def _pictures(
    photo: Image.Image, colorizers: Iterable[Colorizer]
) -> Iterator[tuple[str, Image.Image]]:
    yield "original", photo
    for colorizer in colorizers:
        for variant, picture in variants(colorizer, photo):
            yield f"{colorizer.method.name} {variant}".strip(), picture
    yield "grey", grey_picture(photo)
