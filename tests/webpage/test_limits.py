"""A running page against hostile requests: what is refused, in which words, and who notices."""

import http.client
import io
import json
import time
import urllib.request
import uuid
from urllib.parse import urlsplit

import pytest
from support.client import SLOW, answer, ask, given, post, upload
from support.serving import ROOT, fetch

from colorize_core.image.sandbox import SECONDS
from webpage import api, edge, events, page, storage, studio, visits

NUMBERS = ("0.5", None, True, [], {}, float("nan"), float("inf"), -0.1, 2.5, 1e99)


@pytest.fixture
def file(url, photo) -> dict:
    """An uploaded photo."""
    status, paths = upload(url, photo.read_bytes())
    assert status == 200
    return given(paths[0])


# --- size ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "limit"), [("upload", edge.UPLOAD_BYTES), ("queue/join", edge.BODY_BYTES)]
)
@pytest.mark.parametrize("told", [True, False])
def test_a_large_body_is_refused_while_it_comes(url, path, limit, told):
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    kind = "multipart/form-data; boundary=x" if path == "upload" else "application/json"
    connection.putrequest("POST", f"/gradio_api/{path}")
    connection.putheader("Content-Type", kind)
    if told:
        connection.putheader("Content-Length", str(limit + 1))
        connection.endheaders()
    else:
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        piece = bytes(1 << 18)
        start = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        try:
            for part in (start, *[piece] * (limit // len(piece) + 1)):
                connection.send(b"%x\r\n%b\r\n" % (len(part), part))
        except OSError:
            pass  # refused already, and no longer listened to
    reply = connection.getresponse()
    assert reply.status == 413
    assert "over the limit" in json.loads(reply.read())["detail"]
    connection.close()


def test_a_file_over_the_limit_is_refused(url):
    assert upload(url, bytes((15 << 20) + 1))[0] == 413


def test_uploads_end_where_the_disk_is_to_end(monkeypatch):
    scope = {"headers": [], "method": "POST"}
    assert edge.refusal(edge.UPLOAD, scope, edge.UPLOAD_BYTES) is None
    monkeypatch.setattr(storage, "UPLOADED_FILES", 0)
    reply = edge.refusal(edge.UPLOAD, scope, edge.UPLOAD_BYTES)
    assert reply.status_code == 503
    assert b"try again in some minutes" in reply.body


# --- visitors among each other -------------------------------------------------------------


def test_a_hundred_invented_sessions_displace_no_visitor(url, file):
    assert answer(url, "colorize", file, "gan", 0.5, 1, session="active")[0] == "complete"
    for i in range(100):
        ask(url, "recolor", 0.5, 1, session=f"invented{i}")
    assert answer(url, "recolor", 0.9, 1, session="active")[0] == "complete"


def test_a_slow_photo_holds_up_nobody_else_and_a_session_has_few_places(url, file):
    slow = given(upload(url, SLOW, "slow.pgm")[1][0])
    call, places = (slow, "gan", 0.5, 1), studio.PLACES
    replies = [ask(url, "colorize", *call, session="slow") for _ in range(places + 3)]
    assert [status for status, _ in replies] == [200] * places + [503] * 3
    assert "of this session are under way" in replies[-1][1]["detail"]
    start = time.monotonic()
    assert answer(url, "colorize", file, "gan", 0.5, 1)[0] == "complete"
    assert time.monotonic() - start < (places - 1) * SECONDS  # one after another they take longer
    for _, place in replies[:places]:
        address = f"{url}/gradio_api/call/colorize/{place['event_id']}"
        urllib.request.urlopen(address).close()


# --- what answers tell, and what is open ---------------------------------------------------


def test_answers_name_no_folder_of_the_server(url, file):
    _, info = fetch(f"{url}/gradio_api/info")
    _, config = fetch(f"{url}/config")
    _, start = fetch(f"{url}/")
    kind, reply = answer(url, "colorize", file, "gan", 0.5, 1)
    assert kind == "complete"
    texts = [info.decode(), config.decode(), start.decode(), json.dumps([file, reply])]
    for secret in (str(ROOT), str(storage.root()), str(storage.root().parent) + "/"):
        assert [secret in text for text in texts] == [False] * 4, secret
    assert fetch(reply[0]["url"])[1][:4] == b"\x89PNG"


def test_an_upload_has_an_address_that_does_not_follow_from_it(url, photo):
    names = [upload(url, photo.read_bytes())[1][0] for _ in range(2)]
    assert len({*names}) == 2
    assert fetch(f"{url}/gradio_api/file={names[0]}") == (200, photo.read_bytes())


@pytest.mark.parametrize(
    "path",
    [
        "monitoring",
        "monitoring/summary",
        "gradio_api/deep_link?session_hash=a",
        "gradio_api/file=https://example.com/a.png",
        "gradio_api/file=/etc/passwd",
        "gradio_api/file=../../etc/passwd",
        "gradio_api/proxy=https://example.com/",
        "gradio_api/dev/reload",
    ],
)
def test_what_the_page_does_not_need_is_closed(url, path):
    assert fetch(f"{url}/{path}")[0] == 404


def test_the_page_that_is_served_has_no_unqueued_way_to_the_networks(url, file):
    body = json.dumps({"data": [file, "gan", 0.5, 1]}).encode()
    assert post(f"{url}/gradio_api/run/colorize", body)[0] == 404


# --- values --------------------------------------------------------------------------------


def check_sentence(reply: tuple[str, object]) -> None:
    kind, data = reply
    assert kind == "error"
    text = data.get("error") or data.get("detail")
    assert isinstance(text, str), data
    assert len(text.split()) > 4
    assert str(storage.root()) not in text
    assert str(ROOT) not in text


@pytest.mark.parametrize("value", NUMBERS)
def test_hostile_numbers_get_a_sentence(url, file, value):
    session = uuid.uuid4().hex
    check_sentence(answer(url, "colorize", file, "gan", value, 1, session=session))
    assert answer(url, "colorize", file, "gan", 0.5, 1, session=session)[0] == "complete"
    check_sentence(answer(url, "recolor", value, 1, session=session))
    check_sentence(answer(url, "recolor", 0.5, "1" if value == 2 else value, session=session))


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "hill.png",
        "https://example.com/a.png",
        {},
        [],
        {"path": "/etc/passwd"},
        given("/etc/passwd"),
        given("https://example.com/a.png"),
        given("http://127.0.0.1/a.png"),
        given("visits/../../etc/passwd"),
        given(""),
        {"path": 7, "meta": {"_type": "gradio.FileData"}},
        {"url": "https://example.com/a.png", "meta": {"_type": "gradio.FileData"}},
    ],
)
def test_hostile_photos_get_a_sentence(url, value):
    check_sentence(answer(url, "colorize", value, "gan", 0.5, 1))


@pytest.mark.parametrize("value", [None, 7, "../gan", "", ["gan"], {"gan": 1}, float("nan")])
def test_hostile_methods_get_a_sentence(url, file, value):
    check_sentence(answer(url, "colorize", file, value, 0.5, 1))


@pytest.mark.parametrize("data", [[], [1], [1, 2, 3, 4, 5, 6, 7]])
def test_a_wrong_number_of_values_gets_a_sentence(url, data):
    for name in ("colorize", "recolor"):
        check_sentence(answer(url, name, *data))


@pytest.mark.parametrize("body", [b"", b"{", b"[7]", b'{"data": {}}', b'{"data": 1e9999}'])
def test_a_body_of_another_form_gets_a_sentence(url, body):
    for path in ("queue/join", "call/colorize"):
        status, reply = post(f"{url}/gradio_api/{path}", body)
        assert status == 422
        check_sentence(("error", reply))


@pytest.mark.parametrize("index", [-1, 10**9, None])
def test_unknown_functions_get_a_sentence(url, index):
    body = json.dumps({"data": [], "fn_index": index, "session_hash": "a"}).encode()
    check_sentence(("error", post(f"{url}/gradio_api/queue/join", body)[1]))


def test_every_private_event_answers_nonsense_with_a_sentence(url):
    with urllib.request.urlopen(f"{url}/config") as config:
        functions = json.load(config)["dependencies"]
    for function in functions:
        if not function["backend_fn"] or not function["queue"]:
            continue
        data = [float("nan")] * len(function["inputs"])
        session = uuid.uuid4().hex
        body = {"data": data, "fn_index": function["id"], "session_hash": session}
        body["event_data"] = {"index": 99, "side": {}, "round": []}
        post(f"{url}/gradio_api/queue/join", json.dumps(body).encode())
        with urllib.request.urlopen(
            f"{url}/gradio_api/queue/data?session_hash={session}"
        ) as events:
            lines = [json.loads(line[6:]) for line in events if line.startswith(b"data: ")]
        done = next(line for line in lines if line["msg"] == "process_completed")
        assert done["success"] or done["output"]["error"], function["targets"]


# --- what is said of a file ----------------------------------------------------------------


def test_a_damaged_jpeg_is_coloured_with_a_note(url, make_photo):
    buffer = io.BytesIO()
    make_photo(320, 240).save(buffer, "JPEG", quality=95)
    content = bytearray(buffer.getvalue())
    content[len(content) // 2 : len(content) // 2 + 40] = bytes(40)
    sent = given(upload(url, bytes(content), "torn.jpg")[1][0])
    kind, (_, note) = answer(url, "colorize", sent, "gan", 0.5, 1)
    assert kind == "complete"
    assert '"torn.jpg" is damaged in places' in note


def test_security_md_tells_these_limits():
    told = (ROOT / "SECURITY.md").read_text(encoding="utf-8").split("## The page")[1]
    for text in (
        f"{page.MAX_MEGABYTES} MB; as in",
        f"{events.READ['concurrency_limit']} at a time",
        f"{edge.UPLOAD_BYTES >> 20} MB if it brings a file, else {edge.BODY_BYTES >> 20} MB",
        f"{api.HINTS} of one photo",
        f"{studio.PLACES} for each session, {studio.QUEUE} in all",
        f"{storage.UPLOADED_BYTES >> 20} MB or {storage.UPLOADED_FILES} files",
        f"removed after {storage.UPLOADED_SECONDS // 60} minutes, and after one where",
        f"{storage.VISIT_BYTES >> 20} MB; the oldest make room; the last {visits.ANSWERS} photos",
        f"{visits.MEMORY_BYTES >> 30} GB of memory and {visits.DISK_BYTES >> 30} GB of disk",
    ):
        assert text in told, text
    assert visits.SECONDS == 3600
