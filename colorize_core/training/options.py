"""What a training run is told; no torch."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colorize_core.errors import ConfigError
from colorize_core.methods.registry import Recipe
from colorize_core.runs import SHIPPED


@dataclass(frozen=True)
class TrainingOptions:
    """Options of one run; the command line mirrors the fields."""

    data: tuple[Path, ...]
    """Folders of images."""
    out: Path
    """Where the checkpoint, history and resume state are written."""
    epochs: float | None = None
    """Length of the run in passes over the training photos."""
    minutes: float | None = None
    """Length of the run in minutes; the learning rate reaches its end by then."""
    batch_size: int | None = None
    """Pictures in a step; None, here and below, takes what the method's recipe says."""
    crop: int | None = None
    """Side of the training crops, pixels."""
    store_side: int | None = None
    """Short side at which photos are held in memory, pixels."""
    lr: float | None = None
    """Peak learning rate of the decoder."""
    trunk_lr: float = 0.15
    """Learning rate of a pretrained trunk, as a share of `lr`."""
    device: str = "auto"
    precision: str = "auto"
    """auto, fp32 or bf16, as `devices.build_accelerator`."""
    seed: int = 0
    encoder_weights: str = "imagenet"
    """A safetensors file with timm's names; "imagenet" downloads one, of a backbone that is not the
    default "imagenet@REVISION"; "none" starts blank. Only networks with a pretrained trunk ask."""
    init: Path | None = None
    """Checkpoint folder whose network the run starts from; None takes the shipped checkpoint that
    the recipe names, if it names one and `encoder_weights` is "imagenet"."""
    degradation: float = 0.0
    """Share of the training crops whose grey is made to look like an old print's."""
    resume: bool = False
    evaluate_every: int = 10_000
    """Images between two evaluations; each also writes the resume state."""
    limit: int | None = None
    """Use at most so many training photos."""

    def __post_init__(self) -> None:
        if not self.data:
            raise ConfigError("no training data; give --data FOLDER at least once")
        if (self.epochs is None) == (self.minutes is None):
            raise ConfigError("give either --epochs or --minutes")
        for name in ("epochs", "minutes", "lr", "trunk_lr", "limit"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ConfigError(f"{name} must be above 0, got {value}")
        least_of = {"batch_size": 2, "evaluate_every": 1, "store_side": 32, "crop": 32}
        for name, least in least_of.items():
            value = getattr(self, name)
            if value is not None and value < least:
                raise ConfigError(f"{name} must be {least} or more, got {value}")
        if not 0 <= self.degradation <= 1:
            raise ConfigError(f"degradation must lie in [0, 1], got {self.degradation}")

    def completed(self, recipe: Recipe) -> "TrainingOptions":
        """Fill in what the options leave to the method's recipe."""
        blanks = {
            name: getattr(recipe, name)
            for name in ("batch_size", "crop", "store_side", "lr")
            if getattr(self, name) is None
        }
        init = self.init
        if init is None and recipe.starts_from and self.encoder_weights == "imagenet":
            init = SHIPPED / recipe.starts_from
        return dataclasses.replace(self, **blanks, init=init)

    def to_json(self) -> dict[str, Any]:
        """What is stored with the checkpoint: no paths, only the names of the data folders."""
        values = dataclasses.asdict(self)
        values["data"] = [Path(folder).name for folder in self.data]
        values["init"] = self.init.name if self.init else None
        if self.encoder_weights not in ("imagenet", "none"):
            values["encoder_weights"] = Path(self.encoder_weights).name
        for name in ("out", "resume", "device", "precision"):
            del values[name]
        return values

    def to_compare(self) -> dict[str, Any]:
        """What a resumed run must share, as `to_json`; its length and pace may change."""
        free = ("epochs", "minutes", "evaluate_every")
        return {name: value for name, value in self.to_json().items() if name not in free}
