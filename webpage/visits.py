"""What is kept for visitors between two requests: photos and games, bounded in bytes and in time.

Only visits with a photo or a game are kept, so that requests under invented names displace nobody.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from webpage.quiz.rounds import Quiz
from webpage.session import Session
from webpage.storage import Files

SECONDS = 3600
"""How long an idle visitor's photo and predictions are kept."""
MEMORY_BYTES = 1 << 30
DISK_BYTES = 4 << 30
"""Of all visits together; those that were not used for longest make room."""
ANSWERS = 8
"""So many photos' files are kept in one visit: parallel requests fetch what they were answered."""


@dataclass(eq=False)
class Visit:
    """One visitor, known by the session that the browser or client has chosen."""

    session: Session | None = None
    game: Quiz | None = None
    files: deque[Files] = field(default_factory=lambda: deque(maxlen=ANSWERS))
    used: float = field(default_factory=time.monotonic)

    def open(self, session: Session) -> None:
        """Another photo, or another method beside it."""
        self._hold(session.files)
        self.session = session

    def play(self, game: Quiz) -> None:
        """A new game, or its next round."""
        self._hold(game.files)
        self.game = game

    def _hold(self, files: Files) -> None:
        if files not in self.files:
            self.files.append(files)

    @property
    def memory(self) -> int:
        """Bytes, without what examples share."""
        parts = [part for part in (self.session, self.game) if part is not None]
        return sum(part.memory for part in parts)

    @property
    def disk(self) -> int:
        """Bytes."""
        return sum(files.size for files in self.files)


class Visits:
    """All visits of this process; safe for threads."""

    def __init__(self, memory: int = MEMORY_BYTES, disk: int = DISK_BYTES) -> None:
        self.memory, self.disk = memory, disk
        self._kept: OrderedDict[str, Visit] = OrderedDict()
        self._present: WeakValueDictionary[str, Visit] = WeakValueDictionary()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    @contextmanager
    def visit(self, name: str) -> Iterator[Visit]:
        """The visit of that name during a request; kept after it if it holds anything."""
        with self._lock:
            visit = self._present.setdefault(name, Visit())
            visit.used = time.monotonic()
            if name in self._kept:
                self._kept.move_to_end(name)
        yield visit
        with self._lock:
            if visit.files:
                self._kept[name] = visit
                self._kept.move_to_end(name)
                self._make_room()

    def sweep(self, seconds: float = SECONDS) -> None:
        """Forget visits that were not used for this long."""
        with self._lock:
            limit = time.monotonic() - seconds
            for name in [name for name, visit in self._kept.items() if visit.used < limit]:
                del self._kept[name]

    def _make_room(self) -> None:
        memory, disk = (
            [getattr(v, kind) for v in self._kept.values()] for kind in ("memory", "disk")
        )
        memory, disk = sum(memory), sum(disk)
        while (memory > self.memory or disk > self.disk) and len(self._kept) > 1:
            _, visit = self._kept.popitem(last=False)
            memory -= visit.memory
            disk -= visit.disk


VISITS = Visits()
"""Of this process."""
