"""What a training run is told; no torch."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colorize_core.errors import ConfigError


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
    batch_size: int = 32
    crop: int = 96
    """Side of the training crops, pixels."""
    store_side: int = 144
    """Short side at which photos are held in memory, pixels."""
    lr: float | None = None
    """Peak learning rate of the decoder; None takes the objective's."""
    trunk_lr: float = 0.15
    """Learning rate of the pretrained trunk, as a share of `lr`."""
    device: str = "auto"
    seed: int = 0
    encoder_weights: str = "imagenet"
    """A safetensors file of the trunk; "imagenet" loads torchvision's; "none" starts blank."""
    init: Path | None = None
    """Checkpoint folder whose network the run starts from; None with "imagenet" takes the shipped
    checkpoint that the objective names, if it names one."""
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
        for name, least in (("batch_size", 2), ("evaluate_every", 1), ("store_side", 32)):
            if getattr(self, name) < least:
                raise ConfigError(f"{name} must be {least} or more, got {getattr(self, name)}")
        if self.crop < 32 or self.crop % 16:
            raise ConfigError(f"crop must be a multiple of 16, 32 or more, got {self.crop}")

    def to_json(self) -> dict[str, Any]:
        """What is stored with the checkpoint: no paths, only the names of the data folders."""
        values = dataclasses.asdict(self)
        values["data"] = [Path(folder).name for folder in self.data]
        values["init"] = self.init.name if self.init else None
        if self.encoder_weights not in ("imagenet", "none"):
            values["encoder_weights"] = Path(self.encoder_weights).name
        for name in ("out", "resume", "device"):
            del values[name]
        return values
