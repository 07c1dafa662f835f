"""A network between two: the mean of their weights.

A GAN that went on from a regression is more vivid and less exact; the networks between both trade
one for the other (Wang et al. 2018, ESRGAN, section 3.4, network interpolation).
"""

from pathlib import Path

from colorize_core.checkpoint import (
    HISTORY,
    WEIGHTS,
    load_model,
    load_strictly,
    read_checkpoint,
    save_checkpoint,
    write_atomically,
)
from colorize_core.errors import ConfigError


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
    state = load_model(first).state_dict()
    load_strictly(model, state, first.folder)  # refuses networks of other shapes
    ends = load_model(second).state_dict()
    model.load_state_dict(
        {name: tensor.lerp(ends[name], share) if tensor.is_floating_point() else ends[name]
         for name, tensor in state.items()}
    )  # fmt: skip
    training = {**second.training, "blended_with": first.method.name, "blend_share": share}
    save_checkpoint(out, second.method, second.config, model, training)
    history = end / HISTORY
    if history.is_file():
        write_atomically(out / HISTORY, history.read_bytes())
    return out
