"""The systems of reports 000 and 002 on CIFAR-10."""

from collections.abc import Iterator
from dataclasses import replace

from colorize_core.methods.config import ClassificationConfig, GanConfig, RegressionConfig
from colorize_core.methods.papers import GOODFELLOW, ISOLA, REDUCED_MOMENTUM, STRAINED
from colorize_core.methods.registry import Method, Recipe

POSTER = "Report 002 (AutoColorization of Monochrome Images)"
OUTLOOK = f"{POSTER}, its outlook"
_RECIPE = Recipe(data=("cifar10",), crop=32, store_side=32, min_share=1.0, batch_size=64, lr=3e-3)
_GAN_RECIPE = replace(_RECIPE, betas=REDUCED_MOMENTUM, weight_decay=0.0)
_SMALL = {"side": 32, "network": "cnn", "width": 0.4375}
_STEP = {"rgb": 1 / 127.5, "yuv": 1 / 160}
"""One of 255 steps of R, G, B, U or V, as a share of the space's scale (`color.spaces`)."""

_ANSWERS = {"rgb": "red, green and blue", "yuv": "U and V, keeping Y"}
_BETWEEN = "between the mean of the likely colours and their median, the nearer to the latter the "
_LOSSES = {
    "l2": ("L2", "squared error", "the mean of the likely colours, hence pale ones", None),
    "l1": ("L1", "absolute error", "the median of the likely colours, often just grey", None),
    "huber": ("Huber", "Huber's loss (δ = 0.5 in the report)", _BETWEEN + "smaller δ is", 0.5),
    "smooth-l1": (
        "smooth L1", "Huber's loss, δ = 1 of 255 steps", _BETWEEN + "smaller δ is", 1.0
    ),
}  # fmt: skip


def _regressions() -> Iterator[Method]:
    """The poster's losses in both of its spaces."""
    for space, answers in _ANSWERS.items():
        for name, (short, long, effect, delta) in _LOSSES.items():
            fields = {"loss": "huber", "huber_delta": delta * _STEP[space]} if delta else {}
            yield Method(
                name=f"cifar-{space}-{name}",
                title=f"CIFAR {space.upper()}, {short}",
                family="regression",
                idea=f"A small CNN for 32×32 pixels that answers {answers}, trained with {long}.",
                why=f"Its optimum is {effect}.",
                paper=POSTER,
                config=RegressionConfig(
                    **_SMALL, color_space=space, **({"loss": name} | fields)
                ),
                recipe=_RECIPE,
                report="002",
            )  # fmt: skip


# Narrower and slower, the discriminator slept; without a penalty it runs ahead of what it sees.
_GAN = {
    **_SMALL, "color_space": "yuv", "l1_weight": 0.0, "real_label": 1.0, "discriminator": "image",
    "discriminator_width": 32, "discriminator_lr": 2.0, "discriminator_rest": 0.8, "r1": 0.1,
}  # fmt: skip
_MORE = (
    Method(
        name="cifar-yuv-l2-blur",
        title="CIFAR YUV, L2, blurred input",
        family="regression",
        idea="The CNN that answers U and V, trained with squared error; it sees the picture "
        "through a Gaussian blur, as the poster plans.",
        why="It cannot go by fine texture, so its colours spread more evenly.",
        paper=OUTLOOK,
        config=RegressionConfig(**_SMALL, color_space="yuv", loss="l2", blur=1.0),
        recipe=_RECIPE,
        report="002",
    ),
    Method(
        name="cifar-lab-l2",
        title="CIFAR Lab, L2",
        family="regression",
        idea="The same CNN answers a and b of Lab with the least squared error: what report 002 "
        "leaves for later.",
        why="Its optimum is the mean of the likely colours, in a space made after what people see.",
        paper=OUTLOOK,
        config=RegressionConfig(**_SMALL, color_space="lab", loss="l2"),
        recipe=_RECIPE,
        report="002",
    ),
    Method(
        name="cifar-lab-l1",
        title="CIFAR Lab, L1",
        family="regression",
        idea="The CNN, somewhat wider, answers a and b of Lab with the least absolute error: what "
        "report 002 leaves for later; the answer for the mirror image is averaged in.",
        why="Errors in Lab are close to what people see, so it aims at what is measured.",
        paper=OUTLOOK,
        config=RegressionConfig(side=32, network="cnn", width=0.5625, loss="l1", mirror=True),
        recipe=_RECIPE,
        report="002",
    ),
    Method(
        name="cifar-yuv-class",
        title="CIFAR YUV, classes",
        family="classification",
        idea="The same CNN with a probability for each cell, 16 steps wide, of the UV plane.",
        why="Where rare colours are not weighted up, grey wins most votes as T falls.",
        paper=POSTER,
        config=ClassificationConfig(**_SMALL, color_space="yuv", cell=16, origin=-8, neighbours=1),
        recipe=_RECIPE,
        report="002",
    ),
    Method(
        name="cifar-gan",
        title="CIFAR GAN",
        family="gan",
        idea="The CNN trained with L2 goes on learning against a discriminator alone, without "
        "any term for the true colour.",
        why="Nothing but the discriminator's taste holds its colours.",
        paper=GOODFELLOW,
        config=GanConfig(**_GAN),
        recipe=replace(_GAN_RECIPE, lr=1e-4, starts_from="cifar-yuv-l2"),
        report="002",
    ),
    Method(
        name="cifar-gan-scratch",
        title="CIFAR GAN from scratch",
        family="gan",
        idea="The CNN learns from the first picture on against a discriminator alone, without any "
        "term for the true colour.",
        why="Only the discriminator's taste tells it what a colour is.",
        paper=GOODFELLOW,
        config=GanConfig(**_GAN),
        recipe=replace(_GAN_RECIPE, lr=2e-4),
        report="002",
    ),
)

CIFAR_SYSTEMS = (
    Method(
        name="cifar-unet-gan",
        title="CIFAR U-Net GAN",
        family="gan",
        idea="Report 000's U-Net GAN at 32×32 pixels, one halving shallower.",
        why="It learnt from thumbnails, so a large photo gets a few broad colours.",
        paper=ISOLA,
        config=GanConfig(
            **STRAINED, side=32, network="unet", width=0.1875, depth=4, dropout=0.5,
            discriminator="image", discriminator_width=16,
        ),
        recipe=replace(_GAN_RECIPE, batch_size=32, lr=2e-4),
        report="000",
    ),
    *_regressions(),
    *_MORE,
)  # fmt: skip
