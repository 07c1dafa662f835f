"""A running page against hostile requests: what is refused, in which words, and who notices."""

import http.client
import io
import json
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from support.serving import ROOT, fetch, free_port

import app
from colorize_core.image.sandbox import Reading, read_untrusted
from webpage import edge, handlers, networks, storage, studio

NUMBERS = ("0.5", None, True, [], {}, float("nan"), float("inf"), -0.1, 2.5, 1e99)


@pytest.fixture(scope="module")
def page(tiny_checkpoints) -> Iterator[str]:
    """The app inside this process, so that tests can hold parts of it up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLORIZE_CHECKPOINTS", str(tiny_checkpoints))
        networks._is_sound.cache_clear()
        demo = app.build()
        options = {"prevent_thread_lock": True, "quiet": True, "server_port": free_port()}
        _, url, _ = app.launch(demo, **options)
        yield url.rstrip("/")
        demo.close(verbose=False)


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


@pytest.fixture
def file(page, photo) -> dict:
    """An uploaded photo."""
    status, paths = upload(page, photo.read_bytes())
    assert status == 200
    return given(paths[0])


# --- size ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "limit"), [("upload", edge.UPLOAD_BYTES), ("queue/join", edge.BODY_BYTES)]
)
@pytest.mark.parametrize("told", [True, False])
def test_a_large_body_is_refused_while_it_comes(page, path, limit, told):
    address = urlsplit(page)
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


def test_a_file_over_the_limit_is_refused(page):
    assert upload(page, bytes((15 << 20) + 1))[0] == 413


def test_uploads_end_where_the_disk_is_to_end(page, monkeypatch, photo):
    monkeypatch.setattr(storage, "UPLOADED_FILES", 0)
    status, reply = upload(page, photo.read_bytes())
    assert status == 503
    assert "try again in some minutes" in reply["detail"]


# --- visitors among each other -------------------------------------------------------------


def test_a_hundred_invented_sessions_displace_no_visitor(page, file):
    assert answer(page, "colorize", file, "gan", 0.5, 1, session="active")[0] == "complete"
    for i in range(100):
        ask(page, "recolor", 0.5, 1, session=f"invented{i}")
    assert answer(page, "recolor", 0.9, 1, session="active")[0] == "complete"


def test_a_slow_photo_holds_up_nobody_else(page, file, photo, monkeypatch):
    reading, release = threading.Event(), threading.Event()

    def read(path: str) -> Reading:
        if "slow" in path:
            reading.set()
            assert release.wait(60)
        return read_untrusted(path)

    monkeypatch.setattr(handlers, "read_untrusted", read)
    slow = given(upload(page, photo.read_bytes(), "slow.png")[1][0])
    answers = []

    def wait() -> None:
        answers.append(answer(page, "colorize", slow, "gan", 0.5, 1, session="slow"))

    threads = [threading.Thread(target=wait) for _ in range(studio.PLACES)]
    for thread in threads:
        thread.start()
    try:
        assert reading.wait(20)
        assert answer(page, "colorize", file, "gan", 0.5, 1)[0] == "complete"
        assert answers == []
    finally:
        release.set()
    for thread in threads:
        thread.join(60)
    assert [kind for kind, _ in answers] == ["complete"] * studio.PLACES


def test_a_session_has_few_places_in_the_queue(page, file, photo, monkeypatch):
    release = threading.Event()

    def read(path: str) -> Reading:
        assert release.wait(60)
        return read_untrusted(path)

    monkeypatch.setattr(handlers, "read_untrusted", read)
    call = (file, "gan", 0.5, 1)
    replies = [ask(page, "colorize", *call, session="many") for _ in range(studio.PLACES + 3)]
    release.set()
    assert [status for status, _ in replies] == [200] * studio.PLACES + [503] * 3
    assert "of this session are under way" in replies[-1][1]["detail"]
    for _, place in replies[: studio.PLACES]:
        address = f"{page}/gradio_api/call/colorize/{place['event_id']}"
        urllib.request.urlopen(address).close()


# --- what answers tell, and what is open ---------------------------------------------------


def test_answers_name_no_folder_of_the_server(page, file):
    _, info = fetch(f"{page}/gradio_api/info")
    _, config = fetch(f"{page}/config")
    _, start = fetch(f"{page}/")
    kind, reply = answer(page, "colorize", file, "gan", 0.5, 1)
    assert kind == "complete"
    texts = [info.decode(), config.decode(), start.decode(), json.dumps([file, reply])]
    for secret in (str(ROOT), str(storage.root()), str(storage.root().parent) + "/"):
        assert [secret in text for text in texts] == [False] * 4, secret
    assert fetch(reply[0]["url"])[1][:4] == b"\x89PNG"


def test_an_upload_has_an_address_that_does_not_follow_from_it(page, photo):
    names = [upload(page, photo.read_bytes())[1][0] for _ in range(2)]
    assert len({*names}) == 2
    assert fetch(f"{page}/gradio_api/file={names[0]}") == (200, photo.read_bytes())


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
def test_what_the_page_does_not_need_is_closed(page, path):
    assert fetch(f"{page}/{path}")[0] == 404


def test_the_page_that_is_served_has_no_unqueued_way_to_the_networks(page, file):
    body = json.dumps({"data": [file, "gan", 0.5, 1]}).encode()
    assert post(f"{page}/gradio_api/run/colorize", body)[0] == 404


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
def test_hostile_numbers_get_a_sentence(page, file, value):
    session = uuid.uuid4().hex
    check_sentence(answer(page, "colorize", file, "gan", value, 1, session=session))
    assert answer(page, "colorize", file, "gan", 0.5, 1, session=session)[0] == "complete"
    check_sentence(answer(page, "recolor", value, 1, session=session))
    check_sentence(answer(page, "recolor", 0.5, "1" if value == 2 else value, session=session))


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
def test_hostile_photos_get_a_sentence(page, value):
    check_sentence(answer(page, "colorize", value, "gan", 0.5, 1))


@pytest.mark.parametrize("value", [None, 7, "../gan", "", ["gan"], {"gan": 1}, float("nan")])
def test_hostile_methods_get_a_sentence(page, file, value):
    check_sentence(answer(page, "colorize", file, value, 0.5, 1))


@pytest.mark.parametrize("data", [[], [1], [1, 2, 3, 4, 5, 6, 7]])
def test_a_wrong_number_of_values_gets_a_sentence(page, data):
    for name in ("colorize", "recolor"):
        check_sentence(answer(page, name, *data))


@pytest.mark.parametrize("index", [-1, 10**9, None])
def test_unknown_functions_get_a_sentence(page, index):
    body = json.dumps({"data": [], "fn_index": index, "session_hash": "a"}).encode()
    check_sentence(("error", post(f"{page}/gradio_api/queue/join", body)[1]))


def test_every_private_event_answers_nonsense_with_a_sentence(page):
    with urllib.request.urlopen(f"{page}/config") as config:
        functions = json.load(config)["dependencies"]
    for function in functions:
        if not function["backend_fn"] or not function["queue"]:
            continue
        data = [float("nan")] * len(function["inputs"])
        session = uuid.uuid4().hex
        body = {"data": data, "fn_index": function["id"], "session_hash": session}
        body["event_data"] = {"index": 99, "side": {}, "round": []}
        post(f"{page}/gradio_api/queue/join", json.dumps(body).encode())
        with urllib.request.urlopen(
            f"{page}/gradio_api/queue/data?session_hash={session}"
        ) as events:
            lines = [json.loads(line[6:]) for line in events if line.startswith(b"data: ")]
        done = next(line for line in lines if line["msg"] == "process_completed")
        assert done["success"] or done["output"]["error"], function["targets"]


# --- what is said of a file ----------------------------------------------------------------


def test_a_damaged_jpeg_is_coloured_with_a_note(page, make_photo):
    buffer = io.BytesIO()
    make_photo(320, 240).save(buffer, "JPEG", quality=95)
    content = bytearray(buffer.getvalue())
    content[len(content) // 2 : len(content) // 2 + 40] = bytes(40)
    sent = given(upload(page, bytes(content), "torn.jpg")[1][0])
    kind, (_, note) = answer(page, "colorize", sent, "gan", 0.5, 1)
    assert kind == "complete"
    assert '"torn.jpg" is damaged in places' in note
