"""Many files at once: which photo goes where, and one job done safely."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from colorize_core.data.folders import SUFFIXES
from colorize_core.errors import CheckpointError, ConfigError, PhotoError, StorageError
from colorize_core.files import make_folder
from colorize_core.image.sandbox import read_untrusted
from colorize_core.image.write import save_image
from colorize_core.inference.colorizer import Colorizer
from colorize_core.inference.hints import Hint
from colorize_core.methods import METHODS, get_method
from colorize_core.runs import list_runs

FORMATS = ("png", "jpg", "webp")
ALL, EVERY = "all", "every"


@dataclass(frozen=True)
class Job:
    """One photo and the file that each method writes for it."""

    source: Path
    targets: dict[str, Path]


@dataclass(frozen=True)
class Settings:
    """How all photos of a call are colorized and written."""

    temperature: float | None = None
    saturation: float = 1.0
    force: bool = False
    hints: tuple[Hint, ...] = ()

    def __post_init__(self) -> None:
        if self.temperature is not None and not 0 <= self.temperature <= 1:
            raise ConfigError(f"--temperature must lie in [0, 1], got {self.temperature}")
        if not 0 <= self.saturation <= 4:
            raise ConfigError(f"--saturation must lie in [0, 4], got {self.saturation}")


class Outcome(Enum):
    """What became of a photo. What is there is never replaced unasked: it may be another's."""

    DONE = auto()
    THERE = auto()
    OLDER = auto()
    """There already, but older than the photo."""


def method_names(choice: str, checkpoints: Path) -> list[str]:
    """The methods behind a name, "all" (the studio's own) or "every"; of several the trained ones.

    Raises:
        UnknownMethodError: no such method.
        CheckpointError: several, but none of them is trained.
    """
    if choice not in (ALL, EVERY):
        return [get_method(choice).name]
    trained = list_runs(checkpoints)
    names = [
        name
        for name, method in METHODS.items()
        if name in trained and (choice == EVERY or method.report is None)
    ]
    if not names:
        raise CheckpointError(f"no trained method in {checkpoints}; train one: colorize train")
    return names


def plan(
    inputs: list[Path], out: Path, methods: list[str], format: str | None
) -> tuple[list[Job], list[str]]:
    """Pair every photo with its outputs; nothing is read or written yet.

    Args:
        inputs: files and folders; folders are searched with their subfolders.
        out: a folder, or a file name when there is one photo and one method.
        methods: one output each.
        format: png, jpg or webp; None follows the suffix of `out`, else png.

    Returns:
        Jobs, and a sentence for every input that is not there.

    Raises:
        ConfigError: an unknown format, or one file name for several pictures.
    """
    if format is not None and format not in FORMATS:
        raise ConfigError(f"--format must be one of {', '.join(FORMATS)}, got {format!r}")
    sources, problems = _sources(inputs, out)
    suffix = out.suffix.lower().lstrip(".").replace("jpeg", "jpg")
    if suffix in FORMATS and not out.is_dir():
        if len(sources) + len(problems) > 1 or len(methods) > 1:
            raise ConfigError(f"{out} is one file, but several pictures result; give a folder")
        if format not in (None, suffix):
            raise ConfigError(f"{out} is not a {format} file name; leave --format out")
        return [Job(source, {methods[0]: out}) for source, _ in sources], problems
    return _jobs(sources, out, methods, format or "png"), problems


def _sources(inputs: list[Path], out: Path) -> tuple[list[tuple[Path, Path]], list[str]]:
    """Photos with their place relative to the output folder."""
    sources: dict[Path, Path] = {}
    problems: list[str] = []
    for given in inputs:
        try:
            sources |= _photos_of(given, out, problems)
        except OSError as error:  # such as a name too long, or a folder not to be entered
            problems.append(f"{given}: {error.strerror or error}")
    return list(sources.items()), problems


def _photos_of(given: Path, out: Path, problems: list[str]) -> dict[Path, Path]:
    """Photos of one argument, with their place; what is wrong with it is added to `problems`."""
    if not given.is_dir():
        if given.exists():
            return {given: Path(given.name)}
        problems.append(f"{given}: no such file or folder")
        return {}
    if given.resolve() == out.resolve():
        problems.append(f"{given}: results would lie among the photos; give another -o")
        return {}
    before = len(problems)
    found = _photos_below(given, out, problems)
    if not found and len(problems) == before:
        problems.append(f"{given}: no image files in this folder")
    return {path: path.relative_to(given) for path in found}


def _photos_below(folder: Path, out: Path, problems: list[str]) -> list[Path]:
    """Photos of a folder; an output folder inside it is not input again."""

    def unreadable(error: OSError) -> None:
        problems.append(f"{error.filename}: {error.strerror}")

    inner, found = out.resolve(), []
    for root, folders, names in os.walk(folder, onerror=unreadable):
        if Path(root).resolve() == inner:
            folders.clear()
            continue
        for path in (Path(root, name) for name in names):
            try:
                if path.suffix.lower() in SUFFIXES and path.is_file():
                    found.append(path)
            except OSError as error:
                unreadable(error)
    return sorted(found)


def _jobs(
    sources: list[tuple[Path, Path]], out: Path, methods: list[str], format: str
) -> list[Job]:
    # No result may replace an input, be it that of another job.
    jobs, taken = [], {source.resolve() for source, _ in sources}
    for source, place in sources:
        stem = place.with_suffix("")
        if not _is_free(_targets(out, stem, methods, format), taken):
            # a.jpg and a.png in one folder: keep both apart by the old suffix
            stem = place.with_name(place.name.replace(".", "-"))
        candidate, number = stem, 2
        while not _is_free(targets := _targets(out, candidate, methods, format), taken):
            candidate, number = stem.with_name(f"{stem.name}-{number}"), number + 1
        taken |= {target.resolve() for target in targets.values()}
        jobs.append(Job(source, targets))
    return jobs


def _is_free(targets: dict[str, Path], taken: set[Path]) -> bool:
    return not any(target.resolve() in taken for target in targets.values())


def _targets(out: Path, stem: Path, methods: list[str], format: str) -> dict[str, Path]:
    if len(methods) == 1:
        return {methods[0]: out / f"{stem}.{format}"}
    return {name: out / f"{stem}-{name}.{format}" for name in methods}


def methods_of(jobs: Iterable[Job]) -> list[str]:
    """Every method that some job needs."""
    return list(dict.fromkeys(name for job in jobs for name in job.targets))


def colorize_file(
    job: Job,
    colorizers: dict[str, Colorizer],
    settings: Settings,
    note: Callable[[str], None] = lambda text: None,
) -> Outcome:
    """Colorize one photo with every method of its job that is loaded.

    Args:
        job: what there is is left alone, unless the settings say otherwise.
        colorizers: by method.
        settings: of the call.
        note: called with what there is to say about a photo that was read.

    Returns:
        What became of it.

    Raises:
        ColorizeError: the photo cannot be used, or the disk refuses an output; the message names
            the file.
    """
    wanted = {name: path for name, path in job.targets.items() if name in colorizers}
    try:
        for target in wanted.values():
            if target.exists() and target.resolve() == job.source.resolve():
                raise PhotoError(f"{target} is the photo itself; choose another output folder")
        missing = {name: path for name, path in wanted.items() if not path.exists()}
        if not missing and not settings.force:
            changed = job.source.stat().st_mtime
            older = any(path.stat().st_mtime < changed for path in wanted.values())
            return Outcome.OLDER if older else Outcome.THERE
        wanted = wanted if settings.force else missing
    except OSError as error:  # such as a name too long
        raise StorageError(target, error) from error
    try:
        reading = read_untrusted(job.source)
    except PhotoError as error:
        raise PhotoError(f"{job.source}: {error}") from error
    for text in reading.notes:
        note(f"{job.source}: {text}")
    photo, last = reading.picture, list(wanted)[-1]
    for name, target in wanted.items():
        colorizer = colorizers[name]
        try:
            prediction = colorizer.predict(photo, settings.hints)
        except ConfigError as error:  # a hint outside this photo
            raise ConfigError(f"{job.source}: {error}") from error
        knobs = settings.temperature, settings.saturation
        picture = colorizer.render(photo, prediction, *knobs, own=name == last)
        make_folder(target.parent)
        save_image(picture, target, overwrite=settings.force)
    return Outcome.DONE
