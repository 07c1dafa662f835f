"""The two public endpoints of a running app, and what it gives to nobody."""

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from PIL import Image
from support.page import KNOBS, event
from support.page import METHODS as OPENED
from support.serving import ROOT
from support.tiny import tiny_config

from colorize_core import Hint, load_colorizer
from colorize_core.methods import METHODS
from colorize_core.methods.checkpoint import save_checkpoint
from webpage import api


def test_columns_stay_three_with_every_method(url):
    with urllib.request.urlopen(f"{url}/config") as answer:
        components = json.load(answer)["components"]
    menus = [c["props"] for c in components if c["type"] == "dropdown" and c["props"]["visible"]]
    assert [menu["value"] for menu in menus] == list(OPENED)
    for menu in menus:
        assert {name for _, name in menu["choices"]} == set(METHODS)


@pytest.fixture
def client(url) -> Client:
    return Client(url, verbose=False)


def read(path: str | Path) -> Image.Image:
    """A PNG file, whole."""
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        return picture.convert("RGB")


@pytest.mark.parametrize("method", OPENED)
def test_api_colorize_equals_the_library(client, tiny_checkpoints, photo, method):
    file, notes = client.predict(handle_file(photo), method, 0.5, 0.8, api_name="/colorize")
    expected = load_colorizer(method, tiny_checkpoints / method)(read(photo), 0.5, 0.8)
    np.testing.assert_array_equal(read(file), expected)
    assert notes == ""


def test_api_recolor_equals_the_library_for_each_of_two_clients(
    client, url, tiny_checkpoints, make_photo, photo, tmp_path
):
    other_photo = tmp_path / "other.png"
    make_photo(64, 80, seed=5).save(other_photo)
    other = Client(url, verbose=False)
    client.predict(handle_file(photo), "classification", 0.38, 1, api_name="/colorize")
    other.predict(handle_file(other_photo), "classification", 0.38, 1, api_name="/colorize")
    colorizer = load_colorizer("classification", tiny_checkpoints / "classification")
    for who, path in ((client, photo), (other, other_photo)):
        file = who.predict(0.9, 1, api_name="/recolor")
        np.testing.assert_array_equal(read(file), colorizer(read(path), 0.9))


def test_api_recolor_without_a_photo_says_what_to_do(client):
    with pytest.raises(Exception, match="/colorize first"):
        client.predict(0.5, 1, api_name="/recolor")


def test_api_bad_photo_gives_the_reason_and_no_path(client, broken):
    with pytest.raises(Exception, match=r"broken\.jpg") as caught:
        client.predict(handle_file(broken), "gan", 0.38, 1, api_name="/colorize")
    assert str(broken.parent) not in str(caught.value)
    assert "/gradio" not in str(caught.value)
    assert str(ROOT) not in str(caught.value)


def test_page_reads_only_uploaded_files(url, photo):
    """A visitor who names a file of the server instead of uploading one gets nothing."""
    with urllib.request.urlopen(f"{url}/config") as answer:
        config = json.load(answer)
    component = next(c for c in config["components"] if c["props"].get("elem_id") == "photo")
    event = [component["id"], "upload"]
    index = next(d["id"] for d in config["dependencies"] if event in d["targets"])
    file = {"path": str(photo), "meta": {"_type": "gradio.FileData"}}
    call = {"data": [file, *KNOBS, 2, *OPENED], "fn_index": index, "session_hash": "curious"}
    request = urllib.request.Request(
        f"{url}/gradio_api/queue/join",
        json.dumps(call).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request).close()
    with urllib.request.urlopen(f"{url}/gradio_api/queue/data?session_hash=curious") as events:
        lines = [json.loads(line[6:]) for line in events if line.startswith(b"data: ")]
    done = next(line for line in lines if line["msg"] == "process_completed")
    assert not done["success"]
    assert str(photo.parent) not in json.dumps(done)


# --- hints ---------------------------------------------------------------------------------


@pytest.fixture
def hinted(fresh, monkeypatch, tmp_path) -> Path:
    """Weights that take hints, untrained, but not deaf to them."""
    method = METHODS["regression"]
    model = method.build(tiny_config(method, hints=True))
    for path in model.network.hint_paths:
        torch.nn.init.normal_(path.tell.weight)
    torch.nn.init.normal_(model.network.head.weight)
    folder = tmp_path / "hinted" / "regression"
    save_checkpoint(folder, method, tiny_config(method, hints=True), model, {})
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(folder.parent))
    return folder


@pytest.mark.parametrize(
    "text",
    [
        " 3,4,#c81e1e  39,29,#1e1ec8 ",
        '["3,4,#c81e1e", "39,29,#1e1ec8"]',
        '["3,4,#c81e1e","39,29,#1e1ec8"]',
        "['3,4,#c81e1e', '39,29,#1e1ec8']",  # as Gradio writes a list that is given for a text
    ],
)
def test_hints_are_those_of_the_library(hinted, photo, text):
    request = event(session_hash="hints")
    file, _ = api.colorize(request, str(photo), "regression", *KNOBS, text)
    hints = [Hint(3, 4, (200, 30, 30)), Hint(39, 29, (30, 30, 200))]
    colorizer = load_colorizer("regression", hinted)
    np.testing.assert_array_equal(read(file), colorizer(read(photo), *KNOBS, hints))
    assert (np.asarray(read(file)) != np.asarray(colorizer(read(photo), *KNOBS))).any()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("150,4,#aa3322", "lies outside the photo of 150 × 100"),
        ("3,4,red", "'3,4,red'"),
        ("1,1,#aa3322 " * (api.HINTS + 1), f"at most {api.HINTS} hints"),
    ],
)
def test_what_is_no_hint_gets_the_reason(hinted, photo, text, reason):
    with pytest.raises(gr.Error, match=reason):
        api.colorize(event(session_hash="hints"), str(photo), "regression", *KNOBS, text)


def test_weights_without_hints_say_so(client, photo):
    with pytest.raises(Exception, match="take no hints"):
        client.predict(
            photo=handle_file(photo), method="gan", hints="3,4,#aa3322", api_name="/colorize"
        )


# --- docs/api.md ---------------------------------------------------------------------------


def example(language: str, url: str) -> str:
    """The code of docs/api.md, as it stands but for the port."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert "http://127.0.0.1:7860" in code
    return code.replace("http://127.0.0.1:7860", url)


@pytest.mark.parametrize(("language", "program"), [("python", sys.executable), ("bash", "bash")])
def test_the_examples_of_the_docs_colour_a_photo(
    url, make_photo, tmp_path, tiny_checkpoints, language, program
):
    if language == "bash" and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    portrait = make_photo(90, 120, seed=4)
    portrait.save(tmp_path / "portrait.jpg", quality=95)
    code = example(language, url)
    done = subprocess.run(
        [program, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found = sorted(tmp_path.rglob("*.png"), key=lambda path: path.stat().st_mtime_ns)
    temperatures = [0.2, 0.9] if language == "python" else [0.2]
    colorizer = load_colorizer("classification", tiny_checkpoints / "classification")
    assert len(found) == len(temperatures)
    for path, temperature in zip(found, temperatures, strict=True):
        expected = colorizer(tmp_path / "portrait.jpg", temperature)
        np.testing.assert_array_equal(read(path), expected)
