"""Start a network from weights that are there: ImageNet's, or another checkpoint's."""

import re
from collections.abc import Callable
from pathlib import Path

import timm
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import EntryNotFoundError
from torch import Tensor, nn
from torchvision.models import ResNet18_Weights, SqueezeNet1_1_Weights

from colorize_core.errors import CheckpointError, ConfigError
from colorize_core.methods.checkpoint import (
    load_model,
    load_strictly,
    read_checkpoint,
    read_tensors,
)
from colorize_core.models.backbone import DEFAULT, Backbone, build_body
from colorize_core.models.classifiers import SqueezeClassifier
from colorize_core.models.half_resnet import HalfResNet18
from colorize_core.models.studio import StudioNet

PINNED = "38825935cd55b7f62331fbc6fdbe14a0bca3dcfd"
"""Revision of the default backbone's weights, in timm's repository of that name."""
_FILE = "model.safetensors"
"""The only file that is asked for: beside it some repositories have pickles."""


def load_pretrained(network: nn.Module, source: str) -> None:
    """Fill the part of a network for which ImageNet weights exist; others are left as they are.

    Args:
        network: changed in place.
        source: "imagenet" downloads what timm or torchvision name, "imagenet@REVISION" that state
            of timm's repository; "none" leaves the random start; anything else is the path of a
            safetensors file with timm's or torchvision's names.

    Raises:
        CheckpointError: the download failed, or the file is missing, damaged or of another shape.
        ConfigError: weights asked for a width that has none, or for a backbone of whose weights no
            revision is known.
    """
    if source == "none":
        return
    if isinstance(network, StudioNet):
        _fill_backbone(network.backbone, source)
    elif isinstance(network, HalfResNet18):
        _fill_half_resnet(network, source)
    elif isinstance(network, SqueezeClassifier):
        _fill_squeezenet(network.features, source)


def _fill_backbone(backbone: Backbone, source: str) -> None:
    word, _, revision = source.partition("@")
    if word == "imagenet":
        given = _timm_download(backbone.name, revision)
    else:
        given = _timm_tensors(backbone.name, Path(source))
    # timm brings the file's names to those of its feature maps.
    overlay = {"state_dict": given}
    body = build_body(backbone.name, pretrained=True, pretrained_cfg_overlay=overlay)
    load_strictly(backbone.body, body.state_dict(), Path(source))


def _timm_download(name: str, revision: str) -> dict[str, Tensor]:
    """The tensors of timm's weights for a backbone, at one revision of their repository."""
    if not revision and name in (DEFAULT, f"{DEFAULT}.in1k"):
        revision = PINNED
    # A branch or a tag may be moved to other weights.
    if not re.fullmatch("[0-9a-f]{40}", revision):
        raise ConfigError(
            f"for the backbone {name} no revision of its weights is known here; name one, with its "
            "40 digits, as --encoder-weights imagenet@REVISION, or give a local file, or 'none'"
        )
    repository = timm.get_pretrained_cfg(name).hf_hub_id
    if not repository:
        raise CheckpointError(
            f"timm has no {_FILE} for the backbone {name}, and no other file is read; "
            "give a local one with --encoder-weights PATH, or 'none'"
        )
    return _download(
        lambda: read_tensors(Path(hf_hub_download(repository, _FILE, revision=revision)))
    )


def _timm_tensors(name: str, path: Path) -> dict[str, Tensor]:
    """A file's tensors, among them every one of timm's network but those of its classifier."""
    network, state = timm.create_model(name, num_classes=0), read_tensors(path)
    known = {own: tensor for own, tensor in state.items() if own in network.state_dict()}
    load_strictly(network, known, path)
    return state


def _fill_squeezenet(features: nn.Module, source: str) -> None:
    state = _read(source, SqueezeNet1_1_Weights.IMAGENET1K_V1.get_state_dict)
    # Files hold either the whole classifier or its features alone, under either name.
    own = {
        name.removeprefix("features."): tensor
        for name, tensor in state.items()
        if not name.startswith("classifier.")
    }
    load_strictly(features, own, Path(source))


def _fill_half_resnet(network: HalfResNet18, source: str) -> None:
    """Fill conv1 to conv3_x from a ResNet-18; narrower networks start blank by default."""
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


def _read(source: str, download: Callable[..., dict]) -> dict[str, Tensor]:
    if source != "imagenet":
        return read_tensors(Path(source))
    # torchvision's file names end in the start of their SHA-256.
    return _download(lambda: dict(download(progress=False, check_hash=True, weights_only=True)))


def _download(fetch: Callable[[], dict[str, Tensor]]) -> dict[str, Tensor]:
    try:
        return fetch()
    except (OSError, RuntimeError, EntryNotFoundError) as error:
        raise CheckpointError(
            f"the ImageNet weights could not be downloaded ({error}); "
            "give a local file with --encoder-weights PATH, or 'none'"
        ) from error


def copy_network(folder: Path, model: nn.Module) -> None:
    """Start from another checkpoint.

    A last layer of another width, and what a network without hints lacks, keep their own start.

    Raises:
        CheckpointError: no checkpoint there, a damaged one, or one of another network.
    """
    checkpoint = read_checkpoint(folder)
    state = load_model(checkpoint).network.state_dict()
    own = model.network.state_dict()
    for name in ("head.weight", "head.bias"):
        if state[name].shape != own[name].shape:
            state[name] = own[name]
    if not checkpoint.config.hints:
        state |= {name: own[name] for name in own if name.startswith("hint_paths.")}
    try:
        load_strictly(model.network, state, checkpoint.folder)
    except CheckpointError as error:
        raise CheckpointError(
            f"{error}; name a checkpoint of the same network with --init"
        ) from error
