"""Many files at once: which photo goes where."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from colorize_core.data.archives import Member, is_archive, list_members
from colorize_core.data.folders import SUFFIXES
from colorize_core.errors import CheckpointError, ConfigError, PhotoError
from colorize_core.inference.hints import Hint
from colorize_core.methods import METHODS, get_method
from colorize_core.runs import list_runs

FORMATS = ("png", "jpg", "webp")
ALL, EVERY = "all", "every"
Source = Path | Member


@dataclass(frozen=True)
class Job:
    """One photo and the file that each method writes for it."""

    source: Source
    targets: dict[str, Path]

    @property
    def path(self) -> Path:
        """The photo's file, or the archive that it is in."""
        return self.source.path if isinstance(self.source, Member) else self.source


@dataclass(frozen=True)
class Settings:
    """How all photos of a call are colorized and written."""

    temperature: float | None = None
    saturation: float = 1.0
    force: bool = False
    hints: tuple[Hint, ...] = ()
    resume: bool = False
    """What is there comes from this call when it was stopped."""
    mark: bool = True
    """Say in the metadata that the colours are machine-made."""

    def __post_init__(self) -> None:
        if self.force and self.resume:
            raise ConfigError("--resume keeps what is there, --force does not; choose one of them")
        if self.temperature is not None and not 0 <= self.temperature <= 1:
            raise ConfigError(f"--temperature must lie in [0, 1], got {self.temperature}")
        if not 0 <= self.saturation <= 4:
            raise ConfigError(f"--saturation must lie in [0, 4], got {self.saturation}")


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
    """Pair every photo with its outputs; no photo is read and nothing written yet.

    Args:
        inputs: files, ZIP files and folders; folders are searched with their subfolders.
        out: a folder, or a file name when there is one photo and one method.
        methods: one output each.
        format: png, jpg or webp; None follows the suffix of `out`, else png.

    Returns:
        Jobs, and a sentence for every input, or photo in a ZIP file, that cannot be used.

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


def _sources(inputs: list[Path], out: Path) -> tuple[list[tuple[Source, Path]], list[str]]:
    """Photos with their place relative to the output folder."""
    sources: dict[Source, Path] = {}
    problems: list[str] = []
    for given in dict.fromkeys(inputs):
        try:
            sources |= _photos_of(given, out, problems)
        except OSError as error:  # such as a name too long, or a folder not to be entered
            problems.append(f"{given}: {error.strerror or error}")
        except PhotoError as error:
            problems.append(str(error))
    return list(sources.items()), problems


def _photos_of(given: Path, out: Path, problems: list[str]) -> dict[Source, Path]:
    """Photos of one argument, with their place; what is wrong with it is added to `problems`."""
    if is_archive(given) and given.is_file():
        return _photos_in(given, problems)
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


def _photos_in(archive: Path, problems: list[str]) -> dict[Source, Path]:
    """Photos of a ZIP file."""
    members, refused = list_members(archive)
    problems += refused
    if not members and not refused:
        problems.append(f"{archive}: no image files in this archive")
    return {member: Path(member.place) for member in members}


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
    sources: list[tuple[Source, Path]], out: Path, methods: list[str], format: str
) -> list[Job]:
    # No result may replace an input, be it that of another job.
    jobs, taken = [], {Job(source, {}).path.resolve() for source, _ in sources}
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
