"""Train every method and evaluation classifier by one command, which can be stopped and given again."""

import dataclasses
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from colorize_core.errors import ColorizeError, DataError
from colorize_core.evaluation.classifiers import CLASSIFIERS
from colorize_core.methods.registry import METHODS, Method
from colorize_core.models.cnn import READER_WIDTHS
from colorize_core.training.classifier import ClassifierOptions, train_classifier
from colorize_core.training.classifier_recipes import RECIPES
from colorize_core.training.engine import train
from colorize_core.training.options import TrainingOptions
from colorize_core.training.pretrained import (
    SQUEEZENET,
    STUDIO_NETWORKS,
    network_for,
    trunk_in,
)
from colorize_core.training.state import FILE

log = logging.getLogger(__name__)
CRITICS = 2
"""Classifiers that read pictures in training: what two of them read, a third is likely to."""


def train_all(
    options: TrainingOptions,
    run: Callable[..., Path] = train,
    run_classifier: Callable[..., Path] = train_classifier,
) -> tuple[list[Path], dict[str, str]]:
    """Train the critics, all methods, then the evaluation classifiers, each for the length that the options give.

    A run that was begun goes on from its last state, and one that is finished is left alone, so
    that the same command completes what an interruption left. A method that fails is reported,
    and the others are trained all the same.

    Args:
        options: `data` names one folder that holds the data sets (photos, cifar10, …), as the
            recipes name them; `out` gets one folder for each method.
        run: trains one method; replaced in tests.
        run_classifier: trains one evaluation classifier; replaced in tests.

    Returns:
        The folders written, and for each method or evaluation classifier that failed the reason.

    Raises:
        DataError: a data set is missing; nothing was trained.
    """
    root = _only(options.data)
    _check_data(root)
    read = sorted({m.recipe.critic for m in METHODS.values() if m.recipe.critic})
    jobs: dict[str, Callable[[], Path]] = {
        f"critic {job.out.name}": partial(run_classifier, CLASSIFIERS[name], job)
        for name in read
        for job in critic_options_of(name, root, options)
    }
    jobs |= {
        name: partial(_train_method, method, root, options, run) for name, method in METHODS.items()
    }
    jobs |= {
        f"evaluation classifier {name}": partial(
            run_classifier, CLASSIFIERS[name], classifier_options_of(name, root, options)
        )
        for name in RECIPES
    }
    done, failed = [], {}
    for name, job in jobs.items():
        log.info("training %s", name)
        try:
            done.append(job())
        except ColorizeError as error:
            log.warning("%s failed: %s", name, error)
            failed[name] = str(error)
    return done, failed


def _train_method(
    method: Method, root: Path, options: TrainingOptions, run: Callable[..., Path]
) -> Path:
    # Made only now, when an earlier method may have written what this one starts from.
    config = network_for(method.config, options.encoder_weights)
    return run(method, config, options_of(method, root, options))


def critic_options_of(name: str, root: Path, options: TrainingOptions) -> list[ClassifierOptions]:
    """The options of the critics' runs: the evaluation classifier's, from other seeds, in other folders.

    The last one is no critic: it learns from grey pictures, and becomes a network's reader.
    """
    folders = (*_critic_folders(name, options), _reader_folder(name, options))
    jobs = [
        dataclasses.replace(
            _classifier_options(name, root, folder, options.seed + number, options),
            widths=READER_WIDTHS,
        )
        for number, folder in enumerate(folders, 1)
    ]
    return [*jobs[:-1], dataclasses.replace(jobs[-1], grey=True)]


def _critic_folders(name: str, options: TrainingOptions) -> tuple[Path, ...]:
    return tuple(options.out / "critics" / f"{name}-{i}" for i in range(1, CRITICS + 1))


def _reader_folder(name: str, options: TrainingOptions) -> Path:
    return options.out / "critics" / f"{name}-reader"


def classifier_options_of(name: str, root: Path, options: TrainingOptions) -> ClassifierOptions:
    """The options of one evaluation classifier's run; its data set has its name."""
    return _classifier_options(
        name, root, options.out / "classifiers" / name, options.seed, options
    )


def _classifier_options(
    name: str, root: Path, out: Path, seed: int, options: TrainingOptions
) -> ClassifierOptions:
    return ClassifierOptions(
        data=root / name,
        out=out,
        epochs=options.epochs,
        minutes=options.minutes,
        device=options.device,
        precision=options.precision,
        seed=seed,
        encoder_weights=_classifiers_weights(options.encoder_weights),
        resume=(out / FILE).exists(),
        limit=options.limit,
    )


def _classifiers_weights(source: str) -> str:
    """The trunk of an evaluation classifier is SqueezeNet's; a file of another leaves it torchvision's weights."""
    if source in ("imagenet", "none") or trunk_in(Path(source)) == SQUEEZENET:
        return source
    return "imagenet"


def _trunks_weights(network: str, source: str) -> str:
    """A file is for the studio's networks alone; without it the others look for their own."""
    if source in ("imagenet", "none") or network in STUDIO_NETWORKS:
        return source
    return "none"


def options_of(method: Method, root: Path, options: TrainingOptions) -> TrainingOptions:
    """The options of one method's run."""
    out, start = options.out / method.name, method.recipe.starts_from
    # What this very command has trained comes before what is shipped.
    fresh = options.out / start if start and (options.out / start / FILE).exists() else None
    data = tuple(root / name for name in method.recipe.data)
    name = method.recipe.critic
    critic = options.critic or _critic_folders(name, options) if name else ()
    reader = options.reader or _reader_folder(name, options) if name else None
    return dataclasses.replace(
        options,
        encoder_weights=_trunks_weights(method.config.network, options.encoder_weights),
        data=data,
        out=out,
        resume=(out / FILE).exists(),
        init=options.init or fresh,
        critic=critic,
        reader=reader,
    )


def _only(folders: tuple[Path, ...]) -> Path:
    if len(folders) != 1:
        raise DataError(
            f"training all needs one --data folder that holds the data sets, got {len(folders)}"
        )
    return Path(folders[0])


def _check_data(root: Path) -> None:
    users: dict[str, list[str]] = {}
    for method in METHODS.values():
        for name in method.recipe.data:
            users.setdefault(name, []).append(method.name)
    missing = [name for name in users if not (root / name).is_dir()]
    if missing:
        needed = "; ".join(f"{name} for {', '.join(users[name])}" for name in missing)
        raise DataError(
            f"{root} lacks the data set {', '.join(missing)} ({needed}); "
            "add the folder, or train single methods with their own --data"
        )
