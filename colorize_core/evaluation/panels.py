"""Which evaluation classifier names which picture of a batch."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, tensor

from colorize_core.data.folders import PhotoFile
from colorize_core.errors import ClassifierError
from colorize_core.evaluation.classifiers import (
    CLASSIFIERS,
    EvaluationClassifier,
    LoadedClassifier,
    check_labels,
    get_classifier,
    label_of,
    load_classifier,
)


@dataclass(frozen=True)
class Panel:
    """The pictures of a batch that one evaluation classifier names."""

    loaded: LoadedClassifier
    index: Tensor
    """Places in the batch, (n,) int64."""
    target: Tensor
    """The true outputs, (n,) int64."""


@dataclass(frozen=True)
class Jury:
    """Which evaluation classifier names the pictures of which label."""

    by_label: Mapping[str, LoadedClassifier]

    def panels(self, labels: list[str | None]) -> list[Panel]:
        """Who names what in a batch with these labels; pictures without an evaluation classifier are left out."""
        places: dict[str, list[int]] = {}
        for place, label in enumerate(labels):
            if label in self.by_label:
                places.setdefault(self.by_label[label].classifier.name, []).append(place)
        panels = []
        for index in places.values():
            loaded = self.by_label[labels[index[0]]]
            target = [loaded.classifier.labels[labels[place]] for place in index]
            panels.append(Panel(loaded, tensor(index), tensor(target)))
        return panels


NOBODY = Jury({})


def choose_jury(
    files: Iterable[PhotoFile],
    name: str | None = None,
    weights: Path | str | None = None,
    report: Callable[[str], None] = lambda text: None,
) -> Jury:
    """The evaluation classifiers for photos with labels.

    Args:
        files: the photos; the folder of each is its label.
        name: of the one evaluation classifier to use, or "none"; None takes for each label the first evaluation classifier that
            knows it, knows most labels of its data set, and whose weights are here.
        weights: as for `load_classifier`, with `name` only.
        report: called with the reason when an evaluation classifier must be left out because of its weights.

    Raises:
        Evaluation classifierError: no evaluation classifier of that name.
        DataError: the named evaluation classifier knows no label of these photos.
    """
    if name == "none":
        return NOBODY
    files = list(files)
    classifiers = list(CLASSIFIERS.values()) if name is None else [get_classifier(name)]
    if name is not None:
        check_labels(classifiers[0], files)
    labels = {label for file in files if (label := label_of(file)) is not None}
    by_label: dict[str, LoadedClassifier] = {}
    for classifier in classifiers:
        fit = labels if name is not None else _at_home(classifier, files)
        known = (fit - by_label.keys()) & classifier.labels.keys()
        if not known:
            continue
        try:
            loaded = load_classifier(classifier.name, weights if name is not None else None)
        except ClassifierError as error:
            report(f"left out: {error}")
            continue
        by_label |= dict.fromkeys(known, loaded)
    return Jury(by_label)


def _at_home(classifier: EvaluationClassifier, files: list[PhotoFile]) -> set[str]:
    """Labels from data sets of which the evaluation classifier knows at least half of the labels.

    Painted dogs among six other kinds of painting are not what an evaluation classifier of thumbnails learnt.
    """
    sets: dict[str, set[str]] = {}
    for file in files:
        if (label := label_of(file)) is not None:
            sets.setdefault(file.group.partition("/")[0], set()).add(label)
    fit = (
        there for there in sets.values() if 2 * len(there & classifier.labels.keys()) >= len(there)
    )
    return set().union(*fit)
