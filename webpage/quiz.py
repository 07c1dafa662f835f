"""The quiz "Real or colorized?": its widgets, its handlers, its events."""

import csv
import io
import random
from dataclasses import dataclass
from typing import Any

import gradio as gr

from colorize_core.errors import ConfigError
from webpage import pairs, visit
from webpage.handling import MODEL, PRIVATE, explained
from webpage.pairs import Quiz
from webpage.widgets import KEPT_SECONDS, build_part

COLUMNS = ("title", "pairs", "fooled", "rate", "low", "high")


@dataclass(frozen=True)
class Board:
    """The widgets that events read or write."""

    board: gr.HTML
    quiz: gr.State
    """The game of this visit; nothing else keeps it."""


def build_quiz() -> Board:
    """All of it is drawn by quiz.js, from values that handlers give."""
    board = build_part("quiz", elem_id="quiz")
    return Board(board, gr.State(time_to_live=KEPT_SECONDS))


def pair_value(quiz: Quiz) -> dict[str, Any]:
    """The next pair, without what would give it away."""
    index = len(quiz.fooled)
    files = pairs.pictures(quiz.rounds[index])
    shown = {side: visit.to_file(content, "picture.jpg") for side, content in files.items()}
    return {"round": index, "rounds": len(quiz.rounds), **shown}


@explained()
def start() -> tuple[Quiz, dict[str, Any]]:
    """A new game."""
    quiz = pairs.plan(random.Random())
    return quiz, pair_value(quiz)


@explained()
def choose(quiz: Quiz | None, event: gr.EventData) -> tuple[Any, Any]:
    """Which picture the visitor takes for true: the next pair, or the result."""
    if quiz is None:
        raise ConfigError("this game has expired; start a new one")
    side, index = getattr(event, "side", None), getattr(event, "round", None)
    if side not in pairs.SIDES:
        raise ConfigError(f"the side must be left or right, got {side!r}")
    if index != len(quiz.fooled) or index >= len(quiz.rounds):
        return gr.skip(), gr.skip()  # the second half of a double click
    contestant = quiz.rounds[index].contestant.title
    quiz = quiz.answered(side)
    value = {"verdict": {"fooled": quiz.fooled[-1], "by": contestant}}
    if len(quiz.fooled) < len(quiz.rounds):
        return quiz, value | pair_value(quiz)
    rows = pairs.result(quiz)
    return quiz, value | {"result": rows, "csv": to_csv(rows)}


def to_csv(rows: list[dict[str, Any]]) -> str:
    """The result as CSV; the line of all contestants is called "all"."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(row | {"title": row["title"] or "all"} for row in rows)
    return text.getvalue()


def connect_quiz(board: Board) -> None:
    """Start, and one event for each pair."""
    quiet = {"show_progress": "hidden", **MODEL, **PRIVATE}
    both = [board.quiz, board.board]
    board.board.begin(start, None, both, **quiet)
    board.board.choose(choose, board.quiz, both, **quiet)
