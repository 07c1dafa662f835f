"""The rounds of the quiz: which photos, coloured by whom, on which side the true one stands."""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image

from colorize_core import METHODS
from colorize_core.data.folders import list_photos
from colorize_core.errors import DataError, PhotoError
from colorize_core.image.resize import shrink
from colorize_core.image.sandbox import read_untrusted
from colorize_core.metrics import scores
from webpage import networks
from webpage.session import PREVIEW, jpeg
from webpage.storage import Files

ROUNDS = 10
FOLDER = "COLORIZE_PHOTOS"
"""Environment variable: a lecturer's own folder of photos."""
SIDES = ("left", "right")
Box = tuple[float, float, float, float]
"""Left, top, right and bottom as shares of a picture's sides."""


@dataclass(frozen=True)
class Contestant:
    """A method, at one temperature if it has one."""

    method: str
    temperature: float | None

    @property
    def title(self) -> str:
        """For people."""
        title = METHODS[self.method].title
        if self.temperature is None:
            return title
        return f"{title}, T\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{self.temperature:g}"


@dataclass(frozen=True)
class Round:
    """Two pictures, one of them true."""

    photo: Image.Image
    """The true one, small."""
    box: Box
    """The part that is shown."""
    contestant: Contestant
    true_side: str


@dataclass(frozen=True)
class Quiz:
    """A game: its rounds, and for every round played whether the visitor was fooled."""

    rounds: tuple[Round, ...]
    fooled: tuple[bool, ...] = ()
    files: Files = field(default_factory=Files)
    """The pictures of its rounds, which go with it."""

    @property
    def memory(self) -> int:
        """Bytes of its photos."""
        return sum(3 * one.photo.width * one.photo.height for one in self.rounds)

    def answered(self, side: str) -> "Quiz":
        """The quiz after the visitor took the picture on a side for true."""
        return replace(self, fooled=(*self.fooled, side != self.rounds[len(self.fooled)].true_side))


def contestants() -> list[Contestant]:
    """The studio's own methods; one with a temperature plays at its default and at 0."""
    found = []
    for name in networks.checkpoints():
        method = METHODS[name]
        if method.report is None:
            temperatures = (method.config.temperature, 0.0) if method.has_temperature else (None,)
            found += [Contestant(name, temperature) for temperature in temperatures]
    return found or [Contestant(next(iter(networks.checkpoints())), None)]


def candidates(chance: random.Random) -> Iterator[tuple[Image.Image, Box]]:
    """Photos in colour in random order: of the lecturer's folder, or quarters of the bundled ones.

    Raises:
        DataError: no such folder, or no picture in it.
    """
    folder = os.environ.get(FOLDER)
    if folder:
        yield from ((photo, (0, 0, 1, 1)) for photo in folder_photos(Path(folder), chance))
        return
    quarters = [(x, y, x + 0.5, y + 0.5) for y in (0, 0.5) for x in (0, 0.5)]
    photos = [shrink(networks.example(name), PREVIEW) for name in networks.EXAMPLES]
    pairs = [(photo, box) for photo in photos if not scores.is_grey(photo) for box in quarters]
    chance.shuffle(pairs)
    yield from pairs


def folder_photos(folder: Path, chance: random.Random) -> Iterator[Image.Image]:
    """A folder's photos in colour, small, in random order; what cannot be read is left out."""
    try:
        files = [file.path for file in list_photos(folder)]
    except DataError as error:  # it names the server's folder, which is not the visitor's affair
        text = f"the quiz's folder of photos is missing or empty; {FOLDER} or --photos names it"
        raise DataError(text) from error
    chance.shuffle(files)
    for path in files:
        try:
            photo = shrink(read_untrusted(path).picture, PREVIEW)
        except PhotoError:
            continue
        if not scores.is_grey(photo):
            yield photo


def plan(chance: random.Random, rounds: int = ROUNDS) -> Quiz:
    """A new game; each contestant plays about equally often.

    Raises:
        DataError: no photo in colour.
    """
    photos = list(islice(candidates(chance), rounds))
    if not photos:
        raise DataError("the quiz needs photos in colour; its folder holds none")
    players = contestants()
    chance.shuffle(players)
    order = [players[i % len(players)] for i in range(len(photos))]
    chance.shuffle(order)
    pairs = zip(photos, order, strict=True)
    return Quiz(tuple(Round(*photo, who, chance.choice(SIDES)) for photo, who in pairs))


def crop(picture: Image.Image, box: Box) -> Image.Image:
    """A part of a picture."""
    sizes = (*picture.size, *picture.size)
    return picture.crop(tuple(round(share * size) for share, size in zip(box, sizes, strict=True)))


def pictures(one: Round) -> dict[str, bytes]:
    """JPEGs of one round by side; both went the same way, so that only colours differ."""
    column = networks.column(one.contestant.method, one.photo)
    made = column.draw(one.photo, one.contestant.temperature, 1.0)
    other = SIDES[1 - SIDES.index(one.true_side)]
    both = {one.true_side: one.photo, other: made}
    return {side: jpeg(crop(both[side], one.box)) for side in SIDES}


def result(quiz: Quiz) -> list[dict[str, Any]]:
    """Fooling rate of every contestant that played, then of all together.

    Returns:
        Rows with "title" ("All": the last), "pairs", "fooled", "rate", and the borders "low" and
        "high" of its 95 % interval (Wilson 1927), in [0, 1].
    """
    played = list(zip(quiz.rounds[: len(quiz.fooled)], quiz.fooled, strict=True))
    answers: dict[str, list[bool]] = {}
    for one, fooled in sorted(played, key=lambda pair: pair[0].contestant.title):
        answers.setdefault(one.contestant.title, []).append(fooled)
    answers["All"] = list(quiz.fooled)
    return [row(title, given) for title, given in answers.items()]


def row(title: str, answers: list[bool]) -> dict[str, Any]:
    """One line of the result."""
    from scipy.stats import binomtest  # 60 MB that only a game's end needs

    fooled, pairs = sum(answers), len(answers)
    low, high = binomtest(fooled, pairs).proportion_ci(method="wilson")
    rates = {"rate": fooled / pairs, "low": float(low), "high": float(high)}
    counts = {"title": title, "pairs": pairs, "fooled": fooled}
    return counts | {name: round(value, 4) for name, value in rates.items()}
