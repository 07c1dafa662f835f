"""Read files of strangers: in a child process, with a deadline and a limit of memory.

A damaged or malicious file can hold a decoder up for minutes, fill the memory or bring the process
down. Here that ends one child, and the caller gets a sentence. Callers who trust their files read
them without a child: `image.read.load_image`.
"""

import atexit
import base64
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from colorize_core.errors import PhotoError
from colorize_core.image.metadata import Metadata
from colorize_core.image.read import label

START = 60.0
"""Seconds that a child may take to start: on a busy machine its imports take some."""
SECONDS = 5.0
"""What every file gets."""
SECONDS_PER_MEGAPIXEL = 0.15
"""What its size adds, once the header says it."""
WARM = 2
"""Children that wait for work; more are started when all are busy, and end after it."""
MOST = 8
"""Files that are read at one time; further ones wait."""


STRIP_BYTES = 1 << 20
"""Of a picture, taken over at once."""


@dataclass(frozen=True)
class Reading:
    """A picture with what there is to say about its file."""

    picture: Image.Image
    """RGB, upright, sRGB."""
    notes: tuple[str, ...] = ()
    """Sentences for the user, such as that parts of the file are damaged."""
    metadata: Metadata = field(default_factory=Metadata)
    """What pictures made of it may take over."""


class _Child:
    """One process that reads pictures, one at a time."""

    def __init__(self) -> None:
        self.started = False
        root = str(Path(__file__).resolve().parents[2])
        paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        self.process = subprocess.Popen(
            # Without the working folder, where a photo's neighbour may be called like a module.
            [sys.executable, "-P", "-m", "colorize_core.image.decoder"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                "PYTHONPATH": paths,
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
        )

    def read(self, request: dict[str, Any], content: bytes) -> Reading:
        """Raises PhotoError; a child that took too much time or memory is gone then."""
        late = threading.Event()
        try:
            if not self.started:
                with self._deadline(START, late):
                    self._answer()
                self.started = True
            return self._read(request, content, late)
        except (EOFError, OSError, json.JSONDecodeError) as error:  # the child has died
            self.end()
            why = (
                "takes too long to be read"
                if late.is_set()
                else "is damaged or needs too much memory"
            )
            raise PhotoError(f"{request['name']} {why}; save it anew as PNG or JPEG") from error
        finally:
            if late.is_set():  # be it that the answer came just before
                self.end()

    def _read(self, request: dict[str, Any], content: bytes, late: threading.Event) -> Reading:
        started = time.monotonic()
        with self._deadline(SECONDS, late):
            self._ask(request, content)
            answer = self._answer()
        if "pixels" in answer:
            seconds = SECONDS + SECONDS_PER_MEGAPIXEL * answer["pixels"] / 1e6
            with self._deadline(seconds - (time.monotonic() - started), late):
                answer = self._answer()
                if "error" not in answer:
                    kept = Metadata(base64.b64decode(answer["exif"]), answer["profile"])
                    return Reading(self._picture(answer), tuple(answer["notes"]), kept)
        raise PhotoError(answer["error"])

    @contextlib.contextmanager
    def _deadline(self, seconds: float, late: threading.Event) -> Iterator[None]:
        """Kill the process when the time is over."""

        def stop() -> None:
            late.set()
            self.process.kill()

        watch = threading.Timer(seconds, stop)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _picture(self, answer: dict[str, Any]) -> Image.Image:
        """Some rows at a time, so that the picture is there once."""
        width, height = answer["width"], answer["height"]
        pipe, picture = self.process.stdout, Image.new("RGB", (width, height))
        step = max(1, STRIP_BYTES // (4 * width))
        for top in range(0, height, step):
            rows = min(step, height - top)
            count = 4 * width * rows
            pixels = pipe.read(count)
            if len(pixels) < count:
                raise EOFError
            strip = Image.frombuffer("RGBX", (width, rows), pixels, "raw", "RGBX", 0, 1)
            picture.paste(strip, (0, top))
        return picture

    def _ask(self, request: dict[str, Any], content: bytes) -> None:
        self.process.stdin.write(json.dumps(request).encode() + b"\n" + content)
        self.process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        line = self.process.stdout.readline()
        if not line:
            raise EOFError
        return json.loads(line)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def end(self) -> None:
        """Stop the process and wait for it."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


@dataclass
class Pool:
    """Children for many threads; each file has one to itself."""

    warm: int = WARM
    most: int = MOST
    _idle: list[_Child] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._places = threading.BoundedSemaphore(self.most)

    def start(self) -> None:
        """Start the warm children, so that the first file does not wait for them."""
        with self._lock:
            self._idle += [_Child() for _ in range(self.warm - len(self._idle))]

    def read(self, source: str | os.PathLike | bytes, name: str | None = None) -> Reading:
        """Read one file of a stranger.

        Args:
            source: path or content.
            name: for messages; the path's last part by default.

        Raises:
            PhotoError: as `image.read.load_image`, or the file takes too much time or memory.
        """
        content = source if isinstance(source, bytes) else b""
        request: dict[str, Any] = {"name": name or label(None if content else os.fspath(source))}
        request |= (
            {"size": len(content)} if isinstance(source, bytes) else {"path": os.fspath(source)}
        )
        with self._places:
            child = self._take()
            try:
                return child.read(request, content)
            except PhotoError:
                raise
            except BaseException:  # interrupted in between: what the child says next is lost
                child.end()
                raise
            finally:
                self._give_back(child)

    def _take(self) -> _Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.alive:
                    return child
                child.end()
        return _Child()

    def _give_back(self, child: _Child) -> None:
        with self._lock:
            if child.alive and len(self._idle) < self.warm:
                self._idle.append(child)
                return
        child.end()

    def end(self) -> None:
        """Stop all children that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()


POOL = Pool()
"""The one of this process."""
atexit.register(POOL.end)


def read_untrusted(source: str | os.PathLike | bytes, name: str | None = None) -> Reading:
    """As `Pool.read`, with the pool of this process."""
    return POOL.read(source, name)
