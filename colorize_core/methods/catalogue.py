"""Every method: the studio's three, then the systems of the five reports. One entry each.

An entry is network × colour space × objective, so a further method is a further `register`.
Where a shipped width is below 1 the report's full width is `--set width=1`.
"""

from dataclasses import replace

from colorize_core.methods.config import ClassificationConfig, GanConfig, RegressionConfig
from colorize_core.methods.registry import METHODS, Method, Recipe, get_method, register

__all__ = ["METHODS", "Method", "Recipe", "get_method", "register"]

ZHANG = "Zhang, Isola, Efros 2016, Colorful Image Colorization"
ISOLA = "Isola et al. 2017, Image-to-Image Translation with Conditional Adversarial Networks"
CHENG = "Cheng, Yang, Sheng 2015, Deep Colorization"
RONNEBERGER = "Ronneberger, Fischer, Brox 2015, U-Net"
REDUCED_MOMENTUM = (0.5, 0.999)

# --- the studio: one pretrained backbone, three objectives ----------------------------------

_STUDIO = {"network": "studio", "denoise": 3.0}
register(
    Method(
        name="regression",
        title="Regression",
        family="regression",
        idea="One colour per pixel, chosen so that its distance to the true colour is small on "
        "average.",
        why="Between a red and a blue shirt it bets on the middle: safe, and pale.",
        paper=CHENG,
        config=RegressionConfig(**_STUDIO),
    )
)
register(
    Method(
        name="gan",
        title="GAN",
        family="gan",
        idea="The regression network goes on learning against a second network that tells "
        "generated colours from true ones.",
        why="Grey bets are caught as fakes, so it commits to a colour, now and then a wrong one.",
        paper=ISOLA,
        config=GanConfig(**_STUDIO),
        recipe=Recipe(lr=3e-4, betas=REDUCED_MOMENTUM, weight_decay=0.0, starts_from="regression"),
    )
)
register(
    Method(
        name="classification",
        title="Classification",
        family="classification",
        idea="A probability for each of 261 colours at every place, with rare colours weighted "
        "up; the temperature decides how they become one.",
        why="At T = 1 it blends all candidates, at T = 0 it takes the likeliest: calm or vivid.",
        paper=ZHANG,
        config=ClassificationConfig(**_STUDIO, rebalancing=0.92),
    )
)

# --- report 000: U-Net and conditional GAN in Lab -------------------------------------------

_PAINTINGS = Recipe(
    data=("paintings",), crop=128, lr=2e-4, weight_decay=0.0, schedule="plateau", min_share=0.3
)
_UNET = {"side": 128, "network": "unet"}
register(
    Method(
        name="unet-l2",
        title="U-Net, L2",
        family="regression",
        idea="A U-Net of 4×4 convolutions, which knows nothing of ImageNet, learns from photos, "
        "then from paintings, to give ab with the least squared error.",
        why="Squared error makes it hedge, so paintings turn warm and pale.",
        paper=RONNEBERGER,
        config=RegressionConfig(**_UNET, width=0.25, loss="l2"),
        recipe=_PAINTINGS,
        report="000",
    )
)
register(
    Method(
        name="unet-gan",
        title="U-Net GAN",
        family="gan",
        idea="The U-Net against a discriminator with one verdict for the whole picture, plus 100 "
        "times L1.",
        why="Its only noise is dropout in training, and L1 outweighs the verdict, so it strays "
        "little.",
        paper=ISOLA,
        config=GanConfig(
            **_UNET, width=0.125, dropout=0.5, discriminator="image", discriminator_width=16
        ),
        recipe=replace(_PAINTINGS, betas=REDUCED_MOMENTUM),
        report="000",
    )
)

# --- reports 000 and 002 on CIFAR-10 --------------------------------------------------------

_CIFAR = Recipe(data=("cifar10",), crop=32, store_side=32, min_share=1.0, batch_size=64, lr=3e-3)
register(
    Method(
        name="cifar-unet-gan",
        title="CIFAR U-Net GAN",
        family="gan",
        idea="Report 000's U-Net GAN at 32×32 pixels, one halving shallower.",
        why="It learnt from thumbnails, so a large photo gets a few broad colours.",
        paper=ISOLA,
        config=GanConfig(
            side=32, network="unet", width=0.1875, depth=4, dropout=0.5,
            discriminator="image", discriminator_width=16,
        ),
        recipe=replace(_CIFAR, batch_size=32, lr=2e-4, betas=REDUCED_MOMENTUM, weight_decay=0.0),
        report="000",
    )
)  # fmt: skip
_SMALL = {"side": 32, "network": "cnn", "width": 0.4375}
_LOSSES = {
    "l2": ("L2", "squared error", "the mean of the likely colours, hence pale ones"),
    "l1": ("L1", "absolute error", "the median of the likely colours, often just grey"),
    "huber": ("Huber", "Huber's loss (δ = 0.5)", "nearly the mean, for hardly an error passes δ"),
}
for _space, _answers in (("rgb", "red, green and blue"), ("yuv", "U and V, keeping Y")):
    for _loss, (_short, _long, _effect) in _LOSSES.items():
        register(
            Method(
                name=f"cifar-{_space}-{_loss}",
                title=f"CIFAR {_space.upper()}, {_short}",
                family="regression",
                idea=f"A small CNN for 32×32 pixels that answers {_answers}, trained with {_long}.",
                why=f"Its optimum is {_effect}.",
                paper="Report 002 (AutoColorization of Monochrome Images)",
                config=RegressionConfig(**_SMALL, color_space=_space, loss=_loss, huber_delta=0.5),
                recipe=_CIFAR,
                report="002",
            )
        )
register(
    Method(
        name="cifar-lab-l1",
        title="CIFAR Lab, L1",
        family="regression",
        idea="The CNN, somewhat wider, answers a and b of Lab with the least absolute error: what "
        "report 002 leaves for later; the answer for the mirror image is averaged in.",
        why="Errors in Lab are close to what people see, so it aims at what is measured.",
        paper="Report 002 (AutoColorization of Monochrome Images), its outlook",
        config=RegressionConfig(side=32, network="cnn", width=0.5625, loss="l1", mirror=True),
        recipe=_CIFAR,
        report="002",
    )
)
register(
    Method(
        name="cifar-yuv-class",
        title="CIFAR YUV, classes",
        family="classification",
        idea="The same CNN with a probability for each cell, 16 steps wide, of the UV plane.",
        why="Without weights for rare colours, grey wins most votes as T falls.",
        paper="Report 002 (AutoColorization of Monochrome Images)",
        config=ClassificationConfig(
            **_SMALL, color_space="yuv", cell=16, origin=-8, neighbours=1, uniform_share=1.0
        ),
        recipe=_CIFAR,
        report="002",
    )
)
register(
    Method(
        name="cifar-gan",
        title="CIFAR GAN",
        family="gan",
        idea="The CNN trained with L2 goes on learning against a discriminator alone, without "
        "any term for the true colour.",
        why="Nothing but the discriminator's taste holds its colours.",
        paper="Goodfellow et al. 2014, Generative Adversarial Nets",
        config=GanConfig(
            **_SMALL, color_space="yuv", l1_weight=0.0, real_label=1.0,
            discriminator="image", discriminator_width=16,
        ),
        recipe=replace(
            _CIFAR, lr=1e-4, betas=REDUCED_MOMENTUM, weight_decay=0.0, starts_from="cifar-yuv-l2"
        ),
        report="002",
    )
)  # fmt: skip

# --- report 001 and the model it builds on --------------------------------------------------

_FROM_SCRATCH = Recipe(data=("photos", "imagenette"), crop=80, lr=1e-3)
_ZHANG = {"side": 176, "network": "zhang", "width": 0.125}
_GRID_16 = {"cell": 16, "origin": -128, "neighbours": 1, "temperature": 0.09}
register(
    Method(
        name="zhang-313",
        title="Zhang 2016, 261 classes",
        family="classification",
        idea="Eight blocks of convolutions with dilation give a probability for each of 261 cells "
        "(313 in the paper), 10 units wide, of the ab plane; soft targets, rare colours weighted "
        "up.",
        why="Weights for rare colours make it bold where it knows little.",
        paper=ZHANG,
        config=ClassificationConfig(**_ZHANG | {"side": 112}),
        recipe=_FROM_SCRATCH,
        report="001",
    )
)
register(
    Method(
        name="zhang-114",
        title="Zhang, 114 classes",
        family="classification",
        idea="The same blocks with the 114 cells, 16 units wide, that sRGB reaches; each pixel "
        "belongs to one cell.",
        why="Coarse cells and T = 0.09 make flat, decided colours.",
        paper=ZHANG,
        config=ClassificationConfig(**_ZHANG, **_GRID_16),
        recipe=_FROM_SCRATCH,
        report="001",
    )
)
register(
    Method(
        name="zhang-114-unweighted",
        title="Zhang, 114 classes, no weights",
        family="classification",
        idea="As zhang-114, but every class weighs the same: what rebalancing is measured against.",
        why="Greyish cells are the most frequent, so it prefers them.",
        paper=ZHANG,
        config=ClassificationConfig(**_ZHANG, **_GRID_16, uniform_share=1.0),
        recipe=_FROM_SCRATCH,
        report="001",
    )
)

# --- report 003 -----------------------------------------------------------------------------

register(
    Method(
        name="resnet18-mse",
        title="Half ResNet-18",
        family="regression",
        idea="The first half of a ResNet-18 with half its channels, then convolutions and "
        "nearest-neighbour upsampling to ab; squared error.",
        why="Squared error averages the likely colours into an old, flat look.",
        paper="Report 003; He et al. 2016, Deep Residual Learning",
        config=RegressionConfig(side=128, network="half-resnet18", width=0.5, loss="l2"),
        recipe=Recipe(data=("photos",), crop=80, lr=0.01, weight_decay=0.0),
        report="003",
    )
)

# --- report 004 -----------------------------------------------------------------------------

_BIRDS = {
    "side": 128, "network": "unet", "color_space": "rgb", "width": 0.125, "depth": 7,
    "discriminator": "image", "discriminator_width": 16, "real_label": 1.0,
}  # fmt: skip
_BIRDS_RECIPE = Recipe(
    data=("birds",), crop=128, store_side=128, min_share=1.0, lr=1e-3, betas=REDUCED_MOMENTUM,
    weight_decay=0.0,
)  # fmt: skip
register(
    Method(
        name="birds-gan",
        title="Birds GAN, no skips",
        family="gan",
        idea="An encoder-decoder squeezes a 128×128 bird into one pixel of 64 channels (512 in the "
        "report) and paints it anew in RGB.",
        why="Nothing of the picture gets past the bottleneck, so colours land in rough blobs.",
        paper="Report 004; " + ISOLA,
        config=GanConfig(**_BIRDS, skips=False),
        recipe=_BIRDS_RECIPE,
        report="004",
    )
)
register(
    Method(
        name="birds-gan-skip",
        title="Birds GAN, skips",
        family="gan",
        idea="The same with skip connections, on birds that are also mirrored and turned.",
        why="Skips carry the outlines, so colours follow them; it knows birds and branches only.",
        paper="Report 004; " + ISOLA,
        config=GanConfig(**_BIRDS, skips=True),
        recipe=replace(_BIRDS_RECIPE, rotations=True),
        report="004",
    )
)
