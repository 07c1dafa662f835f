"""The plan of a training queue: a TOML file with a [[run]] for each network to train."""

import dataclasses
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from colorize_core.errors import ColorizeError, ConfigError
from colorize_core.methods import METHODS, Method, get_method
from colorize_core.methods.config import MethodConfig
from colorize_core.training.options import TrainingOptions
from colorize_core.training.recognition import RECIPES

PLAN = Path(__file__).with_name("plan.toml")
"""What is trained where no other plan is given; docs/training.md says what made which weights."""
EPOCHS = 10.0
NUMBERS = {
    "epochs": float, "lr": float, "trunk-lr": float, "degradation": float, "batch-size": int,
    "crop": int, "store-side": int, "evaluate-every": int, "limit": int,
}  # fmt: skip
WEIGHTS = "encoder-weights"
"""This and NUMBERS are options of `colorize train` by the same names."""
KEYS = ("name", "method", "data", "seeds", "set", "starts-from", WEIGHTS, *NUMBERS)
OF_CLASSIFIERS = ("name", "classifier", "data", "seeds", "epochs", "limit", WEIGHTS)


@dataclass(frozen=True)
class PlannedRun:
    """One training run."""

    name: str
    """Of its folder, below the queue's."""
    trains: str
    """A method, or an evaluation classifier."""
    method: Method | None
    """None for an evaluation classifier."""
    config: MethodConfig | None
    data: tuple[str, ...]
    """Names of data folders."""
    seed: int
    settings: dict[str, Any]
    """Fields of the configuration that the plan changes."""
    options: dict[str, Any]
    """Options of `colorize train`, by their names; epochs among them."""
    starts_from: str | None
    """A run of the plan or, where none has that name, a shipped method."""


@dataclass
class Plan:
    """The runs in order, and what is wrong with entries that cannot be one."""

    runs: list[PlannedRun] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)

    def parent(self, run: PlannedRun) -> str | None:
        """The entry of the plan that a run waits for."""
        known = {other.name for other in self.runs} | self.faults.keys()
        return run.starts_from if run.starts_from in known - {run.name} else None


def read_plan(path: Path = PLAN) -> Plan:
    """Read a plan; what is wrong with one entry is kept in `faults`, so that the others can go on.

    Raises:
        ConfigError: no such file, no TOML, no run in it, two runs of one name, or runs that wait
            for each other.
    """
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read as a plan ({error}); correct it") from error
    entries = content.get("run")
    if not isinstance(entries, list) or not entries or content.keys() != {"run"}:
        raise ConfigError(f"{path} must hold [[run]] tables and nothing else, at least one")
    plan = Plan()
    for number, entry in enumerate(entries, 1):
        try:
            plan.runs += _runs_of(entry)
        except ColorizeError as error:
            title = _title(entry) or f"run {number}"
            plan.faults[title] = f"{error} (entry {number} of {path.name})"
    _check_names(path, plan)
    return plan


def _title(entry: Any) -> str | None:
    names = [entry.get(key) for key in ("name", "method")] if isinstance(entry, dict) else []
    return next((name for name in names if isinstance(name, str)), None)


def _check_names(path: Path, plan: Plan) -> None:
    names = Counter([*(run.name for run in plan.runs), *plan.faults])
    if twice := [name for name, count in names.items() if count > 1]:
        raise ConfigError(f"{path} has two runs named {twice[0]!r}; give one of them another name")
    parents = {run.name: plan.parent(run) for run in plan.runs}
    for name in parents:
        seen, place = [name], parents[name]
        while place is not None and place not in seen:
            seen, place = [*seen, place], parents.get(place)
        if place is not None:
            raise ConfigError(
                f"{path}: the runs {', '.join(seen)} wait for each other; "
                "let one of them start from nothing or from a shipped method"
            )
    for run in list(plan.runs):
        if run.starts_from and not parents[run.name] and run.starts_from not in METHODS:
            plan.runs.remove(run)
            plan.faults[run.name] = (
                f"starts-from names {run.starts_from!r}, which is neither a run of {path.name} "
                "nor a method; correct the name"
            )


def _runs_of(entry: Any) -> list[PlannedRun]:
    """The runs of one [[run]], one for each seed."""
    if not isinstance(entry, dict):
        raise ConfigError("a run must be a table, written [[run]]")
    if ("method" in entry) == ("classifier" in entry):
        raise ConfigError("a run needs a method, or else a classifier")
    known = KEYS if "method" in entry else OF_CLASSIFIERS
    for key in entry:
        if key not in known:
            raise ConfigError(f"unknown key {key!r}; choose from: {', '.join(known)}")
    run = _method_run(entry) if "method" in entry else _classifier_run(entry)
    seeds = entry.get("seeds", [0])
    if not isinstance(seeds, list) or not seeds or not all(type(seed) is int for seed in seeds):
        raise ConfigError(f"seeds must be a list of integers, such as [0, 1, 2], got {seeds!r}")
    return [
        dataclasses.replace(run, seed=seed, name=f"{run.name}-seed{seed}" if seed else run.name)
        for seed in seeds
    ]


def _method_run(entry: dict[str, Any]) -> PlannedRun:
    method, settings = get_method(_text(entry, "method")), entry.get("set", {})
    if not isinstance(settings, dict):
        raise ConfigError(f"set must be a table, such as {{width = 0.25}}, got {settings!r}")
    return PlannedRun(
        name=_name(entry, method.name),
        trains=method.name,
        method=method,
        config=method.configure(**settings),
        data=_data(entry, method.recipe.data),
        seed=0,
        settings=settings,
        options=_options(entry),
        starts_from=_text(entry, "starts-from", method.recipe.starts_from),
    )


def _classifier_run(entry: dict[str, Any]) -> PlannedRun:
    name = _text(entry, "classifier")
    if name not in RECIPES:
        raise ConfigError(
            f"no classifier {name!r} is trained here; choose from: {', '.join(RECIPES)}"
        )
    folder, data = _name(entry, f"classifiers/{name}"), _data(entry, RECIPES[name].data)
    if len(data) != 1:
        raise ConfigError(f"a classifier learns from one data folder, got {', '.join(data)}")
    return PlannedRun(folder, name, None, None, data, 0, {}, _options(entry), None)


def _text(entry: dict[str, Any], key: str, default: str | None = None) -> Any:
    value = entry.get(key, default)
    if not isinstance(value, str) and value is not default:
        raise ConfigError(f"{key} must be a text, got {value!r}")
    return value


def _name(entry: dict[str, Any], default: str) -> str:
    name = _text(entry, "name", default)
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or name.startswith(("/", "-")) or "\\" in name:
        raise ConfigError(f"name must be that of a folder below --out, got {name!r}")
    return name


def _data(entry: dict[str, Any], default: tuple[str, ...]) -> tuple[str, ...]:
    data = entry.get("data", list(default))
    if not isinstance(data, list) or not data or not all(isinstance(name, str) for name in data):
        raise ConfigError(f"data must be a list of folder names, got {data!r}")
    return tuple(data)


def _options(entry: dict[str, Any]) -> dict[str, Any]:
    """The options of an entry, checked as those of the command line are."""
    options: dict[str, Any] = {"epochs": EPOCHS}
    for key in NUMBERS.keys() & entry.keys():
        kind, options[key] = NUMBERS[key], entry[key]
        if isinstance(entry[key], bool) or not isinstance(entry[key], int | kind):
            raise ConfigError(f"{key} must be of type {kind.__name__}, got {entry[key]!r}")
    if WEIGHTS in entry:
        options[WEIGHTS] = _text(entry, WEIGHTS)
    fields = {key.replace("-", "_"): value for key, value in options.items()}
    TrainingOptions(data=(Path(),), out=Path(), **fields)
    return options
