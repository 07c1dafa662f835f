"""A network between two: the mean of their weights.

A GAN that went on from a regression is more vivid and less exact; the networks between both trade
one for the other (Wang et al. 2018, ESRGAN, section 3.4, network interpolation).
"""

from pathlib import Path

import torch

from colorize_core.errors import ConfigError
from colorize_core.files import write_atomically
from colorize_core.methods.checkpoint import (
    load_model,
    load_strictly,
    read_checkpoint,
    save_checkpoint,
)
from colorize_core.runs import HISTORY, WEIGHTS


def blend(start: Path, end: Path, share: float, out: Path) -> Path:
    """Write a checkpoint between two, of the method of the second one.

    Args:
        start: checkpoint folder of the network that the other went on from.
        end: checkpoint folder of the other; its configuration and history are kept.
        share: of `end`, in [0, 1]: 0 gives the weights of `start`.
        out: where the checkpoint is written.

    Raises:
        ConfigError: a share outside of [0, 1], or `out` holds a checkpoint already.
        CheckpointError: a folder without a checkpoint, damaged weights, or networks of different
            shapes.
    """
    if not 0 <= share <= 1:
        raise ConfigError(f"the share must lie in [0, 1], got {share}")
    if (out / WEIGHTS).exists():
        raise ConfigError(f"{out} holds a checkpoint already; give another --out")
    first, second = read_checkpoint(start), read_checkpoint(end)
    model = load_model(second)
    ends = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    load_strictly(model, load_model(first).state_dict(), first.folder)  # refuses other shapes
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            # Numbers of batches have no mean: the end's are kept.
            counted = not tensor.is_floating_point()
            tensor.copy_(ends[name] if counted else tensor.lerp(ends[name], share))
    training = {**second.training, "blended_with": first.method.name, "blend_share": share}
    save_checkpoint(out, second.method, second.config, model, training)
    history = end / HISTORY
    if history.is_file():
        write_atomically(out / HISTORY, history.read_bytes())
    return out
