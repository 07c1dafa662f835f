"""What a method is, and the one table of them; no torch, so that menus stay light."""

from dataclasses import dataclass
from typing import Any

from colorize_core.errors import UnknownMethodError
from colorize_core.methods.config import ClassificationConfig, MethodConfig

SCHEDULES = ("cosine", "line", "plateau")


@dataclass(frozen=True)
class Recipe:
    """How a method is trained where the options of a run say nothing else."""

    data: tuple[str, ...] = ("photos", "imagenette", "birds", "paintings")
    """Names of the data folders."""
    crop: int = 96
    """Side of the training crops, pixels."""
    store_side: int = 144
    """Short side at which photos are held in memory, pixels."""
    min_share: float = 0.1
    """The smallest crop, as a share of a picture's area; 1 takes the whole picture."""
    shift: int = 0
    """Move every crop by up to so many pixels, also beyond the border, which is repeated."""
    mirrored: bool = True
    """Mirror every other crop."""
    rotations: bool = False
    """Turn every other crop by 90° to either side."""
    batch_size: int = 32
    lr: float = 2e-3
    """Peak learning rate."""
    betas: tuple[float, float] = (0.9, 0.999)
    """Of Adam; a smaller first one is "reduced momentum"."""
    weight_decay: float = 0.01
    schedule: str = "cosine"
    """cosine: down to nearly 0 by the end; line: up for longer, then down in a line; plateau: a
    tenth where validation stands still."""
    starts_from: str | None = None
    """The shipped method whose network a run starts from."""

    def __post_init__(self) -> None:
        if self.schedule not in SCHEDULES:
            raise ValueError(f"schedule must be one of {SCHEDULES}, got {self.schedule!r}")


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
    config: MethodConfig
    """The configuration that is shipped; `configure` changes fields of it."""
    recipe: Recipe = Recipe()
    report: str | None = None
    """The report that describes it, such as 002; None for the studio's own."""

    @property
    def has_temperature(self) -> bool:
        """Whether it predicts a distribution that a temperature can sharpen."""
        return isinstance(self.config, ClassificationConfig)

    def configure(self, **changes: Any) -> MethodConfig:
        """The configuration with some fields changed.

        Raises:
            ConfigError: an unknown field or an impossible value.
        """
        return self.config.changed(changes)

    def read_config(self, values: dict[str, Any]) -> MethodConfig:
        """The configuration of a stored checkpoint: unnamed fields take the type's defaults.

        Raises:
            ConfigError: an unknown field or an impossible value.
        """
        return type(self.config).from_json(values)

    def build(self, config: MethodConfig) -> Any:
        """The untrained module (`color_nets.ColorNet`) of a configuration."""
        from colorize_core.methods.color_nets import build_colorizer  # torch, only when needed

        return build_colorizer(config)


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
