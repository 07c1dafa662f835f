"""Which judge names which picture of a batch."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, tensor

from colorize_core.data.folders import PhotoFile
from colorize_core.errors import JudgeError
from colorize_core.judges import (
    JUDGES,
    Judge,
    LoadedJudge,
    check_labels,
    get_judge,
    label_of,
    load_judge,
)


@dataclass(frozen=True)
class Panel:
    """The pictures of a batch that one judge names."""

    loaded: LoadedJudge
    index: Tensor
    """Places in the batch, (n,) int64."""
    target: Tensor
    """The true outputs, (n,) int64."""


@dataclass(frozen=True)
class Jury:
    """Which judge names the pictures of which label."""

    by_label: Mapping[str, LoadedJudge]

    def panels(self, labels: list[str | None]) -> list[Panel]:
        """Who names what in a batch with these labels; pictures without a judge are left out."""
        places: dict[str, list[int]] = {}
        for place, label in enumerate(labels):
            if label in self.by_label:
                places.setdefault(self.by_label[label].judge.name, []).append(place)
        panels = []
        for index in places.values():
            loaded = self.by_label[labels[index[0]]]
            target = [loaded.judge.labels[labels[place]] for place in index]
            panels.append(Panel(loaded, tensor(index), tensor(target)))
        return panels


NOBODY = Jury({})


def choose_jury(
    files: Iterable[PhotoFile],
    name: str | None = None,
    weights: Path | str | None = None,
    report: Callable[[str], None] = lambda text: None,
) -> Jury:
    """The judges for photos with labels.

    Args:
        files: the photos; the folder of each is its label.
        name: of the one judge to use, or "none"; None takes for each label the first judge that
            knows it, knows most labels of its data set, and whose weights are here.
        weights: as for `load_judge`, with `name` only.
        report: called with the reason when a judge must be left out because of its weights.

    Raises:
        JudgeError: no judge of that name.
        DataError: the named judge knows no label of these photos.
    """
    if name == "none":
        return NOBODY
    files = list(files)
    judges = list(JUDGES.values()) if name is None else [get_judge(name)]
    if name is not None:
        check_labels(judges[0], files)
    labels = {label for file in files if (label := label_of(file)) is not None}
    by_label: dict[str, LoadedJudge] = {}
    for judge in judges:
        fit = labels if name is not None else _at_home(judge, files)
        known = (fit - by_label.keys()) & judge.labels.keys()
        if not known:
            continue
        try:
            loaded = load_judge(judge.name, weights if name is not None else None)
        except JudgeError as error:
            report(f"left out: {error}")
            continue
        by_label |= dict.fromkeys(known, loaded)
    return Jury(by_label)


def _at_home(judge: Judge, files: list[PhotoFile]) -> set[str]:
    """Labels from data sets of which the judge knows at least half of the labels.

    Painted dogs among six other kinds of painting are not what a judge of thumbnails learnt.
    """
    sets: dict[str, set[str]] = {}
    for file in files:
        if (label := label_of(file)) is not None:
            sets.setdefault(file.group.partition("/")[0], set()).add(label)
    fit = (there for there in sets.values() if 2 * len(there & judge.labels.keys()) >= len(there))
    return set().union(*fit)
