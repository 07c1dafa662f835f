"""Many files at once: which photo goes where, and one job done safely."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from colorize_core.data.folders import SUFFIXES
from colorize_core.errors import CheckpointError, ColorizeError, ConfigError, PhotoError
from colorize_core.image.read import load_image
from colorize_core.image.write import save_image
from colorize_core.inference.colorizer import Colorizer
from colorize_core.methods import METHODS, get_method
from colorize_core.runs import list_runs

FORMATS = ("png", "jpg", "webp")
ALL = "all"


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

    def __post_init__(self) -> None:
        if self.temperature is not None and not 0 <= self.temperature <= 1:
            raise ConfigError(f"--temperature must lie in [0, 1], got {self.temperature}")
        if not 0 <= self.saturation <= 4:
            raise ConfigError(f"--saturation must lie in [0, 4], got {self.saturation}")


def method_names(choice: str, checkpoints: Path) -> list[str]:
    """The methods behind a name or "all" (every trained one).

    Raises:
        UnknownMethodError: no such method.
        CheckpointError: "all", but nothing is trained.
    """
    if choice != ALL:
        return [get_method(choice).name]
    names = [name for name in METHODS if name in list_runs(checkpoints)]
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
    problems = []
    for given in inputs:
        if given.is_dir():
            if given.resolve() == out.resolve():
                problems.append(f"{given}: results would lie among the photos; give another -o")
                continue
            found = _photos_below(given, out)
            if not found:
                problems.append(f"{given}: no image files in this folder")
            sources |= {path: path.relative_to(given) for path in found}
        elif given.exists():
            sources[given] = Path(given.name)
        else:
            problems.append(f"{given}: no such file or folder")
    return list(sources.items()), problems


def _photos_below(folder: Path, out: Path) -> list[Path]:
    """Photos of a folder; an output folder inside it is not input again."""
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    inner = out.resolve()
    if not inner.is_relative_to(folder.resolve()):
        return found
    return [path for path in found if not path.resolve().is_relative_to(inner)]


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


def colorize_file(job: Job, colorizers: dict[str, Colorizer], settings: Settings) -> None:
    """Colorize one photo with every method of its job.

    Raises:
        ColorizeError: the photo cannot be used, an output exists, or the disk refuses it; the
            message names the file.
    """
    for target in job.targets.values():
        if target.exists() and target.resolve() == job.source.resolve():
            raise PhotoError(f"{target} is the photo itself; choose another output folder")
        if target.exists() and not settings.force:
            raise PhotoError(f"{target} exists already; overwrite it with --force")
    try:
        photo = load_image(job.source)
    except PhotoError as error:
        raise PhotoError(f"{job.source}: {error}") from error
    for name, target in job.targets.items():
        colorizer = colorizers[name]
        prediction = colorizer.predict(photo)
        picture = colorizer.render(photo, prediction, settings.temperature, settings.saturation)
        _write(picture, target, settings.force)


def _write(picture, target: Path, force: bool) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        save_image(picture, target, overwrite=force)
    except OSError as error:
        raise ColorizeError(f"{target} cannot be written: {error.strerror or error}") from error
