"""The two public endpoints of a running app, and what it gives to nobody."""

import json
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client, handle_file
from PIL import Image
from support.page import KNOBS
from support.page import METHODS as OPENED
from support.serving import ROOT

from colorize_core import load_colorizer
from colorize_core.methods import METHODS


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
