"""The tool for agents, asked by a client of the protocol's own package."""

import asyncio
import base64
import http.client
import http.server
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from mcp.types import CallToolResult, Tool
from PIL import Image
from support.client import upload
from support.serving import fetch, serve

from colorize_core import load_colorizer
from webpage import agents, edge, storage


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> str:
    """Temporary folder of the server."""
    return str(tmp_path_factory.mktemp("temporary"))


@pytest.fixture(scope="module")
def server(tiny_checkpoints, tmp_path_factory, place) -> Iterator[str]:
    """A running app with the tool."""
    log = tmp_path_factory.mktemp("agents") / "log.txt"
    with serve(tiny_checkpoints, log, GRADIO_MCP_SERVER="true", TMPDIR=place) as address:
        yield address


def ask(server: str, action: Callable) -> object:
    """What one new client is answered."""

    async def run():
        address = f"{server}/gradio_api/mcp/"
        async with (
            streamablehttp_client(address) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await action(session)

    # In a thread of its own: Playwright's browser, if open, has this one's event loop.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(run())).result()


def call(server: str, **values) -> CallToolResult:
    """Call the tool."""
    return ask(server, lambda session: session.call_tool("colorize", values))


def text(result: CallToolResult) -> str:
    return result.content[0].text


def as_data(photo) -> str:
    return "data:image/png;base64," + base64.b64encode(photo.read_bytes()).decode()


def test_there_is_one_tool_and_every_value_is_described(server):
    (tool,) = ask(server, lambda session: session.list_tools()).tools
    assert isinstance(tool, Tool)
    assert tool.name == "colorize"
    assert tool.description.startswith("Colorize a black-and-white photo")
    values = tool.inputSchema["properties"]
    assert [*values] == ["photo", "method", "temperature", "saturation", "hints"]
    assert all(len(value["description"].split()) > 5 for value in values.values())
    assert tool.inputSchema["required"] == ["photo"]
    assert [values[name]["type"] for name in ("photo", "temperature", "hints")] == [
        "string",
        "number",
        "string",
    ]


@pytest.mark.parametrize("way", ["data", "name", "address"])
def test_the_tool_equals_the_library(server, tiny_checkpoints, photo, way, tmp_path):
    if way == "data":
        sent = as_data(photo)
    else:
        sent = upload(server, photo.read_bytes())[1][0]
        sent = f"{server}/gradio_api/file={sent}" if way == "address" else sent
    result = call(server, photo=sent, method="classification", temperature=0.9, saturation=0.8)
    assert not result.isError, text(result)
    status, content = fetch(text(result))
    assert status == 200
    (tmp_path / "answer.png").write_bytes(content)
    expected = load_colorizer("classification", tiny_checkpoints / "classification")
    with Image.open(tmp_path / "answer.png") as found, Image.open(photo) as own:
        np.testing.assert_array_equal(found, expected(own, 0.9, 0.8))
        assert found.text  # the mark that machines have coloured it


def test_the_picture_and_a_note_come_apart(server, make_photo, tmp_path):
    make_photo(320, 240).save(tmp_path / "torn.jpg", quality=95)
    content = bytearray((tmp_path / "torn.jpg").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 40] = bytes(40)
    (tmp_path / "torn.jpg").write_bytes(content)
    address, note = call(server, photo=as_data(tmp_path / "torn.jpg")).content
    assert fetch(address.text)[0] == 200
    assert "is damaged in places" in note.text


def test_a_second_agent_does_not_change_the_first_ones_picture(server, photo, make_photo, tmp_path):
    first = text(call(server, photo=as_data(photo), method="gan"))
    before = fetch(first)
    other = tmp_path / "other.png"
    make_photo(60, 70, seed=8).save(other)
    second = text(call(server, photo=as_data(other), method="gan"))
    assert fetch(first) == before
    assert fetch(second)[0] == 200
    assert fetch(second) != before


def test_addresses_are_not_followed(server):
    heard = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{listener.server_port}"
        for photo in (f"{address}/a.png", f"{address}/gradio_api/file=a.png"):
            result = call(server, photo=photo)
            assert result.isError
            assert "are not followed" in text(result)
        listener.shutdown()
    assert heard == []


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"photo": "/etc/passwd"},
        {"photo": "file:///etc/passwd"},
        {"photo": "../../etc/passwd"},
        {"photo": ""},
        {"photo": "data:image/png;base64,!!"},
        {"photo": "data:image/png,abc"},
        {"photo": "data:image/png;base64,"},
        {"photo": {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}},
        {"photo": ["/etc/passwd"]},
    ],
)
def test_what_is_no_photo_is_refused_in_words(server, values):
    result = call(server, **values)
    assert result.isError
    assert len(text(result).split()) > 3
    assert "root:" not in text(result)


@pytest.mark.parametrize("name", ["method", "temperature", "saturation", "hints"])
def test_a_file_of_the_server_in_another_value_is_not_opened(server, photo, name, place):
    file = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    result = call(server, photo=as_data(photo), **{name: file})
    assert result.isError
    assert "is not " in text(result)  # by the schema, before anything is done


def test_reasons_reach_the_agent(server, photo):
    for values, reason in (
        ({"hints": "3,4,#aa3322"}, "take no hints"),
        ({"hints": "3,4,red"}, "x,y,#rrggbb"),
        ({"temperature": 7}, "greater than maximum value 1"),
        ({"photo": "data:image/png;base64,AAAA"}, "photo"),
    ):
        result = call(server, **{"photo": as_data(photo), "method": "classification"} | values)
        assert result.isError
        assert reason in text(result)


def test_other_ways_in_are_closed(server, photo):
    assert fetch(f"{server}/gradio_api/mcp/sse")[0] == 404
    assert fetch(f"{server}/gradio_api/mcp/messages/")[0] == 404
    connection = http.client.HTTPConnection(urlsplit(server).netloc)
    connection.putrequest("POST", "/gradio_api/mcp/")
    connection.putheader("Content-Length", str(edge.BODY_BYTES + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    result = ask(server, lambda session: session.call_tool("recolor", {"temperature": 0.5}))
    assert result.isError


def test_data_lie_among_the_uploads_and_end_with_them(monkeypatch):
    name = agents.receive("data:image/png;base64,QUJD")["path"]
    path = storage.locate(name)
    assert path.read_bytes() == b"ABC"
    assert path.stat().st_ino in [stat.st_ino for stat in storage.uploads()]
    storage.sweep(-1)
    assert not path.exists()
    monkeypatch.setattr(storage, "UPLOADED_FILES", 0)
    with pytest.raises(Exception, match="try again in some minutes"):
        agents.receive("data:image/png;base64,QUJD")


def test_nothing_stays_outside_the_private_folder(server, photo, place):
    call(server, photo=as_data(photo))
    files = [path.relative_to(place) for path in Path(place).rglob("*") if path.is_file()]
    assert files != []
    assert {path.parts[0].split("-")[0] for path in files} == {"colorize"}
