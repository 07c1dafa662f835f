"""What handlers of all tabs share: errors that visitors can read, and kinds of events."""

import contextlib
import logging
import math
from collections.abc import Iterator
from typing import NoReturn

import gradio as gr

from colorize_core.errors import CheckpointError, ColorizeError, ConfigError
from webpage.session import Session

EXPIRED = "No photo is kept for this visit; choose one first (API: call /colorize first)."
MODEL = {"concurrency_id": "model", "concurrency_limit": 1}  # one network fills two cores
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


def needed(session: Session | None) -> Session:
    """Refuse, with a reason, when there is no photo or it has expired."""
    if session is None:
        refuse_expired()
    return session


def refuse_expired() -> NoReturn:
    """Say that the photo is gone."""
    raise gr.Error(EXPIRED, print_exception=False)


def number(event: gr.EventData, name: str) -> float:
    """A number that the browser sent with an event.

    Raises:
        ConfigError: missing, or no number.
    """
    value = getattr(event, name, None)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ConfigError(f"{name} must be a number, got {value!r}")
    return float(value)
