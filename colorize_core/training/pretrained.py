"""Start a network from weights that are there: ImageNet's, or another checkpoint's."""

from collections.abc import Callable
from pathlib import Path

from torch import Tensor, nn
from torchvision.models import ResNet18_Weights, SqueezeNet1_1_Weights

from colorize_core.checkpoint import load_model, load_strictly, read_checkpoint, read_tensors
from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.models.cnn import GuidedCnn
from colorize_core.models.half_resnet import HalfResNet18
from colorize_core.models.studio import StudioNet, Trunk


def load_pretrained(network: nn.Module, source: str) -> None:
    """Fill the part of a network for which ImageNet weights exist; others are left as they are.

    Args:
        network: changed in place.
        source: "imagenet" downloads torchvision's weights, "none" leaves the random start,
            anything else is the path of a safetensors file.

    Raises:
        CheckpointError: the download failed, or the file is missing, damaged or of another shape.
        ConfigError: weights asked for a width that has none.
    """
    if source == "none":
        return
    if isinstance(network, StudioNet):
        load_trunk(network.trunk, source)
    elif isinstance(network, HalfResNet18):
        load_half_resnet(network, source)


def load_trunk(trunk: Trunk, source: str) -> None:
    """Fill the SqueezeNet trunk; `source` as in `load_pretrained`, of `squeezenet1_1()`."""
    if source == "none":
        return
    state = _read(source, SqueezeNet1_1_Weights.IMAGENET1K_V1.get_state_dict)
    # Files hold either the whole classifier or its features alone, under either name.
    features = {
        name.removeprefix("features."): tensor
        for name, tensor in state.items()
        if not name.startswith("classifier.")
    }
    load_strictly(trunk.features, features, Path(source))


def load_half_resnet(network: HalfResNet18, source: str) -> None:
    """Fill conv1 to conv3_x from a ResNet-18; narrower networks start blank by default.

    Raises:
        CheckpointError: as in `load_pretrained`.
        ConfigError: a file was named for a network of another width.
    """
    if network.conv1.out_channels != 64:
        if source == "imagenet":
            return
        raise ConfigError(
            f"{source} was given, but ImageNet weights fit ResNet-18 at width 1 only; "
            "add --set width=1, or use --encoder-weights none"
        )
    state = _read(source, ResNet18_Weights.IMAGENET1K_V1.get_state_dict)
    halves = ("conv1.", "bn1.", "layer1.", "layer2.")
    encoder = {name: tensor for name, tensor in state.items() if name.startswith(halves)}
    own = {n: t for n, t in network.state_dict().items() if not n.startswith(halves)}
    load_strictly(network, {**own, **encoder}, Path(source))


def copy_network(folder: Path, model: nn.Module) -> None:
    """Start from another checkpoint.

    Only a last layer of another width keeps its own start, and the reader of a guided network
    that starts from a plain one.
    """
    checkpoint = read_checkpoint(folder)
    state = load_model(checkpoint).network.state_dict()
    own = model.network.state_dict()
    if isinstance(model.network, GuidedCnn):
        state = {n: t for n, t in own.items() if n.startswith(GuidedCnn.GUIDES)} | state
    for name in ("head.weight", "head.bias"):
        if state[name].shape != own[name].shape:
            state[name] = own[name]
    load_strictly(model.network, state, checkpoint.folder)


def _read(source: str, download: Callable[..., dict]) -> dict[str, Tensor]:
    if source != "imagenet":
        return read_tensors(Path(source))
    try:
        return dict(download(progress=False))
    except OSError as error:
        raise CheckpointError(
            f"the ImageNet weights could not be downloaded ({error}); "
            "give a local file with --encoder-weights PATH, or 'none'"
        ) from error
