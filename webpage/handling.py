"""What handlers of all tabs share: errors that visitors can read, and kinds of events."""

import contextlib
import logging
from collections.abc import Iterator
from typing import NoReturn

import gradio as gr

from colorize_core.errors import CheckpointError, ColorizeError
from webpage.visit import Shown

EXPIRED = "No photo is kept for this visit; choose one first (API: call /colorize first)."
MODEL = {"concurrency_id": "model", "concurrency_limit": 1}  # one network fills two cores
# What makes a slider feel direct: no queue, no spinner, always the last position.
DIRECT = {"queue": False, "show_progress": "hidden", "trigger_mode": "always_last"}
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


def needed(shown: Shown | None) -> Shown:
    """Refuse, with a reason, when there is no photo or it has expired."""
    if shown is None:
        refuse_expired()
    return shown


def refuse_expired() -> NoReturn:
    """Say that the photo is gone."""
    raise gr.Error(EXPIRED, print_exception=False)
