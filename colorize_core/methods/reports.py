"""The systems of reports 000, 001, 003 and 004; those on CIFAR-10 stand in `cifar`."""

from dataclasses import replace

from colorize_core.methods.config import ClassificationConfig, GanConfig, RegressionConfig
from colorize_core.methods.papers import ISOLA, REDUCED_MOMENTUM, RONNEBERGER, STRAINED, ZHANG
from colorize_core.methods.registry import Method, Recipe

# --- report 000: U-Net and conditional GAN in Lab -------------------------------------------

_PAINTINGS = Recipe(
    data=("paintings",), crop=128, lr=2e-4, weight_decay=0.0, schedule="plateau", min_share=0.3
)
_UNET = {"side": 128, "network": "unet"}
PAINTINGS = (
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
    ),
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
            **_UNET,
            **STRAINED,
            width=0.125,
            dropout=0.5,
            discriminator="image",
            discriminator_width=16,
        ),
        recipe=replace(_PAINTINGS, betas=REDUCED_MOMENTUM),
        report="000",
    ),
    Method(
        name="unet-gan-32",
        title="U-Net GAN at 32 pixels",
        family="gan",
        idea="The U-Net GAN on whole paintings of 32×32 pixels, one halving shallower: the best "
        "row of the report's table.",
        why="It learnt from thumbnails, so a large painting gets a few broad colours.",
        paper=ISOLA,
        config=GanConfig(
            side=32,
            network="unet",
            width=0.25,
            depth=4,
            dropout=0.5,
            discriminator="image",
            discriminator_width=16,
        ),
        # Not the plateau of the others: with a cosine its 666 passes learn to their end.
        recipe=Recipe(
            data=("paintings",),
            crop=32,
            store_side=32,
            min_share=1.0,
            lr=2e-4,
            betas=REDUCED_MOMENTUM,
            weight_decay=0.0,
        ),
        report="000",
    ),
)

# --- report 001 and the model it builds on --------------------------------------------------

_FROM_SCRATCH = Recipe(data=("photos", "imagenette"), crop=80, lr=1e-3)
_ZHANG = {"side": 176, "network": "zhang", "width": 0.125}
_GRID_16 = {"cell": 16, "origin": -128, "neighbours": 1, "temperature": 0.09}
ZHANGS = (
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
    ),
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
    ),
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
    ),
    Method(
        name="zhang-114-means",
        title="Zhang, 114 classes, mean colours",
        family="classification",
        idea="As zhang-114, but the colour of a class is the mean of what the training photos hold "
        "in its cell, instead of the cell's middle.",
        why="No middle of a cell is neutral, but means near grey almost are, so that a grey wall "
        "is tinted less.",
        paper=ZHANG,
        config=ClassificationConfig(**_ZHANG, **_GRID_16, class_colors="means"),
        recipe=_FROM_SCRATCH,
        report="001",
    ),
)

# --- report 003 -----------------------------------------------------------------------------

HALF_RESNET = (
    Method(
        name="resnet18-mse",
        title="Half ResNet-18",
        family="regression",
        idea="The first half of a ResNet-18, then convolutions and "
        "nearest-neighbour upsampling to ab; squared error.",
        why="Squared error averages the likely colours into an old, flat look.",
        paper="Report 003; He et al. 2016, Deep Residual Learning",
        config=RegressionConfig(side=128, network="half-resnet18", width=0.5, loss="l2"),
        recipe=Recipe(data=("photos",), crop=128, lr=0.01, weight_decay=0.0),
        report="003",
    ),
)

# --- report 004 -----------------------------------------------------------------------------

_BIRDS = {
    "side": 128, "network": "unet", "color_space": "rgb", "width": 0.125, "depth": 7,
    "discriminator": "image", "discriminator_width": 16, "real_label": 1.0,
}  # fmt: skip
_BIRDS_RECIPE = Recipe(
    data=("birds",), crop=128, store_side=128, min_share=1.0, lr=1e-3, betas=REDUCED_MOMENTUM,
    weight_decay=0.0, mirrored=False,
)  # fmt: skip
BIRDS = (
    Method(
        name="birds-gan",
        title="Birds GAN, no skips",
        family="gan",
        idea="An encoder-decoder squeezes a 128×128 bird into one pixel (of 512 channels in the "
        "report) and paints it anew in RGB.",
        why="Nothing of the picture gets past the bottleneck, so colours land in rough blobs.",
        paper="Report 004; " + ISOLA,
        config=GanConfig(**_BIRDS | {"width": 0.25}, skips=False),
        recipe=_BIRDS_RECIPE,
        report="004",
    ),
    Method(
        name="birds-gan-skip-plain",
        title="Birds GAN, skips alone",
        family="gan",
        idea="The same with skip connections, on the same birds, neither mirrored nor turned.",
        why="What it does better than without skips is theirs, not that of more pictures.",
        paper="Report 004; " + ISOLA,
        config=GanConfig(**_BIRDS, **STRAINED, skips=True),
        recipe=_BIRDS_RECIPE,
        report="004",
    ),
    Method(
        name="birds-gan-skip",
        title="Birds GAN, skips",
        family="gan",
        idea="The same with skip connections, on birds that are also mirrored and turned.",
        why="Skips carry the outlines, so colours follow them; it knows birds and branches only.",
        paper="Report 004; " + ISOLA,
        config=GanConfig(**_BIRDS, **STRAINED, skips=True),
        recipe=replace(_BIRDS_RECIPE, mirrored=True, rotations=True),
        report="004",
    ),
)
