"""Teach an evaluation classifier to name what pictures show."""

from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.nn import functional as F

from colorize_core.data.augmentation import validation_batches
from colorize_core.data.folders import PhotoFile, is_split, list_photos, split_photos, spread
from colorize_core.data.store import PhotoStore
from colorize_core.errors import ConfigError, DataError
from colorize_core.evaluation.classifiers import (
    EvaluationClassifier,
    LoadedClassifier,
    build_classifier,
    check_labels,
    label_of,
)
from colorize_core.files import write_json
from colorize_core.methods.checkpoint import save_weights
from colorize_core.methods.registry import Recipe
from colorize_core.metrics.recognition import confidence, named_correctly
from colorize_core.models.classifiers import CompactClassifier
from colorize_core.runs import CONFIG, DIGEST
from colorize_core.training.options import TrainingOptions
from colorize_core.training.pretrained import load_pretrained
from colorize_core.training.task import Batch, Task
from colorize_core.training.validate import thinned

LABEL_SMOOTHING = 0.1
WHITENING_PICTURES = 5000

# Nothing is painted over or paled: a classifier that learns so reads grey pictures well, and can
# then tell little about colours (docs/experiments.md).
RECIPES = {
    "cifar10": Recipe(
        data=("cifar10",), crop=32, store_side=32, min_share=1.0, shift=4, batch_size=256,
        lr=0.3, weight_decay=5e-4, schedule="line",
    ),
    "imagenette": Recipe(
        data=("imagenette",), crop=112, store_side=144, min_share=0.25, batch_size=32,
        lr=1e-3, schedule="line",
    ),
}  # fmt: skip
"""How each evaluation classifier is trained; its data set has its name."""


class RecognitionTask(Task):
    """A classifier that learns from folders named after its classes."""

    kind = "classifier"
    shown = ("loss", "accuracy")
    max_gradient_norm = None
    pretrained = "features."

    def __init__(self, classifier: EvaluationClassifier, options: TrainingOptions) -> None:
        if classifier.name not in RECIPES:
            known = ", ".join(RECIPES)
            raise ConfigError(f"{classifier.name!r} is not trained here; choose from: {known}")
        if options.init or options.degradation or len(options.data) != 1:
            raise ConfigError("a classifier learns from one data folder, without init, as it is")
        self.classifier, recipe = classifier, RECIPES[classifier.name]
        torch.manual_seed(options.seed)
        networks = {"model": build_classifier(classifier)}
        super().__init__(classifier.name, recipe, options.completed(recipe), networks)

    def find_photos(self) -> tuple[list[PhotoFile], list[PhotoFile]]:
        parts = split_labelled(self.classifier, self.options.data[0], self.options.limit)
        return parts["train"], parts["val"]

    def start(self) -> None:
        load_pretrained(self.networks["model"], self.options.encoder_weights)

    def count(self) -> None:
        """Whiten patches by those of the training pictures, where the network does."""
        model = self.networks["model"]
        if isinstance(model, CompactClassifier):
            pictures = thinned(self.training, WHITENING_PICTURES)
            side = self.classifier.side
            model.fit_whitening(torch.cat(list(validation_batches(pictures, 256, side))).cpu())

    def prepare(self, accelerator: Accelerator) -> None:
        super().prepare(accelerator)
        self.targets = self._targets(self.training).to(accelerator.device)

    def _targets(self, store: PhotoStore) -> Tensor:
        """The output that each group of a store stands for, (groups,)."""
        labels = self.classifier.labels
        return torch.tensor([labels[name.partition("/")[2]] for name in store.group_names])

    def build_optimizer(self, network: nn.Module) -> torch.optim.Optimizer:
        if not isinstance(network, CompactClassifier):
            return super().build_optimizer(network)
        trained = [p for p in network.parameters() if p.requires_grad]
        # Decay holds convolutions and the head back, not the scales and biases.
        decay, lr = self.recipe.weight_decay, self.options.lr
        groups = [
            {"params": [p for p in trained if p.ndim > 1], "weight_decay": decay, "peak_lr": lr},
            {"params": [p for p in trained if p.ndim == 1], "weight_decay": 0.0, "peak_lr": lr},
        ]
        return torch.optim.SGD(groups, lr=lr, momentum=0.9, nesterov=True)

    def step(self, batch: Batch, chance: torch.Generator) -> dict[str, Tensor]:
        rgb, groups = batch
        target = self.targets[groups]
        with self.accelerator.autocast():
            logits = self.networks["model"](rgb.contiguous(memory_format=torch.channels_last))
        loss = F.cross_entropy(logits.float(), target, label_smoothing=LABEL_SMOOTHING)
        self.descend("model", loss)
        return {"loss": loss.detach(), "accuracy": (logits.argmax(1) == target).float().mean()}

    def validate(self) -> dict[str, float]:
        """Loss, accuracy and confidence, over a picture and its mirror image."""
        device = self.accelerator.device
        loaded = LoadedClassifier(self.classifier, self.bare("model").eval(), device)
        batches = validation_batches(self.validation, 256, self.classifier.side)
        probabilities = torch.cat([loaded.probabilities(rgb) for rgb in batches])
        target = self._targets(self.validation)[self.validation.groups.cpu()]
        sure = confidence(probabilities, target)
        return {
            "loss": float(-sure.clamp(min=1e-9).log().mean()),
            "accuracy": float(named_correctly(probabilities, target).mean()),
            "confidence": float(sure.mean()),
        }

    def save(self, folder: Path, training: dict[str, Any]) -> None:
        digest = save_weights(folder, self.bare("model"))
        classifier = self.classifier
        config = {"side": classifier.side, "classes": list(classifier.labels)}
        if classifier.widths:
            config["widths"] = list(classifier.widths)
        content = {"classifier": classifier.name, "config": config, DIGEST: digest}
        write_json(folder / CONFIG, {**content, "training": training})


def split_labelled(
    classifier: EvaluationClassifier, folder: Path, limit: int | None = None
) -> dict[str, list[PhotoFile]]:
    """Training, validation and test pictures with labels that a classifier knows.

    Training and validation as `data.folders.split_photos`; "test" is empty without any split.

    Raises:
        DataError: no such folder, no picture, no known label, or too few pictures.
    """
    train, val = split_photos([folder])
    test = list_photos(folder, "test") if is_split(folder) else []
    check_labels(classifier, train)
    files = {
        name: [file for file in part if label_of(file) in classifier.labels]
        for name, part in (("train", train), ("val", val), ("test", test))
    }
    if not files["val"]:
        raise DataError(f"{folder} holds too few labelled pictures to train a classifier on")
    if limit is not None:
        files = {name: spread(part, limit) for name, part in files.items()}
    return files
