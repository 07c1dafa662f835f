"""What is decided before Gradio sees a request: how large it may be, and what it may ask for."""

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webpage import storage

UPLOAD_BYTES = 16 << 20
"""Of a request that brings a file: the largest photo, and what a form adds to it."""
BODY_BYTES = 1 << 20
"""Of any other request."""
TOO_LARGE = "The request is over the limit of {megabytes:g} MB; send a smaller photo."
NO_ROOM = "The server holds as many new photos as it can; try again in some minutes."
API, UPLOAD, FILE = "/gradio_api/", "/gradio_api/upload", "/gradio_api/file="
CLOSED = ("/monitoring", "/dev/", "/vibe-", "/profiling/", "/proxy=", "/stream/", "/deep_link")
CLOSED += ("/component_server", "/process_recording", "/file/", "/custom_component/", "/runs")
CLOSED += ("/mcp/sse", "/mcp/messages")
"""Parts of Gradio that this page does not need; they fetch addresses, or keep what is sent."""


class Edge:
    """ASGI middleware: limits of size, closed paths, files by names without folders."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by itself, or hand on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        limit = UPLOAD_BYTES if path.rstrip("/") == UPLOAD else BODY_BYTES
        if answer := refusal(path, scope, limit):
            await answer(scope, receive, send)
            return
        if path.startswith(FILE):
            file = str(storage.locate(path.removeprefix(FILE)))
            scope = scope | {"path": scope["path"].removesuffix(path) + FILE + file}
        sender = name_uploads(send) if limit == UPLOAD_BYTES else send
        await self.app(scope, counted(receive, limit), sender)


def refusal(path: str, scope: Scope, limit: int) -> Response | None:
    """The answer to a request that is not handed on."""
    if path.removeprefix(API.rstrip("/")).startswith(CLOSED):
        return sentence(404, "There is nothing at this address.")
    if path.startswith(FILE) and storage.locate(path.removeprefix(FILE)) is None:
        return sentence(404, "There is no such file, or it has expired.")
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if length.isdigit() and int(length) > limit:
        return sentence(413, too_large(limit))
    if limit == UPLOAD_BYTES and scope["method"] == "POST" and not storage.make_room():
        return sentence(503, NO_ROOM)
    return None


def sentence(status: int, text: str) -> JSONResponse:
    """An answer in the form that Gradio's clients show."""
    return JSONResponse({"detail": text, "error": text}, status)


def too_large(limit: int) -> str:
    """Say what the limit is."""
    return TOO_LARGE.format(megabytes=limit / (1 << 20))


def counted(receive: Receive, limit: int) -> Receive:
    """Count a body while it comes, whatever its head says."""
    size = 0

    async def count() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise HTTPException(413, too_large(limit))
        return message

    return count


def name_uploads(send: Send) -> Send:
    """Rewrite the answer to an upload: public names for a list of files here, or a sentence."""
    start: Message | None = None
    body = b""

    async def hold(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = message
            return
        body += message.get("body", b"")
        if message.get("more_body"):
            return
        if start["status"] == 200:
            names = [storage.public_name(path) for path in json.loads(body)]
            reply = JSONResponse(names)
        elif start["status"] == 413:
            reply = sentence(413, too_large(UPLOAD_BYTES))
        else:
            reply = sentence(start["status"], "This is no form with a file in it; send one again.")
        await send(start | {"headers": reply.raw_headers})
        await send({"type": "http.response.body", "body": reply.body})

    return hold


async def misunderstood(request: Any, error: Exception) -> Response:
    """What is answered to a body of another form, without saying it all back."""
    return sentence(422, "The request does not have the form that '?view=api' shows; correct it.")


async def failed(request: Any, error: Exception) -> Response:
    """What is answered where neither Gradio nor a handler has caught a failure."""
    return sentence(500, "The request could not be carried out; check its form at '?view=api'.")
