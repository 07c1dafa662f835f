"""Gradio made fit for strangers: places in its queue, a sentence for every failure."""

import logging
from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.route_utils import GradioUploadFile

from webpage import storage

QUEUE = 30
"""Requests that wait, of all visitors together; one more is refused."""
PLACES = 5
"""Requests of one session that wait or run: fewer than there are places to read photos."""
NAME = 64
"""Characters of a session's name, which the client chooses."""
FULL = "{count} requests of this session are under way; wait until one is done."
NOT_UNDERSTOOD = (
    "The request does not have the form that is expected here: a value is missing, of another "
    "kind, or out of range. The page '?view=api' shows the form."
)
FAILED = "This went wrong on the server, and has been noted there; try another photo or method."
NO_ADDRESS = "A photo must be sent as a file; addresses of photos elsewhere are not followed."
GONE = "This file is not on the server, or not any more; send it again."
logger = logging.getLogger(__name__)


class RandomUpload(GradioUploadFile):
    """An upload whose place is random; Gradio's own follows from the content."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sha.update(storage.random_name().encode())


class Studio(gr.Blocks):
    """Blocks whose failures are sentences, and whose files have names without folders."""

    def queue(self, *args: Any, **options: Any) -> "Studio":
        """Gradio's queue, with places for each session."""
        super().queue(*args, **options)
        push = self._queue.push

        async def admit(body: Any, request: Any, username: str | None) -> tuple:
            return refusal(self._queue, body) or await push(body, request, username)

        self._queue.push = admit
        return self

    async def process_api(self, block_fn: Any, inputs: list, *args: Any, **options: Any) -> dict:
        """As Gradio's; unexpected failures are noted and told as a sentence."""
        try:
            if block_fn.api_visibility == "public":  # what programs leave out
                inputs = [*inputs, *(block.value for block in block_fn.inputs[len(inputs) :])]
            inputs = each_file(inputs, to_server)
            output = await super().process_api(block_fn, inputs, *args, **options)
            return output | {"data": each_file(output["data"], to_visitor)}
        except gr.Error:
            raise
        except Exception as error:
            logger.exception("a request has failed")
            raise gr.Error(FAILED, print_exception=False) from error

    async def preprocess_data(self, *args: Any, **options: Any) -> list:
        """As Gradio's; what its widgets cannot take is told as a sentence."""
        try:
            return await super().preprocess_data(*args, **options)
        except gr.Error:
            raise
        except Exception as error:
            raise gr.Error(NOT_UNDERSTOOD, print_exception=False) from error


def refusal(queue: Any, body: Any) -> tuple[bool, str, str] | None:
    """Why a request gets no place in the queue, as Gradio's `push` answers; None if it does."""
    name = body.session_hash
    if name is not None and len(name) > NAME:
        return False, f"A session's name has at most {NAME} characters.", "error"
    if body.fn_index not in queue.blocks.fns:
        return False, f"There is no function {body.fn_index}.", "error"
    count = sum(event.session_hash == name for event in list(queue.event_ids_to_events.values()))
    if name is not None and count >= PLACES:
        return False, FULL.format(count=count), "queue_full"
    return None


def each_file(value: Any, change: Callable[[dict], dict]) -> Any:
    """Change every file in nested lists and dicts; addresses are refused."""
    if isinstance(value, list | tuple):
        return [each_file(one, change) for one in value]
    if not isinstance(value, dict):
        if change is to_server and is_address(value):
            raise gr.Error(NO_ADDRESS, print_exception=False)
        return value
    if isinstance(value.get("path"), str):
        return change(value)
    return {key: each_file(one, change) for key, one in value.items()}


def to_server(file: dict) -> dict:
    """A file that a visitor names, where it lies here."""
    if is_address(file["path"]):
        raise gr.Error(NO_ADDRESS, print_exception=False)
    path = storage.locate(file["path"])
    if path is None:
        raise gr.Error(GONE, print_exception=False)
    found = {"path": str(path), "meta": {"_type": "gradio.FileData"}}  # the mark may be left out
    return found | ({"orig_name": file["orig_name"]} if "orig_name" in file else {})


def to_visitor(file: dict) -> dict:
    """A file of ours as a visitor may know it."""
    path = file["path"]
    name = storage.public_name(path)
    url = file.get("url")
    return file | {"path": name, "url": url and url.replace(path, name)}


def is_address(value: Any) -> bool:
    """Whether a value leads away from here, like https://…"""
    return isinstance(value, str) and "://" in value[:16]
