"""What the server answers to the quiz; quiz.js draws it."""

import csv
import io
import random
from typing import Any

import gradio as gr

from colorize_core.errors import ConfigError
from webpage.events import PRIVATE, QUIET, explained
from webpage.page import Page
from webpage.quiz import rounds
from webpage.quiz.rounds import Quiz
from webpage.visits import VISITS

COLUMNS = ("title", "pairs", "fooled", "rate", "low", "high")


def round_value(quiz: Quiz) -> dict[str, Any]:
    """The next round, without what would give it away."""
    index = len(quiz.fooled)
    files = rounds.pictures(quiz.rounds[index])
    sides = {side: quiz.files.data(content, "picture.jpg") for side, content in files.items()}
    return {"round": index, "rounds": len(quiz.rounds), **sides}


@explained()
def start() -> tuple[Quiz, dict[str, Any]]:
    """A new game."""
    quiz = rounds.plan(random.Random())
    return quiz, round_value(quiz)


@explained()
def choose(quiz: Quiz | None, event: gr.EventData) -> tuple[Quiz, Any]:
    """Which picture the visitor takes for true: the next round, or the result."""
    if quiz is None:
        raise ConfigError("this game has expired; start a new one")
    side, index = getattr(event, "side", None), getattr(event, "round", None)
    if side not in rounds.SIDES:
        raise ConfigError(f"the side must be left or right, got {side!r}")
    if index != len(quiz.fooled) or index >= len(quiz.rounds):
        return quiz, gr.skip()  # the second half of a double click
    contestant = quiz.rounds[index].contestant.title
    quiz = quiz.answered(side)
    value = {"verdict": {"fooled": quiz.fooled[-1], "by": contestant}}
    if len(quiz.fooled) < len(quiz.rounds):
        return quiz, value | round_value(quiz)
    rows = rounds.result(quiz)
    return quiz, value | {"result": rows, "csv": to_csv(rows)}


def to_csv(rows: list[dict[str, Any]]) -> str:
    """The result as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def begin_game(request: gr.Request) -> dict[str, Any]:
    """`start` for this visitor."""
    with VISITS.visit(request.session_hash) as visit:
        game, value = start()
        visit.play(game)
        return value


def go_on(request: gr.Request, event: gr.EventData) -> Any:
    """`choose` in this visitor's game."""
    with VISITS.visit(request.session_hash) as visit:
        game, value = choose(visit.game, event)
        visit.play(game)
        return value


def connect_quiz(page: Page) -> None:
    """Start, and one event for each round."""
    page.quiz.begin(begin_game, None, page.quiz, **QUIET, **PRIVATE)
    page.quiz.choose(go_on, None, page.quiz, **QUIET, **PRIVATE)
