"""What the metrics.json files say."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colorize_core import runs
from colorize_core.errors import CheckpointError
from colorize_core.methods import METHODS

SPLITS = {"train": "training photos", "val": "validation photos", "test": "test photos"}


@dataclass(frozen=True)
class Estimate:
    """A measured mean with its 95 % interval."""

    value: float
    low: float
    high: float


Estimates = dict[str, Estimate]
"""By name of the metric; metrics younger than the file are missing."""


@dataclass(frozen=True)
class Block:
    """What a method was measured to do on one set of photos."""

    rows: dict[str, Estimates]
    """By variant: "", "T=0.38", "as generated"."""
    grey: Estimates
    truth: Estimates
    n: int
    split: str | None
    """train, val or test; "all" of folders without splits, None where it was not recorded."""
    data: dict[str, int]
    """Photos by data set."""
    classifiers: dict[str, int]
    """By evaluation classifier, how many of the photos it named; empty without one."""

    @property
    def key(self) -> tuple:
        """Equal for methods that were measured on the same photos."""
        return self.split, tuple(sorted(self.data.items()))

    @property
    def photos(self) -> str:
        """Such as "1,600 test photos (600 of photos, 1,000 of imagenette)"."""
        return describe_photos(self.n, self.split, self.data)


def describe_photos(n: int, split: str | None, data: dict[str, int]) -> str:
    """Such as "1,600 test photos (600 of photos, 1,000 of imagenette)"."""
    names = ", ".join(f"{count:,} of {name}" for name, count in data.items())
    if len(data) == 1:
        names = next(iter(data))
    return f"{n:,} {SPLITS.get(split, 'photos')} ({names})"


@dataclass(frozen=True)
class Measurement:
    """One metrics.json."""

    same_sources: Block
    """On photos from the sources that training photos come from, too."""
    elsewhere: Block | None
    """On photos from sources of their own."""


def read_all(root: Path) -> dict[str, Measurement]:
    """metrics.json of every method folder, in the order of the registry.

    Raises:
        CheckpointError: a damaged file, or none at all.
    """
    folders = runs.list_runs(root)
    found = {name: read_measurement(folders.get(name, root / name)) for name in METHODS}
    if not any(found.values()):
        raise CheckpointError(f"no metrics below {root}; run colorize evaluate first")
    return {name: measurement for name, measurement in found.items() if measurement}


def read_measurement(folder: Path) -> Measurement | None:
    """One metrics.json; None where there is none.

    Raises:
        CheckpointError: a damaged file.
    """
    content = runs.read_metrics(folder)
    if content is None:
        return None
    try:
        elsewhere = content.get("elsewhere")
        return Measurement(_block(content), None if elsewhere is None else _block(elsewhere))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        path = folder / runs.METRICS_FILE
        message = f"{path} is damaged ({error!r}); run colorize evaluate again"
        raise CheckpointError(message) from error


def _block(content: dict[str, Any]) -> Block:
    return Block(
        {variant: _estimates(row) for variant, row in content["rows"].items()},
        _estimates(content["grey"]),
        _estimates(content["truth"]),
        int(content["n"]),
        content.get("split"),
        {data: int(count) for data, count in content["data"].items()},
        {name: int(count) for name, count in (content.get("classifier") or {}).items()},
    )


def _estimates(measures: dict[str, dict[str, float]]) -> Estimates:
    return {
        metric: Estimate(*(float(found[part]) for part in ("value", "low", "high")))
        for metric, found in measures.items()
    }


def by_photos(blocks: dict[str, Block]) -> list[dict[str, Block]]:
    """Methods in groups that were measured on the same photos."""
    groups: dict[tuple, dict[str, Block]] = {}
    for name, block in blocks.items():
        groups.setdefault(block.key, {})[name] = block
    return list(groups.values())
