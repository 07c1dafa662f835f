"""The studio: one pretrained backbone, three objectives."""

from colorize_core.methods.config import ClassificationConfig, GanConfig, RegressionConfig
from colorize_core.methods.papers import CHENG, ISOLA, REDUCED_MOMENTUM, ZHANG
from colorize_core.methods.registry import Method, Recipe

_STUDIO = {"network": "studio", "denoise": 3.0}
STUDIO = (
    Method(
        name="regression",
        title="Regression",
        family="regression",
        idea="One colour per pixel, chosen so that its distance to the true colour is small on "
        "average.",
        why="Between a red and a blue shirt it bets on the middle: safe, and pale.",
        paper=CHENG,
        config=RegressionConfig(**_STUDIO),
    ),
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
    ),
    Method(
        name="classification",
        title="Classification",
        family="classification",
        idea="A probability for each of 261 colours at every place, with rare colours weighted "
        "up; the temperature decides how they become one.",
        why="At T = 1 it blends all candidates, at T = 0 it takes the likeliest: calm or vivid.",
        paper=ZHANG,
        config=ClassificationConfig(**_STUDIO, rebalancing=0.92),
    ),
)
