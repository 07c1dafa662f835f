"""Train every method and evaluation classifier by one command, to be given again after a stop."""

import dataclasses
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from colorize_core.errors import ColorizeError, DataError
from colorize_core.evaluation.classifiers import CLASSIFIERS
from colorize_core.methods.registry import METHODS, Method
from colorize_core.training.classifier import train_classifier
from colorize_core.training.engine import train
from colorize_core.training.options import TrainingOptions
from colorize_core.training.recognition import RECIPES
from colorize_core.training.state import FILE

log = logging.getLogger(__name__)


def train_all(
    options: TrainingOptions,
    run: Callable[..., Path] = train,
    run_classifier: Callable[..., Path] = train_classifier,
) -> tuple[list[Path], dict[str, str]]:
    """Train all methods, then the evaluation classifiers, each for the length of the options.

    A run that was begun goes on from its last state, and one that is finished is left alone, so
    that the same command completes what an interruption left. A run that fails is reported, and
    the others go on all the same.

    Args:
        options: `data` names one folder that holds the data sets (photos, cifar10, …), as the
            recipes name them; `out` gets one folder for each method, and `classifiers/`.
        run: trains one method; replaced in tests.
        run_classifier: trains one evaluation classifier; replaced in tests.

    Returns:
        The folders written, and the reason of each run that failed, by the name of what it trains.

    Raises:
        DataError: a data set is missing; nothing was trained.
    """
    root = _only(options.data)
    _check_data(root)
    jobs: dict[str, Callable[[], Path]] = {
        name: partial(_train_method, method, root, options, run) for name, method in METHODS.items()
    }
    jobs |= {
        f"classifier {name}": partial(
            run_classifier, CLASSIFIERS[name], classifier_options_of(name, root, options)
        )
        for name in RECIPES
    }
    done, failed = [], {}
    for name, job in jobs.items():
        log.info("training %s", name)
        try:
            done.append(job())
        except (ColorizeError, OSError, RuntimeError, MemoryError) as error:  # a full disk, a GPU's
            log.warning("%s failed: %s", name, error)
            failed[name] = str(error)
    return done, failed


def _train_method(
    method: Method, root: Path, options: TrainingOptions, run: Callable[..., Path]
) -> Path:
    # Made only now, when an earlier method may have written what this one starts from.
    return run(method, method.config, options_of(method, root, options))


def options_of(method: Method, root: Path, options: TrainingOptions) -> TrainingOptions:
    """The options of one method's run."""
    out, start = options.out / method.name, method.recipe.starts_from
    # What this very command has trained comes before what is shipped.
    fresh = options.out / start if start and (options.out / start / FILE).exists() else None
    return dataclasses.replace(
        options,
        # A file of weights is for the studio's trunk; the others find no part of theirs in it.
        encoder_weights=_weights(options.encoder_weights, "none" if method.report else None),
        data=tuple(root / name for name in method.recipe.data),
        out=out,
        resume=(out / FILE).exists(),
        init=options.init or fresh,
    )


def classifier_options_of(name: str, root: Path, options: TrainingOptions) -> TrainingOptions:
    """The options of one evaluation classifier's run; its data set has its name."""
    out = options.out / "classifiers" / name
    by_recipe = dict.fromkeys(("batch_size", "crop", "store_side", "lr", "init"))
    return dataclasses.replace(
        options,
        **by_recipe,
        encoder_weights=_weights(options.encoder_weights, "imagenet"),
        degradation=0.0,
        data=(root / name,),
        out=out,
        resume=(out / FILE).exists(),
    )


def _weights(source: str, instead_of_a_file: str | None) -> str:
    return source if source in ("imagenet", "none") else instead_of_a_file or source


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
