"""Save and load one method folder: config.json beside model.safetensors."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from colorize_core.errors import CheckpointError, ColorizeError
from colorize_core.files import write_atomically, write_json
from colorize_core.methods import Method, get_method
from colorize_core.methods.config import MethodConfig
from colorize_core.runs import CONFIG, WEIGHTS, read_config


@dataclass(frozen=True)
class Checkpoint:
    """What a method folder says, before its weights are read."""

    folder: Path
    method: Method
    config: MethodConfig
    training: dict[str, Any]
    """How it was trained; empty when unknown."""


def save_weights(folder: Path, model: nn.Module) -> None:
    """Write model.safetensors: parameters in half precision, buffers (statistics) as they are."""
    names = {name for name, _ in model.named_parameters()}
    state = {
        name: (tensor.half() if name in names else tensor).detach().cpu().contiguous()
        for name, tensor in model.state_dict().items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / WEIGHTS, safetensors.torch.save(state))


def save_checkpoint(
    folder: Path, method: Method, config: MethodConfig, model: nn.Module, training: dict[str, Any]
) -> None:
    """Write config.json and model.safetensors; the weights first, each by rename."""
    save_weights(folder, model)
    content = {"method": method.name, "config": config.to_json(), "training": training}
    write_json(folder / CONFIG, content)


def read_checkpoint(folder: Path) -> Checkpoint:
    """Read config.json.

    Raises:
        CheckpointError: no such folder or file, or a damaged or impossible configuration.
    """
    content = read_config(folder)
    try:
        method = get_method(content["method"])
        config = method.read_config(content["config"])
        training = content.get("training", {})
    except (KeyError, TypeError, AttributeError, ColorizeError) as error:
        raise CheckpointError(f"{folder / CONFIG} does not describe a method: {error}") from error
    return Checkpoint(Path(folder), method, config, training)


def load_model(checkpoint: Checkpoint, device: torch.device | str = "cpu") -> nn.Module:
    """Build the network of a checkpoint and load its weights strictly, ready for inference.

    Raises:
        CheckpointError: weights missing or damaged, or of another shape than the configuration.
    """
    path = checkpoint.folder / WEIGHTS
    model = checkpoint.method.build(checkpoint.config)
    state = read_tensors(path)
    load_strictly(model, state, path)
    return model.to(device).eval()


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file.

    Raises:
        CheckpointError: missing or damaged.
    """
    if not path.is_file():
        raise CheckpointError(f"no weights at {path}; train them or restore the file")
    try:
        return safetensors.torch.load_file(path)
    except (safetensors.SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); restore or retrain it") from error


def load_strictly(model: nn.Module, state: dict[str, Tensor], path: Path) -> None:
    """Fill a module; every name and shape must match.

    Raises:
        CheckpointError: names the file and the first difference.
    """
    expected = model.state_dict()
    for name in sorted(expected.keys() | state.keys()):
        if name not in state:
            raise CheckpointError(f"{path} lacks {name} {tuple(expected[name].shape)}")
        if name not in expected:
            raise CheckpointError(f"{path} holds {name}, which this network does not have")
        if state[name].shape != expected[name].shape:
            found, needed = tuple(state[name].shape), tuple(expected[name].shape)
            raise CheckpointError(f"{path}: {name} has shape {found}, the network needs {needed}")
    model.load_state_dict(state, strict=True)
