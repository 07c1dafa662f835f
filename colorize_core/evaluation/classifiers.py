"""Evaluation classifiers: do they still name what a colorized picture shows?

A photo's label is the name of its folder. `CLASSIFIERS` is the registry; whatever needs a
classifier finds the one that knows a label there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import VGG16_Weights

from colorize_core.data.folders import PhotoFile
from colorize_core.errors import CheckpointError, ClassifierError, ConfigError, DataError
from colorize_core.methods.checkpoint import load_strictly, read_tensors
from colorize_core.models.classifiers import CompactClassifier, SqueezeClassifier, VggClassifier
from colorize_core.runs import CONFIG, DIGEST, SHIPPED, WEIGHTS, read_config

CLASSIFIER_FOLDER = SHIPPED.parent / "classifiers"
VGG_FILE = "vgg16-397923af.pth"
"""What torchvision calls VGG-16's weights."""
BATCH = 64


@dataclass(frozen=True)
class EvaluationClassifier:
    """A classifier: what it names, at what size, how it is built."""

    name: str
    title: str
    source: str
    side: int
    """Height and width of what it sees, pixels."""
    short_side: int
    """Pictures are resized to this short side before the centre is cut out, pixels."""
    names: tuple[str, ...]
    """What each output stands for."""
    labels: Mapping[str, int]
    """Folder name -> output."""
    build: Callable[..., nn.Module]
    """Makes the untrained network; takes `widths` where there are any."""
    widths: tuple[int, ...] = ()
    """Channels of its stages, unless its folder names others; () for a network of one size."""
    shipped: bool = True
    """Whether its weights are a folder of ours; else they are another project's file."""


CLASSIFIERS: dict[str, EvaluationClassifier] = {}


def register(classifier: EvaluationClassifier) -> EvaluationClassifier:
    """Add a classifier.

    Raises:
        ValueError: the name is taken.
    """
    if classifier.name in CLASSIFIERS:
        raise ValueError(f"evaluation classifier {classifier.name!r} is registered twice")
    CLASSIFIERS[classifier.name] = classifier
    return classifier


def get_classifier(name: str) -> EvaluationClassifier:
    """The classifier of that name.

    Raises:
        ClassifierError: no such classifier; the message lists those there are.
    """
    if name not in CLASSIFIERS:
        raise ClassifierError(
            f"no evaluation classifier {name!r}; choose from: {', '.join(CLASSIFIERS)}"
        )
    return CLASSIFIERS[name]


def label_of(file: PhotoFile) -> str | None:
    """The label of a photo: the folder that it lies in, None for one outside of folders."""
    return file.group.partition("/")[2] or None


@dataclass(frozen=True)
class LoadedClassifier:
    """A classifier with its weights: a pure function of pictures."""

    classifier: EvaluationClassifier
    module: nn.Module
    device: torch.device

    @torch.inference_mode()
    def probabilities(self, rgb: Tensor) -> Tensor:
        """Probability of every class, averaged over a picture and its mirror image.

        Args:
            rgb: sRGB, (B, 3, H, W), in [0, 1]; any size, of which the centre square is seen.

        Returns:
            (B, K), in [0, 1]; rows sum to 1.
        """
        parts = (self._score(part.to(self.device)) for part in rgb.split(BATCH))
        return torch.cat([part.cpu() for part in parts])

    def _score(self, rgb: Tensor) -> Tensor:
        seen = classifier_input(rgb, self.classifier)
        scores = self.module(torch.cat((seen, seen.flip(-1))))
        return torch.stack(scores.float().softmax(1).chunk(2)).mean(0)


def classifier_input(rgb: Tensor, classifier: EvaluationClassifier) -> Tensor:
    """What a classifier sees: (B, 3, H, W) -> (B, 3, side, side), resized, the centre cut out."""
    height, width = rgb.shape[-2:]
    scale = classifier.short_side / min(height, width)
    size = [max(classifier.short_side, round(length * scale)) for length in (height, width)]
    if size != [height, width]:
        rgb = F.interpolate(rgb, size=size, mode="bilinear", antialias=True, align_corners=False)
    top, left = ((length - classifier.side) // 2 for length in size)
    return rgb[:, :, top : top + classifier.side, left : left + classifier.side].clamp(0, 1)


def load_classifier(
    name: str, weights: Path | str | None = None, device: torch.device | str = "cpu"
) -> LoadedClassifier:
    """Load a classifier.

    Args:
        name: a name from `CLASSIFIERS`.
        weights: a classifier's folder, or for VGG-16 a safetensors file of torchvision's `vgg16`;
            None takes the shipped folder, or what torchvision left in PyTorch's cache.
        device: where it runs.

    Raises:
        ClassifierError: no such classifier, or its weights are not here.
        CheckpointError: damaged weights, or those of another network.
    """
    classifier = get_classifier(name)
    given = None if weights is None else Path(weights)
    if classifier.shipped:
        folder = given or CLASSIFIER_FOLDER / name
        path = folder / WEIGHTS
        _check_there(classifier, path, f"train it: colorize train-classifier {name} --data FOLDER")
        widths, digest = _stored(folder)
        module = build_classifier(classifier, widths)
        load_strictly(module, read_tensors(path, digest), path)
    else:
        module = classifier.build()
        _load_vgg(classifier, module, given)
    return LoadedClassifier(classifier, module.to(device).eval(), torch.device(device))


def build_classifier(
    classifier: EvaluationClassifier, widths: tuple[int, ...] | None = None
) -> nn.Module:
    """The untrained network of a classifier.

    Args:
        classifier: which one.
        widths: channels of its stages; None takes those of the registry.

    Raises:
        ConfigError: widths for a network of one size, or impossible ones.
    """
    if widths is None:
        return (
            classifier.build(widths=classifier.widths) if classifier.widths else classifier.build()
        )
    if len(widths) != len(classifier.widths) or not all(8 <= width <= 1024 for width in widths):
        takes = f"{len(classifier.widths)} widths in 8…1024" if classifier.widths else "no widths"
        raise ConfigError(
            f"evaluation classifier {classifier.name!r} takes {takes}, got {tuple(widths)}"
        )
    return classifier.build(widths=tuple(widths))


def _stored(folder: Path) -> tuple[tuple[int, ...] | None, str | None]:
    """Widths, and SHA-256 of the weights, as config.json has them; None where it does not say."""
    if not (folder / CONFIG).is_file():
        return None, None
    content = read_config(folder)
    try:
        widths = content["config"].get("widths")
        return None if widths is None else tuple(map(int, widths)), content.get(DIGEST)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        path = folder / CONFIG
        raise CheckpointError(f"{path} is damaged ({error!r}); train it again") from error


def _load_vgg(classifier: EvaluationClassifier, module: VggClassifier, given: Path | None) -> None:
    path = given or Path(torch.hub.get_dir()) / "checkpoints" / VGG_FILE
    url = VGG16_Weights.IMAGENET1K_V1.url
    _check_there(
        classifier, path, f"put {url} there, or name a safetensors file with --classifier-weights"
    )
    state = read_tensors(path) if given else _cached_vgg(path)
    load_strictly(module.network.to_empty(device="cpu"), state, path)


def _cached_vgg(path: Path) -> dict[str, Tensor]:
    """Torchvision's file, which it finds in the cache and therefore does not download."""
    try:
        return dict(VGG16_Weights.IMAGENET1K_V1.get_state_dict(progress=False, weights_only=True))
    except Exception as error:  # the unpickler raises nearly anything on a damaged file
        raise CheckpointError(f"{path} is damaged ({error}); download it again") from error


def _check_there(classifier: EvaluationClassifier, path: Path, remedy: str) -> None:
    if not path.is_file():
        raise ClassifierError(
            f"evaluation classifier {classifier.name!r} has no weights at {path}; {remedy}"
        )


def check_labels(classifier: EvaluationClassifier, files: Iterable[PhotoFile]) -> None:
    """Refuse photos of which the classifier knows no label.

    Raises:
        DataError: names a folder and the classes of the classifier.
    """
    files = list(files)
    if any(label_of(file) in classifier.labels for file in files):
        return
    folder = files[0].path.parent if files else "the data"
    known = ", ".join(classifier.labels)
    raise DataError(
        f"evaluation classifier {classifier.name!r} knows none of the labels: photos such as those "
        f"in {folder} must lie in folders named after its classes, which are: {known}"
    )


_CIFAR_10 = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
# WordNet id (the folder's name), the class's name, its place among ImageNet's 1,000 classes.
_IMAGENETTE = (
    ("n01440764", "tench", 0),
    ("n02102040", "English springer", 217),
    ("n02979186", "cassette player", 482),
    ("n03000684", "chain saw", 491),
    ("n03028079", "church", 497),
    ("n03394916", "French horn", 566),
    ("n03417042", "garbage truck", 569),
    ("n03425413", "gas pump", 571),
    ("n03445777", "golf ball", 574),
    ("n03888257", "parachute", 701),
)

register(
    EvaluationClassifier(
        name="cifar10",
        title="CIFAR-10",
        source="Krizhevsky 2009; network after Jordan 2024",
        side=32,
        short_side=32,
        names=_CIFAR_10,
        labels={name: i for i, name in enumerate(_CIFAR_10)},
        build=lambda widths: CompactClassifier(len(_CIFAR_10), widths),
        widths=(40, 112, 192),
    )
)
register(
    EvaluationClassifier(
        name="imagenette",
        title="Imagenette",
        source="Howard 2019; SqueezeNet 1.1, Iandola et al. 2016",
        side=144,
        short_side=144,
        names=tuple(name for _, name, _ in _IMAGENETTE),
        labels={folder: i for i, (folder, _, _) in enumerate(_IMAGENETTE)},
        build=lambda: SqueezeClassifier(len(_IMAGENETTE)),
    )
)
register(
    EvaluationClassifier(
        name="vgg16",
        title="VGG-16",
        source="Simonyan, Zisserman 2015; torchvision's ImageNet weights",
        side=224,
        short_side=256,
        names=tuple(VGG16_Weights.IMAGENET1K_V1.meta["categories"]),
        labels={folder: place for folder, _, place in _IMAGENETTE},
        build=VggClassifier,
        shipped=False,
    )
)
