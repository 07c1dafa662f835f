"""Which evaluation classifier names which photos."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor

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

Panel = Mapping[str, LoadedClassifier]
"""By label of a photo, the classifier that names it; photos of other labels are not named."""


def assign(
    panel: Panel, labels: list[str | None]
) -> Iterator[tuple[LoadedClassifier, list[int], Tensor]]:
    """Who names what in a batch with these labels: classifier, places, true outputs (int64)."""
    places: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        if label in panel:
            places.setdefault(panel[label].classifier.name, []).append(place)
    for index in places.values():
        loaded = panel[labels[index[0]]]
        target = [loaded.classifier.labels[labels[place]] for place in index]
        yield loaded, index, torch.tensor(target)


def choose_panel(
    files: Iterable[PhotoFile],
    name: str | None = None,
    weights: Path | str | None = None,
    device: torch.device | str = "cpu",
    warn: Callable[[str], None] = lambda text: None,
) -> Panel:
    """The evaluation classifiers for photos with labels.

    Args:
        files: the photos; the folder of each is its label.
        name: of the one classifier to use, or "none"; None takes for each label the first that
            knows it and at least half of the labels of its data set, and whose weights are here.
        weights: as for `load_classifier`, with `name` only.
        device: where they run.
        warn: called with the reason when a classifier must be left out because of its weights.

    Raises:
        ClassifierError: no classifier of that name, or the weights of the named one are not here.
        DataError: the named classifier knows no label of these photos.
    """
    files = list(files)
    if name == "none":
        return {}
    if name is not None:
        classifier = get_classifier(name)
        check_labels(classifier, files)
        return dict.fromkeys(classifier.labels, load_classifier(name, weights, device))
    panel: dict[str, LoadedClassifier] = {}
    for classifier in CLASSIFIERS.values():
        known = _labels_at_home(classifier, files) - panel.keys()
        if not known:
            continue
        try:
            panel |= dict.fromkeys(known, load_classifier(classifier.name, device=device))
        except ClassifierError as error:
            warn(f"left out: {error}")
    return panel


def _labels_at_home(classifier: EvaluationClassifier, files: list[PhotoFile]) -> set[str]:
    """Labels that a classifier knows, from data sets of which it knows at least half.

    Painted dogs among six other kinds of painting are not what a classifier of thumbnails learnt.
    """
    sets: dict[str, set[str]] = {}
    for file in files:
        if (label := label_of(file)) is not None:
            sets.setdefault(file.group.partition("/")[0], set()).add(label)
    known = [(there & classifier.labels.keys(), there) for there in sets.values()]
    return set().union(*(part for part, there in known if 2 * len(part) >= len(there)))
