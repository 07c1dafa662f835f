"""The pairs of the quiz: which photos, coloured by whom, and on which side the true one stands."""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image

from colorize_core import METHODS, load_image
from colorize_core.data.folders import list_photos
from colorize_core.errors import DataError, PhotoError
from colorize_core.image.resize import shrink
from colorize_core.metrics import scores
from colorize_core.metrics.proportion import wilson_interval
from webpage import visit

ROUNDS = 10
FOLDER = "COLORIZE_PHOTOS"
"""Environment variable: a lecturer's own folder of photos."""
SIDES = ("left", "right")


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
        return f"{title}, " + f"T = {self.temperature:g}".replace(" ", "\N{NO-BREAK SPACE}")


@dataclass(frozen=True)
class Round:
    """One pair."""

    photo: Any
    """For `load_image`: a file, or a picture."""
    box: tuple[float, float, float, float]
    """The part that is shown: left, top, right, bottom as shares."""
    contestant: Contestant
    true_side: str


@dataclass(frozen=True)
class Quiz:
    """A game: its rounds, and for every round played whether the visitor was fooled."""

    rounds: tuple[Round, ...]
    fooled: tuple[bool, ...] = ()

    def answered(self, side: str) -> "Quiz":
        """The quiz after the visitor took the picture on a side for true."""
        return replace(self, fooled=(*self.fooled, side != self.rounds[len(self.fooled)].true_side))


def contestants() -> list[Contestant]:
    """The studio's own methods; one with a temperature plays at its default and at 0."""
    found = []
    for name in visit.checkpoints():
        method = METHODS[name]
        if method.report is None:
            temperatures = (method.config.temperature, 0.0) if method.has_temperature else (None,)
            found += [Contestant(name, temperature) for temperature in temperatures]
    return found or [Contestant(next(iter(visit.checkpoints())), None)]


def bundled() -> list[tuple[Any, tuple[float, float, float, float]]]:
    """Quarters of the bundled photos that have colours: four of each."""
    quarters = [(x, y, x + 0.5, y + 0.5) for y in (0, 0.5) for x in (0, 0.5)]
    photos = map(visit.example, visit.EXAMPLES)
    return [(photo, box) for photo in photos if not scores.is_grey(photo) for box in quarters]


def candidates(chance: random.Random) -> Iterator[tuple[Any, tuple[float, float, float, float]]]:
    """Photos in colour in random order: of the lecturer's folder, or the bundled ones.

    Raises:
        DataError: no such folder, or no picture in it.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        photos = bundled()
        chance.shuffle(photos)
        yield from photos
        return
    try:
        files = [file.path for file in list_photos(Path(folder))]
    except DataError as error:  # it names the server's folder, which is not the visitor's affair
        text = f"the quiz's folder of photos is missing or empty; {FOLDER} or --photos names it"
        raise DataError(text) from error
    chance.shuffle(files)
    for path in files:
        try:
            if not scores.is_grey(shrink(load_image(path), visit.PREVIEW)):
                yield path, (0, 0, 1, 1)
        except PhotoError:
            continue


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
    sides = [chance.choice(SIDES) for _ in photos]
    return Quiz(
        tuple(
            Round(*photo, who, side) for photo, who, side in zip(photos, order, sides, strict=True)
        )
    )


def crop(picture: Image.Image, box: tuple[float, float, float, float]) -> Image.Image:
    """A part of a picture by shares of its sides."""
    sizes = (*picture.size, *picture.size)
    return picture.crop(tuple(round(share * size) for share, size in zip(box, sizes, strict=True)))


def pictures(pair: Round) -> dict[str, bytes]:
    """JPEGs of one round by side; both went the same way, so that only colours differ."""
    photo = load_image(pair.photo)
    preview = shrink(photo, visit.PREVIEW)
    who = pair.contestant
    prediction = visit.predict(who.method, photo)
    made = visit.colorizer(who.method).render(preview, prediction, who.temperature)
    other = SIDES[1 - SIDES.index(pair.true_side)]
    both = {pair.true_side: preview, other: made}
    return {side: visit.jpeg(crop(both[side], pair.box)) for side in SIDES}


def result(quiz: Quiz) -> list[dict[str, Any]]:
    """Fooling rate of every contestant that played, then of all together.

    Returns:
        Rows with "title" (None: all), "pairs", "fooled", "rate", "low" and "high" in [0, 1].
    """
    played = list(zip(quiz.rounds[: len(quiz.fooled)], quiz.fooled, strict=True))
    by_title: dict[str | None, list[bool]] = {}
    for pair, fooled in sorted(played, key=lambda one: one[0].contestant.title):
        by_title.setdefault(pair.contestant.title, []).append(fooled)
    by_title[None] = list(quiz.fooled)
    return [row(title, answers) for title, answers in by_title.items() if answers]


def row(title: str | None, answers: list[bool]) -> dict[str, Any]:
    """One line of the result."""
    low, high = wilson_interval(sum(answers), len(answers))
    share = sum(answers) / len(answers)
    numbers = {"rate": share, "low": low, "high": high}
    counts = {"title": title, "pairs": len(answers), "fooled": sum(answers)}
    return counts | {name: round(value, 4) for name, value in numbers.items()}
