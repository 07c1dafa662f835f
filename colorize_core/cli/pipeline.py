"""Many photos through the network: the next is read and the last are written meanwhile.

No more than a few pictures are held at one time, however many there are. Results come in the order
of the jobs.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from PIL import Image

from colorize_core.cli.batch import Job, Settings
from colorize_core.data.archives import Member
from colorize_core.errors import ColorizeError, ConfigError, PhotoError, StorageError
from colorize_core.files import make_folder
from colorize_core.image.metadata import Metadata
from colorize_core.image.read import label
from colorize_core.image.sandbox import Reading, read_untrusted
from colorize_core.image.write import save_image
from colorize_core.inference.colorizer import Colorizer

WRITERS = 2
"""Threads that encode and write: a PNG may take longer than the network."""
WAITING = 2
"""Pictures that are being written or wait for it."""


class Outcome(Enum):
    """What became of a photo. What is there is never replaced unasked: it may be another's."""

    DONE = auto()
    THERE = auto()
    OLDER = auto()
    """There already, but older than the photo."""


@dataclass
class Result:
    """What is to be said about one photo."""

    outcome: Outcome | None = None
    """None where it failed."""
    error: ColorizeError | None = None
    """Names the photo or the file that could not be written."""
    notes: tuple[str, ...] = ()
    writes: list[Future] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether nothing of it is being written any more."""
        return all(write.done() for write in self.writes)

    def wait(self) -> "Result":
        """Wait until all is written; the first error, if any, becomes the photo's."""
        for write in self.writes:
            try:
                write.result()
            except ColorizeError as error:
                self.outcome, self.error = None, self.error or error
        return self


def run_jobs(
    jobs: Iterable[Job], colorizers: dict[str, Colorizer], settings: Settings
) -> Iterator[Result]:
    """Colorize each photo with every method of its job that is loaded.

    Args:
        jobs: what there is of their targets is left alone, unless the settings say otherwise.
        colorizers: by method.
        settings: of the call.

    Yields:
        A result for each job, in their order. An interrupt leaves nothing half-written.
    """
    results: deque[Result] = deque()
    with _threads(1) as reader, _threads(WRITERS) as writers:
        desk = _Desk(colorizers, settings, writers)
        for reading in _ahead(jobs, lambda job: reader.submit(desk.open, job)):
            results.append(desk.colorize(reading))
            del reading  # and with it the photo
            while results and (results[0].ready or len(results) > WAITING):
                yield results.popleft().wait()
        while results:
            yield results.popleft().wait()


@contextlib.contextmanager
def _threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that end with what they are at, and begin nothing else."""
    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _ahead(jobs: Iterable[Job], start) -> Iterator[Future]:
    """The started jobs, each handed out when the next one is started, too."""
    started = None
    for job in jobs:
        started, last = start(job), started
        if last is not None:
            yield last
            del last
    if started is not None:
        yield started


@dataclass(frozen=True)
class _Opened:
    job: Job
    wanted: dict[str, Path]
    """What is to be written, by method."""
    reading: Reading


class _Desk:
    """What happens to one photo, step by step."""

    def __init__(
        self, colorizers: dict[str, Colorizer], settings: Settings, writers: ThreadPoolExecutor
    ) -> None:
        self.colorizers, self.settings, self.writers = colorizers, settings, writers
        self.places = threading.BoundedSemaphore(WAITING)

    def open(self, job: Job) -> _Opened | Outcome:
        """Read a photo, unless nothing is to be made of it.

        Raises:
            ColorizeError: the photo cannot be used; the message names it.
        """
        wanted = {name: path for name, path in job.targets.items() if name in self.colorizers}
        try:
            for target in wanted.values():
                if target.exists() and target.resolve() == job.path.resolve():
                    raise PhotoError(f"{target} is the photo itself; choose another output folder")
            missing = {name: path for name, path in wanted.items() if not path.exists()}
            if not missing and not self.settings.force:
                changed = job.path.stat().st_mtime
                older = any(path.stat().st_mtime < changed for path in wanted.values())
                return Outcome.OLDER if older else Outcome.THERE
        except OSError as error:  # such as a name too long
            raise StorageError(target, error) from error
        return _Opened(job, wanted if self.settings.force else missing, _read(job))

    def colorize(self, opening: Future) -> Result:
        """The result of a photo that `open` has read; its pictures are still being written."""
        result = Result()
        try:
            opened = opening.result()
            if isinstance(opened, Outcome):
                return Result(opened)
            result.notes = tuple(f"{opened.job.source}: {note}" for note in opened.reading.notes)
            for name in opened.wanted:
                result.writes.append(self._start_write(opened, name))
            result.outcome = Outcome.DONE
        except ColorizeError as error:
            result.error = error
        return result

    def _start_write(self, opened: _Opened, name: str) -> Future:
        self.places.acquire()
        try:
            picture = self._picture(opened, name)
            kept, target = opened.reading.metadata, opened.wanted[name]
            return self.writers.submit(self._write, picture, kept, target)
        except BaseException:
            self.places.release()
            raise

    def _picture(self, opened: _Opened, name: str) -> Image.Image:
        colorizer, photo = self.colorizers[name], opened.reading.picture
        try:
            prediction = colorizer.predict(photo, self.settings.hints)
        except ConfigError as error:  # a hint outside this photo
            raise ConfigError(f"{opened.job.source}: {error}") from error
        knobs = self.settings.temperature, self.settings.saturation
        own = name == list(opened.wanted)[-1]
        return colorizer.render(photo, prediction, *knobs, own=own)

    def _write(self, picture: Image.Image, kept: Metadata, target: Path) -> None:
        try:
            make_folder(target.parent)
            try:
                save_image(picture, target, self.settings.force, kept, self.settings.mark)
            except PhotoError:
                if not (self.settings.resume and target.exists()):
                    raise  # else another run has made it meanwhile
        finally:
            self.places.release()


def _read(job: Job) -> Reading:
    source = job.source
    try:
        if isinstance(source, Member):
            return read_untrusted(source.read(), label(source.info.filename))
        return read_untrusted(source)
    except PhotoError as error:
        sentence = str(error)
        raise PhotoError(
            sentence if sentence.startswith(str(source)) else f"{source}: {sentence}"
        ) from error
