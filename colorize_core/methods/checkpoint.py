"""Save and load one method folder: config.json beside model.safetensors."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from colorize_core.errors import CheckpointError, ColorizeError
from colorize_core.files import make_folder, write_atomically, write_json
from colorize_core.methods import Method, get_method
from colorize_core.methods.config import MethodConfig
from colorize_core.runs import CONFIG, DIGEST, WEIGHTS, read_config


@dataclass(frozen=True)
class Checkpoint:
    """What a method folder says, before its weights are read."""

    folder: Path
    method: Method
    config: MethodConfig
    training: dict[str, Any]
    """How it was trained; empty when unknown."""
    digest: str | None = None
    """SHA-256 of its weights' file; None in a folder that is older than this field."""


def save_weights(folder: Path, model: nn.Module) -> str:
    """Write model.safetensors: parameters in half precision, buffers (statistics) as they are.

    Returns:
        What config.json is to hold as `DIGEST`.

    Raises:
        StorageError: the disk refuses it.
    """
    names = {name for name, _ in model.named_parameters()}
    state = {
        name: (tensor.half() if name in names else tensor).detach().cpu().contiguous()
        for name, tensor in model.state_dict().items()
    }
    content = safetensors.torch.save(state)
    make_folder(folder)
    write_atomically(folder / WEIGHTS, content)
    return hashlib.sha256(content).hexdigest()


def save_checkpoint(
    folder: Path, method: Method, config: MethodConfig, model: nn.Module, training: dict[str, Any]
) -> None:
    """Write config.json and model.safetensors; the weights first, each by rename.

    Raises:
        StorageError: the disk refuses it.
    """
    digest = save_weights(folder, model)
    content = {"method": method.name, "config": config.to_json(), DIGEST: digest}
    write_json(folder / CONFIG, {**content, "training": training})


def read_checkpoint(folder: Path) -> Checkpoint:
    """Read config.json.

    Raises:
        CheckpointError: no such folder or file, or a damaged or impossible configuration.
    """
    content = read_config(folder)
    try:
        method = get_method(content["method"])
        config = method.read_config(content["config"])
        training = dict(content.get("training") or {})
    except (KeyError, TypeError, ValueError, AttributeError, ColorizeError) as error:
        path = Path(folder) / CONFIG
        raise CheckpointError(f"{path} does not describe a method: {error}") from error
    return Checkpoint(Path(folder), method, config, training, content.get(DIGEST))


def load_model(checkpoint: Checkpoint, device: torch.device | str = "cpu") -> nn.Module:
    """Build the network of a checkpoint and load its weights strictly, ready for inference.

    Raises:
        CheckpointError: weights missing or damaged, of another shape than the configuration, or
            not those that it was written with.
    """
    path = checkpoint.folder / WEIGHTS
    state = read_tensors(path, checkpoint.digest)
    try:
        model = checkpoint.method.build(checkpoint.config)
    except ColorizeError as error:
        config = checkpoint.folder / CONFIG
        raise CheckpointError(f"{config} does not describe a network: {error}") from error
    load_strictly(model, state, path)
    return model.to(device).eval()


def read_tensors(path: Path, digest: str | None = None) -> dict[str, Tensor]:
    """Read a safetensors file.

    Args:
        path: of the file.
        digest: its SHA-256, where it is known.

    Raises:
        CheckpointError: missing or damaged, another file, or numbers that are not finite.
    """
    if not path.is_file():
        raise CheckpointError(f"no weights at {path}; train them or restore the file")
    try:
        content = path.read_bytes()
        state = safetensors.torch.load(content)
    except (safetensors.SafetensorError, OSError, ValueError, KeyError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); restore or retrain it") from error
    if digest is not None and hashlib.sha256(content).hexdigest() != digest:
        raise CheckpointError(
            f"the weights in {path} are not those that its {CONFIG} describes; restore both files, "
            "or train them again"
        )
    for name, tensor in state.items():
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise CheckpointError(
                f"{path} is damaged ({name} holds numbers that are not finite); restore or "
                "retrain it"
            )
    return state


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
