"""`colorize publish`, against a stand-in of the hub."""

import http.server
import json
import threading
from collections.abc import Iterator

import pytest
from huggingface_hub import HfApi

from colorize_core.errors import SiteError
from webpage.publish import space


@pytest.fixture
def answers(monkeypatch) -> Iterator[dict[str, int]]:
    """A hub without Spaces that answers paths with statuses."""
    statuses: dict[str, int] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            missing = 404 if self.path.startswith("/api/spaces/") else 200
            self.send_response(statuses.get(self.path, missing))
            self.end_headers()
            self.wfile.write(json.dumps({"name": "user", "error": "so it is"}).encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def log_message(self, *words: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(space, "HfApi", lambda: HfApi(endpoint=address, token="hf_secret"))
    yield statuses
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_dry_run_lists_files_and_sizes_without_a_token(small, colorize, monkeypatch):
    monkeypatch.setattr(space, "upload", lambda *words: pytest.fail("nothing may be sent"))
    code, text = colorize("publish", "me/studio", "--static", "--dry-run", "--checkpoints", small)
    assert code == 0
    assert "index.html" in text
    assert "networks/classification-" in text
    assert "would be written to me/studio" in text


def test_the_space_gets_exactly_the_files_of_the_site(small, colorize, monkeypatch):
    calls = {}

    class Hub:
        def whoami(self) -> dict:
            return {"name": "me"}

        def create_repo(self, name: str, **options: object) -> str:
            calls["create"] = (name, options)
            return f"hub/{name}"

        def upload_folder(self, **options: object) -> None:
            folder = options["folder_path"]
            calls["upload"] = options
            calls["files"] = {p.relative_to(folder).as_posix() for p in folder.rglob("*")}

    monkeypatch.setattr(space, "HfApi", Hub)
    code, text = colorize("publish", "me/studio", "--static", "--checkpoints", small)
    assert code == 0
    assert "hub/me/studio" in text
    assert calls["create"] == (
        "me/studio",
        {"repo_type": "space", "space_sdk": "static", "exist_ok": True},
    )
    assert calls["upload"]["repo_id"] == "me/studio"
    assert calls["upload"]["delete_patterns"] == "*"
    assert {"index.html", "README.md", "sw.js"} <= calls["files"]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/api/whoami-v2", 401, "token is not valid"),
        ("/api/repos/create", 403, "may not write there"),
        ("/api/repos/create", 429, "try again later"),
    ],
)
def test_what_the_hub_refuses_is_one_sentence(answers, tmp_path, path, status, says):
    answers[path] = status
    with pytest.raises(SiteError, match=says) as caught:
        space.upload(tmp_path, "me/studio")
    assert "hf_secret" not in str(caught.value)


def test_without_a_token_the_remedy_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.hf_api.get_token", lambda: None)
    with pytest.raises(SiteError, match="HF_TOKEN"):
        space.upload(tmp_path, "me/studio")


@pytest.mark.parametrize("name", ["studio", "me/", "me/st udio", "a/b/c"])
def test_a_wrong_name_is_refused_before_anything_is_built(small, colorize, name):
    code, text = colorize("publish", name, "--static", "--checkpoints", small)
    assert code == 1
    assert "USER/SPACE" in text
