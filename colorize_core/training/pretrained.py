"""Start a network from weights that are there: ImageNet's, or another checkpoint's."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

from huggingface_hub import hf_hub_download
from torch import Tensor, nn
from torchvision.models import ResNet18_Weights, SqueezeNet1_1_Weights

from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.methods.checkpoint import (
    load_model,
    load_strictly,
    read_checkpoint,
    read_tensors,
)
from colorize_core.methods.config import MethodConfig
from colorize_core.models.half_resnet import HalfResNet18
from colorize_core.models.studio import StudioNet, Trunk
from colorize_core.models.studio_lite import REPEATS, LiteTrunk, StudioLiteNet

LITE0_REPOSITORY = "timm/tf_efficientnet_lite0.in1k"
"""Of the Hugging Face Hub: EfficientNet-Lite0 as trained on ImageNet (Apache License 2.0)."""
SQUEEZENET, LITE0 = "squeezenet1_1", "efficientnet_lite0"
STUDIO_NETWORKS = {"studio": SQUEEZENET, "studio-lite": LITE0}
"""The studio's networks and the trunk that each is built on."""


def trunk_in(path: Path) -> str:
    """Whose weights a file holds, SQUEEZENET or LITE0, by the names in it.

    Raises:
        CheckpointError: the file is missing or damaged.
    """
    return LITE0 if "conv_stem.weight" in read_tensors(path) else SQUEEZENET


def network_for(config: MethodConfig, source: str) -> MethodConfig:
    """The configuration with the studio network that is built on the trunk in a weights file.

    Args:
        config: as the method or the user has it; other networks than the studio's stay.
        source: as in `load_pretrained`; only a file decides anything.

    Raises:
        CheckpointError: the file is missing or damaged.
    """
    if source in ("imagenet", "none") or config.network not in STUDIO_NETWORKS:
        return config
    networks = {trunk: network for network, trunk in STUDIO_NETWORKS.items()}
    return dataclasses.replace(config, network=networks[trunk_in(Path(source))])


def load_pretrained(network: nn.Module, source: str) -> None:
    """Fill the part of a network for which ImageNet weights exist; others are left as they are.

    Args:
        network: changed in place.
        source: "imagenet" downloads torchvision's weights, or EfficientNet-Lite0's from the Hugging
            Face Hub; "none" leaves the random start, anything else is the path of a safetensors
            file.

    Raises:
        CheckpointError: the download failed, or the file is missing, damaged or of another shape.
        ConfigError: weights asked for a width that has none.
    """
    if source == "none":
        return
    if isinstance(network, StudioNet):
        load_trunk(network.trunk, source)
    elif isinstance(network, StudioLiteNet):
        load_lite_trunk(network.trunk, source)
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


def load_lite_trunk(trunk: LiteTrunk, source: str) -> None:
    """Fill the EfficientNet-Lite0 trunk; `source` as in `load_pretrained`, layers as timm's."""
    if source == "none":
        return
    state = _read(source, _download_lite0)
    names = lite0_names(trunk)
    found = {own: state[name] for own, name in names.items() if name in state}
    load_strictly(trunk, found, Path(source))


def _download_lite0(progress: bool) -> dict[str, Tensor]:
    return read_tensors(Path(hf_hub_download(LITE0_REPOSITORY, "model.safetensors")))


def lite0_names(trunk: LiteTrunk) -> dict[str, str]:
    """The trunk's tensors, each with its name in timm's network `tf_efficientnet_lite0`."""
    return dict(_lite0_names(trunk))


def _lite0_names(trunk: LiteTrunk) -> Iterator[tuple[str, str]]:
    for index, layer in enumerate(("conv_stem", "bn1")):
        for leaf in trunk.stem[index].state_dict():
            yield f"stem.{index}.{leaf}", f"{layer}.{leaf}"
    places = [(stage, nth) for stage, repeats in enumerate(REPEATS) for nth in range(repeats)]
    for number, (block, (stage, nth)) in enumerate(zip(trunk.blocks, places, strict=True)):
        weighted = [i for i, layer in enumerate(block.layers) if not isinstance(layer, nn.ReLU6)]
        convolutions = ("conv_pw", "conv_dw", "conv_pwl") if stage else ("conv_dw", "conv_pw")
        layers = [name for i, conv in enumerate(convolutions, 1) for name in (conv, f"bn{i}")]
        for index, layer in zip(weighted, layers, strict=True):
            for leaf in block.layers[index].state_dict():
                yield (
                    f"blocks.{number}.layers.{index}.{leaf}",
                    f"blocks.{stage}.{nth}.{layer}.{leaf}",
                )


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
    """Start from another checkpoint; only a last layer of another width keeps its own start."""
    checkpoint = read_checkpoint(folder)
    state = load_model(checkpoint).network.state_dict()
    own = model.network.state_dict()
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
