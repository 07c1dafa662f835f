"""What handlers of all tabs share: errors that visitors can read, and kinds of events."""

import contextlib
import logging
import math
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import gradio as gr

from colorize_core.errors import CheckpointError, ColorizeError, ConfigError
from webpage.session import Session
from webpage.visits import VISITS

EXPIRED = "No photo is kept for this visit; choose one first (API: call /colorize first)."
MODEL = {"concurrency_id": "model", "concurrency_limit": 1}  # one network fills two cores
# Events that read a visitor's file, which may take seconds: they hold up neither each other nor
# those that read none. The network then takes one of them at a time (`networks.TURN`).
READ = {"concurrency_id": "read", "concurrency_limit": 8}
# What makes a slider feel direct: no queue, no spinner, always the last position.
DIRECT = {"queue": False, "show_progress": "hidden", "trigger_mode": "always_last"}
# The same where each event has data of its own, which the last one would get from an earlier one.
EACH = DIRECT | {"trigger_mode": "multiple"}
QUIET = {"show_progress": "hidden", **MODEL}
PRIVATE = {"api_visibility": "private"}
logger = logging.getLogger(__name__)


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Show an expected failure as a toast with its reason, without this server's paths."""
    try:
        yield
    except CheckpointError as error:
        logger.exception("a checkpoint cannot be used")
        message = "The weights of this method cannot be read on this server."
        raise gr.Error(message, print_exception=False) from error
    except ColorizeError as error:
        raise gr.Error(str(error), print_exception=False) from error


def on_session(handler: Callable) -> Callable:
    """The handler with the visitor's photo before its other values."""

    def handle(request: gr.Request, *values: Any) -> Any:
        with VISITS.visit(request.session_hash) as visit:
            return handler(visit.session, *values)

    return handle


def on_event(handler: Callable) -> Callable:
    """The same with what the browser sent with the event between them."""

    def handle(request: gr.Request, event: gr.EventData, *values: Any) -> Any:
        with VISITS.visit(request.session_hash) as visit:
            return handler(visit.session, event, *values)

    return handle


def opening(handler: Callable) -> Callable:
    """Keep the photo that the handler answers first for this visitor; the rest is for the page.

    The handler gets the request, the event and the visitor's present photo before its values.
    """

    def handle(request: gr.Request, event: gr.EventData, *values: Any) -> list:
        with VISITS.visit(request.session_hash) as visit:
            session, *rest = handler(request, event, visit.session, *values)
            visit.open(session)
            return rest

    return handle


def needed(session: Session | None) -> Session:
    """Refuse, with a reason, when there is no photo or it has expired."""
    if session is None:
        refuse_expired()
    return session


def refuse_expired() -> NoReturn:
    """Say that the photo is gone."""
    raise gr.Error(EXPIRED, print_exception=False)


def knob(value: Any, name: str, low: float = 0.0, high: float = 1.0) -> float:
    """A slider's value.

    Raises:
        ConfigError: no number, or out of range.
    """
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:  # NaN is in no range
        raise ConfigError(f"{name} must be a number from {low:g} to {high:g}, got {value!r}")
    return float(value)


def number(event: gr.EventData, name: str) -> float:
    """A number that the browser sent with an event.

    Raises:
        ConfigError: missing, or no number.
    """
    value = getattr(event, name, None)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ConfigError(f"{name} must be a number, got {value!r}")
    return float(value)
