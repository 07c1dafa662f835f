"""Start the trunk from ImageNet weights."""

from pathlib import Path

from torchvision.models import SqueezeNet1_1_Weights

from colorize_core.checkpoint import load_strictly, read_tensors
from colorize_core.errors import CheckpointError
from colorize_core.models.studio import Trunk


def load_trunk(trunk: Trunk, source: str) -> None:
    """Fill the trunk.

    Args:
        trunk: changed in place.
        source: "imagenet" downloads torchvision's weights, "none" leaves the random start,
            anything else is the path of a safetensors file of `squeezenet1_1().features`.

    Raises:
        CheckpointError: the download failed, or the file is missing, damaged or of another shape.
    """
    if source == "none":
        return
    state = _download() if source == "imagenet" else read_tensors(Path(source))
    # Files hold either the whole classifier or its features alone, under either name.
    features = {
        name.removeprefix("features."): tensor
        for name, tensor in state.items()
        if not name.startswith("classifier.")
    }
    load_strictly(trunk.features, features, Path(source))


def _download() -> dict:
    try:
        return dict(SqueezeNet1_1_Weights.IMAGENET1K_V1.get_state_dict(progress=False))
    except OSError as error:
        raise CheckpointError(
            f"the ImageNet weights could not be downloaded ({error}); "
            "give a local file with --encoder-weights PATH, or 'none'"
        ) from error
