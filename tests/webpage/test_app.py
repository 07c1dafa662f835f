"""The Gradio app: its handlers, its API, and its page in headless Chromium."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from urllib.parse import urlparse

import gradio as gr
import numpy as np
import pytest
from gradio_client import Client, handle_file
from PIL import Image
from support.serving import ROOT, serve, weights

import app
from colorize_core import load_colorizer
from colorize_core.errors import CheckpointError, PhotoError
from colorize_core.inference.colorizer import grey_picture
from colorize_core.methods import METHODS as REGISTRY
from webpage import texts, visit, widgets

PATIENCE = 120_000
"""Milliseconds; only a loaded machine needs them."""
METHODS = ("regression", "gan", "classification")
"""What the three columns open with."""
KNOBS = (0.38, 1.0)
# What is to be seen: the browser's own drawing where there is one.
PICTURES = """[...document.querySelectorAll('.block.picture')].map((picture) => {
    const canvas = picture.querySelector('canvas:not([hidden])');
    return canvas ? canvas.toDataURL() : picture.querySelector('img')?.src;
})"""
DRAWN = "document.querySelectorAll('.block.live canvas:not([hidden])').length === 3"
DROP = """([bytes, name, type]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name, { type }));
    const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
    const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
    document.body.dispatchEvent(name.startsWith("pasted") ? paste : drop);
}"""


@pytest.fixture(scope="module")
def folder(tiny_checkpoints) -> Path:
    """The shipped checkpoints if every method is there: untrained ones make coarser pictures."""
    return weights(tiny_checkpoints)


@pytest.fixture(scope="module")
def url(folder, tmp_path_factory) -> Iterator[str]:
    """A running app."""
    with serve(folder, tmp_path_factory.mktemp("app") / "log.txt") as address:
        yield address


@pytest.fixture
def photo(make_photo, tmp_path) -> Path:
    """A colourful photo, as a file."""
    path = tmp_path / "hill.png"
    make_photo(150, 100, seed=3).save(path)
    return path


@pytest.fixture
def broken(tmp_path) -> Path:
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"\xff\xd8\xff no photo")
    return path


# --- handlers ------------------------------------------------------------------------------


@pytest.fixture
def shown(folder, monkeypatch, make_photo) -> Iterator[visit.Shown]:
    """A predicted photo, with the handlers' caches to itself."""
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(folder))
    caches = (visit.colorizer, visit.predict_example)
    for cache in caches:
        cache.cache_clear()
    photo = make_photo(90, 60)
    predictions = tuple((method, visit.predict(method, photo)) for method in METHODS)
    plates = tuple(visit.build_plate(*pair) for pair in predictions)
    yield visit.to_show(photo, "hill", photo, predictions, plates)
    for cache in caches:
        cache.cache_clear()


def test_recolor_renders_its_column_without_a_network(shown, monkeypatch):
    monkeypatch.setattr(visit, "predict", lambda *_: pytest.fail("the network ran"))
    monkeypatch.setattr(
        "colorize_core.inference.colorizer.Colorizer.predict",
        lambda *_: pytest.fail("the network ran"),
    )
    value = app.recolor(2, shown, 0.9, 0.7)
    assert Path(value["image"]["path"]).read_bytes() == visit.jpeg(shown.render(2, 0.9, 0.7))


def test_only_methods_with_a_temperature_move_with_it(shown):
    assert [app.recolor(i, shown, *KNOBS)["moves"] for i in range(3)] == [False, False, True]


def test_change_model_leaves_the_other_columns(shown):
    changed, *_ = app.change_model(1, "classification", shown, *KNOBS)
    assert [name for name, _ in changed.predictions] == [
        "regression",
        "classification",
        "classification",
    ]
    assert changed.predictions[0] is shown.predictions[0]
    assert [name for name, _ in shown.predictions] == list(METHODS)  # the old visit is untouched


def test_temperature_moves_a_classification_in_any_column(shown):
    changed, *_, slider = app.change_model(0, "zhang-114", shown, *KNOBS)
    assert "Classification" in slider["label"]
    assert "Zhang, 114 classes" in slider["label"]
    assert [app.recolor(i, changed, *KNOBS)["moves"] for i in range(3)] == [True, False, True]


def test_temperature_rests_where_no_column_has_one(shown):
    changed, *_, slider = app.change_model(2, "birds-gan", shown, *KNOBS)
    assert slider["interactive"] is False
    assert slider["label"] == "Temperature T"
    assert not any(app.recolor(i, changed, *KNOBS)["moves"] for i in range(3))


def test_only_chosen_methods_are_loaded(shown):
    assert visit.colorizer.cache_info().currsize == len(METHODS)
    assert visit.colorizer.cache_info().maxsize == visit.LOADED < len(REGISTRY)


@pytest.mark.parametrize("family", ["regression", "gan", "classification"])
def test_menu_is_grouped_by_family_with_the_studio_first(family):
    names = widgets.menu(family, list(REGISTRY))
    assert sorted(names) == sorted(REGISTRY)
    assert names[0] == family
    families = [REGISTRY[name].family for name in names]
    assert len(list(groupby(families))) == 3
    assert [texts.label(name).split(" · ")[0] for name in names] == [
        texts.FAMILIES[family] for family in families
    ]
    assert len({texts.label(name) for name in names}) == len(names)


def write_config(folder: Path, name: str, **training) -> None:
    """A method folder whose weights are no weights: the page only reads its config.json."""
    (folder / name).mkdir()
    content = {"method": name, "config": REGISTRY[name].config.to_json(), "training": training}
    (folder / name / "config.json").write_text(json.dumps(content))
    (folder / name / "model.safetensors").touch()


def test_note_says_what_the_network_has_seen(tmp_path, monkeypatch):
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(tmp_path))
    write_config(tmp_path, "zhang-114", data=["photos", "imagenette"], images_seen=20_256)
    write_config(tmp_path, "birds-gan")
    zhang, birds = texts.note("zhang-114"), texts.note("birds-gan")
    for text in ("report 001", "photos and imagenette: 20,256", "176 px", "T = 0.09", "L is kept"):
        assert text in zhang
    for text in ("report 004", "not recorded", "128 px", "only its colours are used"):
        assert text in birds
    assert " T = " not in birds


def test_methods_without_weights_cannot_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(tmp_path))
    write_config(tmp_path, "gan")
    write_config(tmp_path, "regression")
    (tmp_path / "gan" / "model.safetensors").unlink()
    assert list(visit.checkpoints()) == ["regression"]


def test_measures_name_grey_every_method_and_the_original(shown):
    heads = re.findall(r"<tr><th>(.*?)</th>", texts.measures(shown, *KNOBS))
    names = [re.sub("<.*?>", "", head) for head in heads]
    assert names == ["Plain grey", "Regression", "GAN", "Classification", "Original"]


def test_measures_of_a_grey_photo_are_not_pretended(shown):
    grey = visit.to_show(None, "hill", grey_picture(shown.preview), shown.predictions)
    assert "<table" not in texts.measures(grey, *KNOBS)


def test_example_is_predicted_once(shown):
    app.show_example("camera", *KNOBS, 2, *METHODS)
    app.show_example("camera", *KNOBS, 2, *METHODS)
    assert visit.predict_example.cache_info().misses == len(METHODS)


@pytest.mark.parametrize("name", visit.EXAMPLES)
def test_example_is_in_the_wheel(name):
    assert min(visit.example(name).size) >= 256


def test_expired_visit_is_explained():
    with pytest.raises(gr.Error, match="choose one"):
        app.recolor(0, None, *KNOBS)


def test_explained_shows_the_sentence_of_a_bad_photo():
    with pytest.raises(gr.Error, match="is empty"), app.explained():
        raise PhotoError("the photo is empty")


def test_explained_hides_the_folder_of_a_bad_checkpoint():
    with pytest.raises(gr.Error) as caught, app.explained():
        raise CheckpointError("no weights at /srv/secret")
    assert "/srv" not in caught.value.message


def test_build_refuses_a_folder_without_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(tmp_path))
    with pytest.raises(CheckpointError, match="train"):
        app.build()


# --- API -----------------------------------------------------------------------------------


def test_columns_stay_three_with_every_method(url):
    with urllib.request.urlopen(f"{url}/config") as answer:
        components = json.load(answer)["components"]
    menus = [c["props"] for c in components if c["type"] == "dropdown" and c["props"]["visible"]]
    assert [menu["value"] for menu in menus] == list(METHODS)
    for menu in menus:
        assert {name for _, name in menu["choices"]} == set(REGISTRY)


@pytest.fixture
def client(url) -> Client:
    return Client(url, verbose=False)


def read(path: str | Path) -> Image.Image:
    """A PNG file, whole."""
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        return picture.convert("RGB")


@pytest.mark.parametrize("method", METHODS)
def test_api_colorize_equals_the_library(client, folder, photo, method):
    file = client.predict(handle_file(photo), method, 0.5, 0.8, api_name="/colorize")
    expected = load_colorizer(method, folder / method)(read(photo), 0.5, 0.8)
    np.testing.assert_array_equal(read(file), expected)


def test_api_recolor_equals_the_library_for_each_of_two_clients(
    client, url, folder, make_photo, photo, tmp_path
):
    other_photo = tmp_path / "other.png"
    make_photo(64, 80, seed=5).save(other_photo)
    other = Client(url, verbose=False)
    client.predict(handle_file(photo), "classification", 0.38, 1, api_name="/colorize")
    other.predict(handle_file(other_photo), "classification", 0.38, 1, api_name="/colorize")
    colorizer = load_colorizer("classification", folder / "classification")
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
    call = {"data": [file, *KNOBS, 2, *METHODS], "fn_index": index, "session_hash": "curious"}
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


# --- page ----------------------------------------------------------------------------------


@pytest.fixture
def open_page(chromium, url) -> Iterator[Callable]:
    """`open_page(width, height)`: a new visitor's page, once its first pictures are there."""
    contexts = []

    def open_page(width: int = 1280, height: int = 800):
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.addresses = []
        page.on("request", lambda request: page.addresses.append(request.url))
        page.goto(url)
        page.wait_for_function(DRAWN, polling=100)
        return page

    yield open_page
    for context in contexts:
        context.close()


def changed(page, act: Callable, expected: list[bool]) -> None:
    """Do something; exactly the expected of the four pictures must become others."""
    before = page.evaluate(PICTURES)
    act()
    wanted = "(before) => JSON.stringify({}.map((s, i) => s !== before[i])) === '{}'".format(
        PICTURES, json.dumps(expected, separators=(",", ":"))
    )
    page.wait_for_function(wanted, arg=before, polling=200)
    page.wait_for_timeout(500)  # nothing else may follow
    after = page.evaluate(PICTURES)
    assert [old != new for old, new in zip(before, after, strict=True)] == expected


def send(page, path: Path) -> Callable:
    return lambda: page.set_input_files("#photo input[type=file]", path)


ALL = [True] * 4
RESULTS = [False, True, True, True]
CLASSIFICATION = [False, False, False, True]


@pytest.mark.browser
def test_page_opens_with_results_that_need_no_scrolling_and_stays_at_home(open_page):
    page = open_page()
    page.wait_for_function(
        "[...document.querySelectorAll('.picture img')].every((i) => i.complete && i.naturalWidth)"
    )
    for box in (image.bounding_box() for image in page.locator(".picture img").all()):
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 800
    for slider in ("Temperature T", "Saturation"):
        box = page.get_by_label(f"range slider for {slider}").bounding_box()
        assert box["y"] + box["height"] <= 800
    page.wait_for_timeout(1000)  # time to ask elsewhere
    elsewhere = [a for a in page.addresses if not a.startswith(("data:", "blob:"))]
    assert {urlparse(address).hostname for address in elsewhere} == {"127.0.0.1"}


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_phone_stacks_the_cards_with_explanations_last(open_page, theme):
    page = open_page(390, 844)
    page.evaluate(f"document.body.classList.toggle('dark', {str(theme == 'dark').lower()})")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = [image.bounding_box() for image in page.locator(".block.picture").all()]
    notes = [note.bounding_box() for note in page.locator(".block.note").all()]
    assert len({box["x"] for box in boxes}) == 1
    tops = [box["y"] for box in [*boxes, *notes]]
    assert tops == sorted(tops)


@pytest.mark.browser
def test_upload_then_sliders(open_page, photo):
    page = open_page()
    changed(page, send(page, photo), ALL)
    assert "Plain grey" in page.inner_text("#measures")
    measures = page.inner_text("#measures")
    page.get_by_label("range slider for Temperature").focus()
    changed(page, lambda: page.keyboard.press("ArrowLeft"), CLASSIFICATION)
    page.get_by_label("range slider for Saturation").focus()
    changed(page, lambda: page.keyboard.press("Home"), RESULTS)
    page.wait_for_function(
        "(before) => document.querySelector('#measures').innerText !== before", arg=measures
    )
    changed(page, lambda: page.get_by_label("original colour").check(), [True, False, False, False])


@pytest.mark.browser
def test_bad_upload_gives_a_reason_and_loses_nothing(open_page, broken, photo):
    page = open_page()
    changed(page, send(page, photo), ALL)
    before = page.evaluate(PICTURES)
    send(page, broken)()
    page.wait_for_selector(".toast-body")
    message = page.inner_text(".toast-body")
    assert "broken.jpg" in message
    assert "/" not in message.replace("Error", "")
    assert page.evaluate(PICTURES) == before
    page.get_by_label("range slider for Temperature").focus()
    changed(page, lambda: page.keyboard.press("ArrowRight"), CLASSIFICATION)


@pytest.mark.browser
def test_every_way_to_bring_a_photo(open_page, make_photo, tmp_path):
    """Drop of a HEIC that the browser cannot name, paste, camera, example."""
    from pillow_heif import from_pillow

    page = open_page()
    heic = tmp_path / "old.heic"
    from_pillow(make_photo(96, 64, seed=1)).save(heic)
    png = tmp_path / "pasted.png"
    make_photo(64, 96, seed=2).save(png)
    for file, kind in ((heic, ""), (png, "image/png")):
        given = [list(file.read_bytes()), file.name, kind]
        changed(page, lambda given=given: page.evaluate(DROP, given), ALL)
    page.get_by_role("button", name="Camera").click()
    page.wait_for_function("document.querySelector('video').videoWidth > 0")
    changed(page, lambda: page.get_by_role("button", name="Take photo").click(), ALL)
    changed(page, lambda: page.get_by_role("button", name="Example: Coffee").click(), ALL)


@pytest.mark.browser
def test_too_large_a_file_is_refused_before_it_travels(open_page, tmp_path):
    page = open_page()
    large = tmp_path / "large.png"
    large.write_bytes(bytes(15_000_001))
    send(page, large)()
    page.wait_for_selector(".toast-body")
    assert "15 MB" in page.inner_text(".toast-body")
    assert not any(address.endswith("/upload") for address in page.addresses)


@pytest.mark.browser
def test_download_has_the_size_of_the_photo(open_page, make_photo, tmp_path):
    page = open_page()
    large = tmp_path / "large.png"
    make_photo(700, 530).save(large)
    changed(page, send(page, large), ALL)
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").nth(1).click()
    assert download.value.suggested_filename == "large-gan.png"
    with Image.open(download.value.path()) as picture:
        assert (picture.format, picture.size) == ("PNG", (700, 530))


@pytest.mark.browser
def test_download_of_a_photo_with_a_very_long_name(open_page, make_photo, tmp_path):
    page = open_page()
    photo = tmp_path / f"{'ä' * 120}.png"  # 244 bytes; the method's name does not fit behind it
    make_photo(60, 50).save(photo)
    changed(page, send(page, photo), ALL)
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").nth(1).click()
    assert download.value.suggested_filename == f"{'ä' * 50}-gan.png"


@pytest.mark.browser
def test_model_changes_its_column_and_before_after_follows(open_page):
    page = open_page()
    pair = "[...document.querySelectorAll('#compare img')].map((image) => image.src)"
    page.wait_for_function(f"{pair}.length === 2")

    def choose():
        page.get_by_label("Model").nth(1).click()
        page.get_by_role("option", name="Classification · Studio").click()

    changed(page, choose, [False, False, True, False])
    assert page.locator(".card h2").nth(2).inner_text() == "Classification"
    before = page.evaluate(pair)
    page.get_by_role("radio", name="Regression").check()
    page.wait_for_function(f"(before) => {pair}[1] !== before[1]", arg=before)


@pytest.mark.browser
def test_temperature_can_be_reached_by_keyboard(open_page):
    page = open_page()
    for _ in range(40):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''")
        if label.startswith("range slider for Temperature"):
            break
    else:
        pytest.fail("40 tabs did not reach the temperature")
    changed(page, lambda: page.keyboard.press("End"), CLASSIFICATION)
