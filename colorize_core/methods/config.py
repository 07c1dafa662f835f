"""Frozen method configurations, checked when made, stored as JSON beside the weights.

A method is network × colour space × objective. The first two are fields; the objective is the
type of the configuration. Reading a configuration needs no torch, so that menus and dashboards
stay light.
"""

import dataclasses
import math
import re
from dataclasses import dataclass
from typing import Any, Self

from colorize_core.errors import ConfigError

NETWORKS = ("studio", "unet", "zhang", "cnn", "half-resnet18")
COLOR_SPACES = ("lab", "yuv", "rgb")
REGRESSION_LOSSES = ("l2", "l1", "huber")
DISCRIMINATORS = ("patch", "image")
CLASS_COLORS = ("middles", "means")


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)


def _require_one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    _require(value in known, f"{name} must be one of {', '.join(known)}, got {value!r}")


def _check_type(field: dataclasses.Field, value: Any) -> None:
    allowed = (int, float) if field.type is float else field.type
    fits = isinstance(value, allowed) and (field.type is bool) == isinstance(value, bool)
    _require(fits, f"{field.name} must be of type {field.type.__name__}, got {value!r}")


@dataclass(frozen=True)
class MethodConfig:
    """What all methods share."""

    side: int = 256
    """Long side of the copy that the network sees, pixels."""
    width: float = 1.0
    """Multiplies the channels of the network (of the studio network: of its decoder)."""
    network: str = "studio"
    """One of NETWORKS."""
    backbone: str = "tf_efficientnet_lite0"
    """timm's name of what the studio network is built on; other networks have none."""
    color_space: str = "lab"
    """What the network answers in: one of COLOUR_SPACES."""
    depth: int = 5
    """Halvings on the way down; only the unet asks."""
    skips: bool = True
    """Whether the way up sees the way down; only the unet asks."""
    dropout: float = 0.0
    """Share of activations dropped in the deepest steps up; only the unet asks."""
    hints: bool = False
    """Whether it takes colours at single places of a photo; only the studio network can."""
    mirror: bool = False
    """Whether a photo's mirror image is predicted as well, and both answers are averaged."""
    denoise: float = 0.0
    """How much grain is taken out of what the network sees, in multiples of it (`denoise`)."""
    blur: float = 0.0
    """Standard deviation of the Gaussian through which the network sees its copy, pixels."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            _check_type(field, getattr(self, field.name))
        _require(32 <= self.side <= 1024, f"side must lie in 32…1024 pixels, got {self.side}")
        _require(0 < self.width <= 4, f"width must lie in (0, 4], got {self.width}")
        _require_one_of("network", self.network, NETWORKS)
        # No paths, no addresses: a configuration may come with a stranger's checkpoint.
        _require(
            re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)?", self.backbone) is not None,
            f"backbone must be a name of timm's, such as resnet18, got {self.backbone!r}",
        )
        _require_one_of("color_space", self.color_space, COLOR_SPACES)
        _require(
            not self.hints or (self.network, self.color_space) == ("studio", "lab"),
            "hints need network studio and color_space lab, "
            f"got {self.network!r} and {self.color_space!r}",
        )
        _require(2 <= self.depth <= 8, f"depth must lie in 2…8, got {self.depth}")
        _require(0 <= self.denoise <= 10, f"denoise must lie in 0…10, got {self.denoise}")
        _require(0 <= self.blur <= 16, f"blur must lie in 0…16, got {self.blur}")
        _require(0 <= self.dropout < 1, f"dropout must lie in [0, 1), got {self.dropout}")

    @property
    def passes(self) -> int:
        """How many copies of a photo the network sees, whose answers are averaged."""
        return 2 if self.mirror else 1

    def to_json(self) -> dict[str, Any]:
        """The fields as JSON scalars."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Build from stored fields; those that are not named take the type's defaults.

        Raises:
            ConfigError: an unknown field, or a value out of range or of the wrong type.
        """
        return cls().changed(values)

    def changed(self, values: dict[str, Any]) -> Self:
        """A copy with other values of some fields.

        Raises:
            ConfigError: an unknown field, or a value out of range or of the wrong type.
        """
        known = {field.name for field in dataclasses.fields(self)}
        unknown = sorted(set(values) - known)
        if unknown:
            name, fields = type(self).__name__, ", ".join(sorted(known))
            raise ConfigError(f"{name} has no field {unknown[0]!r}; its fields: {fields}")
        return dataclasses.replace(self, **values)


@dataclass(frozen=True)
class RegressionConfig(MethodConfig):
    """One colour per pixel, as numbers."""

    loss: str = "huber"
    """One of l2, l1, huber."""
    huber_delta: float = 0.05
    """δ, where Huber turns from square to linear, as a share of the space's scale: 1 is 127.5 of
    255 steps in RGB, 160 of 255 steps in YUV, and 110 units of a and b in Lab."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_one_of("loss", self.loss, REGRESSION_LOSSES)
        _require(self.huber_delta > 0, f"huber_delta must be above 0, got {self.huber_delta}")


@dataclass(frozen=True)
class GanConfig(MethodConfig):
    """A network as generator against a conditional discriminator."""

    l1_weight: float = 100.0
    """λ of the L1 term, on colours divided by the space's scale."""
    real_label: float = 0.9
    """Target of real pictures: one-sided label smoothing."""
    discriminator: str = "patch"
    """patch: one verdict for every patch; image: one for the picture."""
    discriminator_width: int = 64
    """Channels of the discriminator's first layer."""
    discriminator_lr: float = 1.0
    """The discriminator's learning rate as a share of the generator's (Heusel et al. 2017, GANs
    Trained by a Two Time-Scale Update Rule)."""
    discriminator_rest: float = 0.0
    """The discriminator takes no step where its loss lies below this, nats: a network that is ahead
    waits for the other, as in the code of Larsen et al. 2016 (Autoencoding beyond pixels)."""
    r1: float = 0.0
    """γ of the penalty on the discriminator's gradient at true colours (Mescheder, Geiger, Nowozin
    2018, equation 9)."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("l1_weight", "discriminator_rest", "r1"):
            value = getattr(self, name)
            _require(0 <= value < math.inf, f"{name} must be 0 or more, got {value}")
        _require(
            0 < self.discriminator_lr <= 100,
            f"discriminator_lr must lie in (0, 100], got {self.discriminator_lr}",
        )
        _require(
            0.5 < self.real_label <= 1, f"real_label must lie in (0.5, 1], got {self.real_label}"
        )
        _require_one_of("discriminator", self.discriminator, DISCRIMINATORS)
        _require(
            4 <= self.discriminator_width <= 512,
            f"discriminator_width must lie in 4…512, got {self.discriminator_width}",
        )


@dataclass(frozen=True)
class ClassificationConfig(MethodConfig):
    """A distribution over colour classes, decoded by the annealed mean."""

    cell: int = 10
    """Width of a class on the colour plane: in ab units, or in 8-bit steps of U and V."""
    origin: int = -5
    """A cell border on both axes of the plane."""
    neighbours: int = 5
    """Classes that share a soft target; 1 makes the targets hard."""
    sigma: float = 5.0
    """Width of the Gaussian of soft targets and of the smoothed prior, in the plane's units."""
    uniform_share: float = 0.5
    """λ: how much uniform is mixed into the prior before weights are taken; 1: no weights."""
    class_colors: str = "middles"
    """middles: a class's colour is the middle of its cell; means: the mean of the training photos'
    colours in its cell."""
    temperature: float = 0.38
    """Annealed-mean temperature, in [0, 1]; 0 is the mode, 1 the mean."""
    rebalancing: float = 1.0
    """Power of the class weights that answers keep, in [0, 1]; 0 takes out what training put in."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _require(
            self.color_space != "rgb",
            "classes need a colour plane: color_space must be lab or yuv, got 'rgb'",
        )
        _require_one_of("class_colors", self.class_colors, CLASS_COLORS)
        _require(2 <= self.cell <= 64, f"cell must lie in 2…64 units, got {self.cell}")
        _require(1 <= self.neighbours <= 25, f"neighbours must lie in 1…25, got {self.neighbours}")
        _require(self.sigma > 0, f"sigma must be above 0, got {self.sigma}")
        _require(
            0 <= self.uniform_share <= 1,
            f"uniform_share must lie in [0, 1], got {self.uniform_share}",
        )
        _require(
            0 <= self.temperature <= 1, f"temperature must lie in [0, 1], got {self.temperature}"
        )
        _require(
            0 <= self.rebalancing <= 1, f"rebalancing must lie in [0, 1], got {self.rebalancing}"
        )
