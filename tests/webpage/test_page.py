"""The first tab in headless Chromium."""

from urllib.parse import urlparse

import numpy as np
import pytest
from PIL import Image
from support.page import ALL, CLASSIFICATION, DRAWN, PICTURES, RESULTS, asked, changed, send

DROP = """([bytes, name, type]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name, { type }));
    const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
    const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
    document.body.dispatchEvent(name.startsWith("pasted") ? paste : drop);
}"""


def drawn(page):
    """The page once the browser has drawn its three results."""
    page.wait_for_function(DRAWN, polling=100)
    return page


@pytest.mark.browser
def test_drag_on_the_first_tab_asks_nothing_until_released(open_page):
    page = drawn(open_page())
    page.wait_for_timeout(800)
    box = page.get_by_label("range slider for Temperature").bounding_box()
    y = box["y"] + box["height"] / 2
    look = "() => [...document.querySelectorAll('.block.live canvas')].at(-1).toDataURL()"
    before = page.evaluate(look)
    page.mouse.move(box["x"] + 0.38 * box["width"], y)
    page.mouse.down()
    since = len(page.addresses)
    for share in np.linspace(0.38, 0.02, 30):
        page.mouse.move(box["x"] + share * box["width"], y)
    page.wait_for_timeout(600)
    assert page.evaluate(look) != before
    assert asked(page, since) == []
    page.mouse.up()


@pytest.mark.browser
def test_page_opens_with_results_that_need_no_scrolling_and_stays_at_home(open_page):
    page = drawn(open_page())
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
    assert {urlparse(address).hostname for address in asked(page)} == {"127.0.0.1"}


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_phone_stacks_the_cards_with_explanations_last(open_page, theme):
    page = drawn(open_page(390, 844))
    page.evaluate(f"document.body.classList.toggle('dark', {str(theme == 'dark').lower()})")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = [image.bounding_box() for image in page.locator(".block.picture").all()]
    notes = [note.bounding_box() for note in page.locator(".block.note").all()]
    assert len({box["x"] for box in boxes}) == 1
    tops = [box["y"] for box in [*boxes, *notes]]
    assert tops == sorted(tops)


@pytest.mark.browser
def test_upload_then_sliders(open_page, photo):
    page = drawn(open_page())
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
    page = drawn(open_page())
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

    page = drawn(open_page())
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
    page = drawn(open_page())
    large = tmp_path / "large.png"
    large.write_bytes(bytes(15_000_001))
    send(page, large)()
    page.wait_for_selector("#photo .hint.error")
    assert "15 MB" in page.inner_text("#photo .hint")
    assert not any(address.endswith("/upload") for address in page.addresses)


@pytest.mark.browser
def test_download_has_the_size_of_the_photo(open_page, make_photo, tmp_path):
    page = drawn(open_page())
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
    page = drawn(open_page())
    photo = tmp_path / f"{'ä' * 120}.png"  # 244 bytes; the method's name does not fit behind it
    make_photo(60, 50).save(photo)
    changed(page, send(page, photo), ALL)
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").nth(1).click()
    assert download.value.suggested_filename == f"{'ä' * 50}-gan.png"


@pytest.mark.browser
def test_model_changes_its_column_and_before_after_follows(open_page):
    page = drawn(open_page())
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
    page = drawn(open_page())
    for _ in range(40):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''")
        if label.startswith("range slider for Temperature"):
            break
    else:
        pytest.fail("40 tabs did not reach the temperature")
    changed(page, lambda: page.keyboard.press("End"), CLASSIFICATION)
