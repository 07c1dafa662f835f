"""Requests to a running page, as a program without Gradio's client sends them."""

import json
import urllib.error
import urllib.request
import uuid

SLOW = b"P2 2600 2600 1\n" + b"0 " * 2600**2
"""13.5 MB of ASCII, which take as long as any file may."""


def post(url: str, body: bytes, kind: str = "application/json") -> tuple[int, dict | list]:
    """Status and answer of a request."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": kind})) as a:
            return a.status, json.load(a)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def upload(page: str, content: bytes, name: str = "hill.png") -> tuple[int, dict | list]:
    """Send a file, as a form."""
    head = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--x--\r\n"
    return post(f"{page}/gradio_api/upload", body, "multipart/form-data; boundary=x")


def ask(page: str, name: str, *data: object, session: str | None = None) -> tuple[int, dict]:
    """Ask for a place in the queue."""
    body = json.dumps({"data": data, "session_hash": session or uuid.uuid4().hex}).encode()
    return post(f"{page}/gradio_api/call/{name}", body)


def answer(page: str, name: str, *data: object, session: str | None = None) -> tuple[str, object]:
    """Kind and content of what an endpoint answers."""
    status, place = ask(page, name, *data, session=session)
    if status != 200:
        return "error", place
    address = f"{page}/gradio_api/call/{name}/{place['event_id']}"
    with urllib.request.urlopen(address) as events:
        text = events.read().decode()
    kind, data = text.strip().split("\n\n")[-1].split("\n")
    return kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def given(path: str) -> dict:
    """A file, as clients name it."""
    return {"path": path, "meta": {"_type": "gradio.FileData"}}
