"""Critics: fixed classifiers that read the pictures while a method learns."""

import filecmp
from pathlib import Path

from torch import nn

from colorize_core.errors import ConfigError
from colorize_core.evaluation.classifiers import CLASSIFIER_FOLDER, load_classifier
from colorize_core.methods.registry import Recipe
from colorize_core.models.cnn import READER_WIDTHS, GuidedCnn
from colorize_core.runs import WEIGHTS
from colorize_core.training.options import TrainingOptions

WIDTHS = f"--widths {' '.join(map(str, READER_WIDTHS))}"
"""What `colorize train-classifier` takes to make a critic that a reader can start as."""


def load_critics(recipe: Recipe, options: TrainingOptions) -> list[nn.Module]:
    """The classifiers that read pictures during training, fixed.

    Raises:
        ConfigError: none given, or the evaluation classifier that measures.
        CheckpointError: damaged weights, or those of another network.
        Evaluation classifierError: no weights in the folder.
    """
    name = recipe.critic
    if name is None:
        raise ConfigError("critic_weight above 0 needs a method whose recipe names a critic")
    if not options.critic:
        raise ConfigError(
            "no critic, which reads the pictures while this method learns; train one with "
            f"`colorize train-classifier {name} --seed 1 {WIDTHS} --out runs/critic "
            "--data FOLDER`, then add --critic runs/critic"
        )
    for folder in options.critic:
        _refuse_classifier(folder, name)
    modules = [load_classifier(name, folder).module for folder in options.critic]
    return [module.eval().requires_grad_(False) for module in modules]


def start_reader(network: GuidedCnn, recipe: Recipe, options: TrainingOptions) -> None:
    """Give a network's reader what a trained classifier knows, unless it knows something already.

    `options.reader` comes first, then the first critic; a network that uses its reader already
    keeps it, unless `options.reader` names another, and then forgets how it used the former one.

    Raises:
        CheckpointError: damaged weights, or those of another network.
        ConfigError: a classifier of other widths, or the evaluation classifier that measures.
        Evaluation classifierError: no weights in the folder.
    """
    if options.reader is None and not network.unguided:
        return
    folder = options.reader or options.critic[0]
    _refuse_classifier(folder, recipe.critic)
    state = load_classifier(recipe.critic, folder).module.state_dict()
    try:
        network.reader.load_state_dict(state)
    except RuntimeError as error:
        raise ConfigError(
            f"a reader starts as the classifier of --reader, or as the first critic, but {folder} "
            f"has other widths; train one with `{WIDTHS}`"
        ) from error
    network.forget_hints()


def _refuse_classifier(folder: Path, name: str) -> None:
    if _same_weights(folder, CLASSIFIER_FOLDER / name):
        raise ConfigError(
            f"{folder} holds the evaluation classifier that measures; a method that learnt from it would be "
            "marked by its own teacher: train another with another --seed"
        )


def _same_weights(one: Path, other: Path) -> bool:
    paths = (one / WEIGHTS, other / WEIGHTS)
    return all(path.is_file() for path in paths) and filecmp.cmp(*paths, shallow=False)
