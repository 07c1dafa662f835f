"""Frozen method configurations, checked when made, stored as JSON beside the weights.

Reading a configuration needs no torch, so that menus and dashboards stay light.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, Self

from colorize_core.errors import ConfigError

REGRESSION_LOSSES = ("l2", "l1", "huber")


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)


def _check_type(field: dataclasses.Field, value: Any) -> None:
    allowed = (int, float) if field.type is float else field.type
    fits = isinstance(value, allowed) and not isinstance(value, bool)
    _require(fits, f"{field.name} must be of type {field.type.__name__}, got {value!r}")


@dataclass(frozen=True)
class StudioConfig:
    """What all studio methods share."""

    side: int = 256
    """Long side of the copy that the network sees, pixels."""
    width: float = 1.0
    """Multiplies the decoder's channels."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            _check_type(field, getattr(self, field.name))
        _require(32 <= self.side <= 1024, f"side must lie in 32…1024 pixels, got {self.side}")
        _require(0 < self.width <= 4, f"width must lie in (0, 4], got {self.width}")

    def to_json(self) -> dict[str, Any]:
        """The fields as JSON scalars."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Build from stored fields.

        Raises:
            ConfigError: an unknown field, or a value out of range or of the wrong type.
        """
        known = {field.name for field in dataclasses.fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            fields = ", ".join(sorted(known))
            raise ConfigError(f"{cls.__name__} has no field {unknown[0]!r}; its fields: {fields}")
        try:
            return cls(**values)
        except TypeError as error:
            raise ConfigError(f"{cls.__name__} cannot take {values}: {error}") from error


@dataclass(frozen=True)
class RegressionConfig(StudioConfig):
    """ab by one number per pixel and channel."""

    loss: str = "huber"
    """One of l2, l1, huber."""
    huber_delta: float = 0.05
    """Where Huber turns from square to linear, as a share of `color.AB_SCALE`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        known = ", ".join(REGRESSION_LOSSES)
        _require(self.loss in REGRESSION_LOSSES, f"loss must be one of {known}, got {self.loss!r}")
        _require(self.huber_delta > 0, f"huber_delta must be above 0, got {self.huber_delta}")


@dataclass(frozen=True)
class GanConfig(StudioConfig):
    """The regression network as generator against a conditional discriminator."""

    l1_weight: float = 100.0
    """λ of the L1 term, on ab divided by `color.AB_SCALE`."""
    real_label: float = 0.9
    """Target of real pictures: one-sided label smoothing."""
    discriminator_width: int = 64
    """Channels of the discriminator's first layer."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _require(self.l1_weight >= 0, f"l1_weight must not be negative, got {self.l1_weight}")
        _require(
            0.5 < self.real_label <= 1, f"real_label must lie in (0.5, 1], got {self.real_label}"
        )
        _require(
            4 <= self.discriminator_width <= 512,
            f"discriminator_width must lie in 4…512, got {self.discriminator_width}",
        )


@dataclass(frozen=True)
class ClassificationConfig(StudioConfig):
    """A distribution over colour classes, decoded by the annealed mean."""

    cell: int = 10
    """Width of a class on the ab plane, in ab units."""
    origin: int = -5
    """A cell border on the ab axes."""
    neighbours: int = 5
    """Classes that share a soft target."""
    sigma: float = 5.0
    """Width of the Gaussian of soft targets and of the smoothed prior, in ab units."""
    uniform_share: float = 0.5
    """λ: how much uniform is mixed into the prior before weights are taken."""
    temperature: float = 0.38
    """Annealed-mean temperature, in [0, 1]; 0 is the mode, 1 the mean."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _require(2 <= self.cell <= 64, f"cell must lie in 2…64 ab units, got {self.cell}")
        _require(1 <= self.neighbours <= 25, f"neighbours must lie in 1…25, got {self.neighbours}")
        _require(self.sigma > 0, f"sigma must be above 0, got {self.sigma}")
        _require(
            0 <= self.uniform_share <= 1,
            f"uniform_share must lie in [0, 1], got {self.uniform_share}",
        )
        _require(
            0 <= self.temperature <= 1, f"temperature must lie in [0, 1], got {self.temperature}"
        )
