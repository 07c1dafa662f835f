"""The registry: one entry per method. Menus, tests and the evaluation loop over `METHODS`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

from colorize_core.configs import (
    ClassificationConfig,
    GanConfig,
    RegressionConfig,
    StudioConfig,
)
from colorize_core.errors import UnknownMethodError
from colorize_core.models.colorizers import AbColorizer, BinColorizer


@dataclass(frozen=True)
class Method:
    """A way to colorize: what it is called, why it looks as it does, how it is built."""

    name: str
    title: str
    family: str
    idea: str
    """How it works, in one sentence."""
    why: str
    """Why its pictures look as they do, in one sentence."""
    paper: str
    config: type[StudioConfig]
    build: Callable[[Any], nn.Module]
    """Configuration -> module with `forward(L)` and `decode(output, temperature)`."""
    has_temperature: bool = False


METHODS: dict[str, Method] = {}


def register(method: Method) -> Method:
    """Add a method.

    Raises:
        ValueError: the name is taken.
    """
    if method.name in METHODS:
        raise ValueError(f"method {method.name!r} is registered twice")
    METHODS[method.name] = method
    return method


def get_method(name: str) -> Method:
    """The method of that name.

    Raises:
        UnknownMethodError: no such method; the message lists those there are.
    """
    if name not in METHODS:
        raise UnknownMethodError(f"no method {name!r}; choose from: {', '.join(METHODS)}")
    return METHODS[name]


register(
    Method(
        name="regression",
        title="Regression",
        family="regression",
        idea="One colour per pixel, chosen so that its distance to the true colour is small on "
        "average.",
        why="Between a red and a blue shirt it bets on the middle: safe, and pale.",
        paper="Cheng, Yang, Sheng 2015, Deep Colorization",
        config=RegressionConfig,
        build=AbColorizer,
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
        paper="Isola et al. 2017, Image-to-Image Translation with Conditional Adversarial Networks",
        config=GanConfig,
        build=AbColorizer,
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
        paper="Zhang, Isola, Efros 2016, Colorful Image Colorization",
        config=ClassificationConfig,
        build=BinColorizer,
        has_temperature=True,
    )
)
