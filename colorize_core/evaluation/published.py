"""Figures that the reports print, each with what it was measured on; no torch."""

from dataclasses import dataclass, field

GREY, TRUTH = "grey", "truth"
"""Plain grey and the originals, where a report measures them as well."""


@dataclass(frozen=True)
class Figure:
    """One printed number."""

    method: str
    """A name from the registry, or GREY, or TRUTH."""
    metric: str
    """A name from `metrics.table.METRICS`, or from OTHER_MEASURES."""
    value: float
    """In the metric's unit."""
    on: str
    """What it was measured on, as far as the report says."""
    variant: str = ""
    """Such as T=0.09, where our results have such a row."""
    like: str | None = None
    """The data set here that is most like it, where the measure is meant to be the same: plain
    grey, measured there, may be held against the figure. None: the scales differ."""
    checked: bool = True
    """Whether it was read off the source; otherwise it is quoted from memory."""


@dataclass(frozen=True)
class Source:
    """A report, or the paper that two of them build on."""

    number: str
    """As `Method.report` names it; an author and year for the paper."""
    title: str
    why: str
    """Why its figures may differ from ours, in plain words."""
    figures: tuple[Figure, ...] = field(default=())


@dataclass(frozen=True)
class OtherMeasure:
    """A measure that our own evaluation does not have, or has only with an evaluation classifier."""

    title: str
    unit: str
    higher_is_better: bool


OTHER_MEASURES = {
    "classifier_accuracy": OtherMeasure("Evaluation classifier's accuracy", "%", True),
    "classifier_confidence": OtherMeasure("Evaluation classifier's confidence", "", True),
    "training_mse": OtherMeasure("Training loss (MSE)", "", False),
}

_PAINTINGS_32 = "Oxford paintings, 32×32, 666 epochs"
_PAINTINGS_224 = "Oxford paintings, 224×224, 220 epochs"
_CIFAR_200 = "CIFAR-10, 32×32, 200 epochs"
_CIFAR = "CIFAR-10, 10,000 pictures"
_IMAGENET = "ImageNet, 10,000 photos"

_VGG16 = {  # picture: (original, T = 0.09, T → 0, grey)
    "basset": (0.9923, 0.9960, 0.9532, 0.9768),
    "porcupine": (0.9999, 0.9997, 0.9871, 0.9996),
    "fig": (0.9964, 0.9695, 0.4272, 0.5834),
}
_VGG16_ROWS = ((TRUTH, ""), ("zhang-114", "T=0.09"), ("zhang-114", "T=0"), (GREY, ""))


def _zhang_2016(
    method: str, raw: float, rebalanced: float, classifier: float
) -> tuple[Figure, ...]:
    values = {"raw_auc": raw, "rebalanced_auc": rebalanced, "classifier_accuracy": classifier}
    variant = "T=0.38" if method == "zhang-313" else ""
    return tuple(
        Figure(method, metric, value, _IMAGENET, variant, checked=False)
        for metric, value in values.items()
    )


SOURCES = {
    source.number: source
    for source in (
        Source(
            "000",
            "Colorization of grayscale image",
            "The report does not say of which channels its 5 % are, its Oxford paintings are not "
            "the paintings used here, it trained at full width for hundreds of epochs, and our "
            "CIFAR-10 went through JPEG.",
            (
                Figure("unet-gan", "accuracy_5", 66.63, _PAINTINGS_32, like="paintings"),
                Figure("unet-gan", "delta_e2000", 10.9, _PAINTINGS_32, like="paintings"),
                Figure("unet-l2", "accuracy_5", 60.87, _PAINTINGS_224, like="paintings"),
                Figure("unet-l2", "delta_e2000", 13.91, _PAINTINGS_224, like="paintings"),
                Figure("cifar-unet-gan", "accuracy_5", 36.64, _CIFAR_200, like="cifar10"),
                Figure("cifar-unet-gan", "delta_e2000", 14.82, _CIFAR_200, like="cifar10"),
            ),
        ),
        Source(
            "001",
            "Colorization (course report after Zhang et al. 2016)",
            "It prints what VGG-16 made of single ImageNet pictures. Those named rightly in every "
            "version stand here; its ladybug is named wrongly in every version but the original, "
            "its warplane at T = 0.09. Single pictures are an illustration, while ours are means "
            "over a test set, by an evaluation classifier with ten classes.",
            tuple(
                Figure(method, "classifier_confidence", value, f"VGG-16 on one {picture}", variant)
                for picture, values in _VGG16.items()
                for (method, variant), value in zip(_VGG16_ROWS, values, strict=True)
            ),
        ),
        Source(
            "002",
            "AutoColorization of Monochrome Images (poster)",
            "The poster does not define its AUC: its plain grey has 80.33 %, far from the raw AuC "
            "that plain grey has here, so the scales differ. Its evaluation classifier is another one and names "
            "77.76 % of the true pictures; our CIFAR-10 went through JPEG. It does not say whether "
            "its L2 row answers in RGB or UV; UV is assumed, since its grey is made by setting UV "
            "to 0.",
            (
                Figure(GREY, "raw_auc", 80.33, _CIFAR),
                Figure("cifar-yuv-l2", "raw_auc", 98.37, _CIFAR),
                Figure("cifar-gan", "raw_auc", 97.26, _CIFAR),
                Figure(TRUTH, "raw_auc", 100.0, _CIFAR),
                Figure(GREY, "classifier_accuracy", 22.19, _CIFAR),
                Figure("cifar-yuv-l2", "classifier_accuracy", 67.75, _CIFAR),
                Figure("cifar-gan", "classifier_accuracy", 61.24, _CIFAR),
                Figure(TRUTH, "classifier_accuracy", 77.76, _CIFAR),
            ),
        ),
        Source(
            "003",
            "Colorizing grayscale photographs with convolutional neural network",
            "Only the training loss is printed (between 0.002 and 0.003 from epoch 40 on), "
            "without the scale of a and b, and on 40,000 scenes of Places205 from pretrained "
            "weights; the results are evaluation classifierd by eye.",
            (Figure("resnet18-mse", "training_mse", 0.003, "40,000 scenes of Places205, 224×224"),),
        ),
        Source(
            "004",
            "Image colorization using generative adversarial networks (birds)",
            "It prints loss curves and pictures, but no figures; its 1,800 birds of 18 species "
            "are not ours.",
        ),
        Source(
            "Zhang 2016",
            "Colorful Image Colorization (Zhang, Isola, Efros 2016), Table 1",
            "Trained on 1.3 million ImageNet photos at full width and evaluation classifierd by VGG-16 with 1,000 "
            "classes; our photos, their size, the width and the evaluation classifier differ. The figures are "
            "quoted from memory, unchecked.",
            (
                *_zhang_2016(GREY, 89.1, 58.0, 52.7),
                *_zhang_2016("zhang-313", 89.5, 67.3, 56.0),
                *_zhang_2016(TRUTH, 100.0, 100.0, 68.3),
            ),
        ),
    )
}


def figures_of(method: str) -> list[tuple[Source, Figure]]:
    """Printed figures of a method with their sources, in the order of SOURCES."""
    return [
        (source, figure)
        for source in SOURCES.values()
        for figure in source.figures
        if figure.method == method
    ]


def beside(source: Source, figure: Figure, reference: str) -> Figure | None:
    """The source's own plain grey, or originals, on the same data by the same measure."""
    for other in source.figures:
        same = (other.metric, other.on) == (figure.metric, figure.on)
        if same and other.method == reference:
            return other
    return None


def against_grey(
    source: Source, figure: Figure, higher_is_better: bool, our_grey: float | None
) -> list[str]:
    """How a figure stands to plain grey: its source's own, and ours.

    Args:
        source: the figure's.
        figure: a method's; for plain grey and the originals there is nothing to say.
        higher_is_better: the direction of its measure.
        our_grey: plain grey on the data set `figure.like`, in the same unit; None if unmeasured.

    Returns:
        Phrases such as "worse than our grey"; none where the scales differ.
    """
    if figure.method in (GREY, TRUTH):
        return []
    own = beside(source, figure, GREY)
    values = {"its own": own.value if own else None}
    values["our"] = our_grey if figure.like is not None else None
    phrases = []
    for whose, grey in values.items():
        if grey is None:
            continue
        if figure.value == grey:
            phrases.append(f"equal to {whose} grey")
            continue
        better = (figure.value > grey) == higher_is_better
        phrases.append(f"{'better' if better else 'worse'} than {whose} grey")
    return phrases
