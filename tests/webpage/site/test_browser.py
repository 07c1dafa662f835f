"""The page without a server, in Chromium from a plain file server."""

import io
import json
import re
import zipfile

import pytest
from PIL import Image, ImageChops, ImageStat
from support.site import Server, box, coloured, shown, slide, until, upload

pytestmark = pytest.mark.browser


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures, of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def colourfulness(picture: Image.Image) -> float:
    """Mean difference between a pixel's strongest and weakest channel."""
    r, g, b = picture.split()
    most = ImageChops.lighter(ImageChops.lighter(r, g), b)
    least = ImageChops.darker(ImageChops.darker(r, g), b)
    return ImageStat.Stat(ImageChops.subtract(most, least)).mean[0]


def test_the_first_picture_needs_few_bytes(visit, shipped_site):
    server, site = Server(shipped_site), shipped_site
    page = visit(base_url=server.url, service_workers="block", wait=False)
    page.locator(".card:not(.waiting)").first.wait_for()
    server.stop()
    told = json.loads(re.search(r'id="site">(.*?)</script>', (site / "index.html").read_text())[1])
    order = told["order"]
    files = {one["name"]: one["file"] for one in told["methods"]}
    paths = [*server.paths, files[order[1]]]  # which may not have been asked for yet
    first = paths[: paths.index(files[order[1]])]
    assert files[order[0]] in first
    size = sum((site / (path or "index.html")).stat().st_size for path in first)
    assert size <= 12e6


def test_the_pictures_stand_side_by_side_and_the_controls_below(page):
    for width, height, least in ((1280, 800, 390), (1920, 1080, 560)):
        page.set_viewport_size({"width": width, "height": height})
        places = [one.bounding_box() for one in page.locator(".picture").all()]
        assert len(places) == 3
        assert {round(place["y"]) for place in places} == {round(places[0]["y"])}
        assert min(place["width"] for place in places) >= least
        controls = box(page, "#controls")
        bottom = places[0]["y"] + places[0]["height"]
        assert 0 <= controls["y"] - bottom <= 20
        assert controls["y"] + controls["height"] <= height
        assert box(page, "header")["height"] <= 70
    page.set_viewport_size({"width": 1280, "height": 800})


def test_the_temperature_goes_from_calm_to_vivid(page):
    slide(page, "#vividness", 0)
    assert page.locator("#temperature-value").inner_text() == "T 1.00"
    calm, other = shown(page), shown(page, "[data-method=regression] canvas")
    slide(page, "#vividness", 1)
    assert page.locator("#temperature-value").inner_text() == "T 0.00"
    vivid = shown(page)
    assert colourfulness(vivid) > 1.1 * colourfulness(calm)
    assert difference(shown(page, "[data-method=regression] canvas"), other) == 0
    slide(page, "#strength", 0)
    assert colourfulness(shown(page)) < 3
    slide(page, "#strength", 1)
    slide(page, "#vividness", 0.62)


def test_an_upload_is_coloured_and_saved_at_its_size(page, make_photo, tmp_path):
    path = tmp_path / "large.jpg"
    make_photo(1500, 1100, seed=5).save(path)
    upload(page, path)
    for format, kind in (("png", "PNG"), ("jpeg", "JPEG")):
        page.select_option("#format", format)
        with page.expect_download() as started:
            page.click("#download")
        content = started.value.path().read_bytes()
        assert started.value.suggested_filename.startswith("large-classification.")
        picture = Image.open(io.BytesIO(content))
        assert (picture.size, picture.format) == ((1500, 1100), kind)
        preview = shown(page)
        small = picture.convert("RGB").resize(preview.size, Image.Resampling.LANCZOS)
        assert difference(small, preview) < 6
    page.select_option("#format", "png")


def test_several_photos_come_as_one_zip(page, photos, tmp_path):
    broken = tmp_path / "letter.jpg"
    broken.write_text("Dear Sir or Madam")
    upload(page, *photos)
    page.set_input_files("#files", [broken])
    page.locator("#problem").wait_for()
    with page.expect_download() as started:
        page.click("#download-all")
    content = started.value.path().read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        assert {"hill.png", "town.png", "lake.png"} <= set(found.namelist())
        for path in photos:
            with found.open(f"{path.stem}.png") as file, Image.open(path) as photo:
                assert Image.open(file).size == photo.size
    assert "letter.jpg" in page.locator("#problem").inner_text()
    page.locator("#problem button").click()


SAME = 0.1
"""Of 255: a screenshot may begin half a pixel lower."""


@pytest.mark.parametrize("kind", ["pdf", "text", "huge"])
def test_a_refused_file_is_a_sentence_and_nothing_is_lost(page, tmp_path, kind):
    path = tmp_path / f"{kind}.jpg"
    if kind == "huge":
        Image.new("L", (10_000, 5_000)).save(path, "PNG")
    else:
        path.write_bytes(b"%PDF-1.7 \n" if kind == "pdf" else b"Dear Sir or Madam")
    page.get_by_role("button", name="Example: Coffee").click()
    coloured(page, "Coffee")
    before = shown(page)
    page.set_input_files("#files", [path])
    page.locator("#problem").wait_for()
    said = page.locator("#problem p").inner_text()
    assert said.startswith(path.name)
    assert len(said) < 200
    assert difference(shown(page), before) < SAME
    slide(page, "#vividness", 1)
    assert difference(shown(page), before) > SAME
    slide(page, "#vividness", 0.62)
    assert "example=coffee" in until(lambda: page.evaluate("location.hash"))
    page.locator("#problem button").click()


def test_a_picture_opens_large_and_the_line_moves_by_keys(page, make_photo, tmp_path):
    path = tmp_path / "street.jpg"
    make_photo(2400, 1600, seed=8).save(path)
    upload(page, path)
    page.locator("[data-method=classification] .picture").click()
    handle = page.locator("#handle")
    until(lambda: box(page, "#stage .pair")["width"] > 900)
    middle = handle.bounding_box()["x"]
    grey = shown(page, "#before-canvas")
    for _ in range(5):
        page.keyboard.press("Shift+ArrowLeft")
    assert handle.get_attribute("aria-valuenow") == "0"
    until(lambda: handle.bounding_box()["x"] < middle - 300)
    until(lambda: colourfulness(shown(page, "#stage .pair")) > 2 * colourfulness(grey))
    page.select_option("#zoom", "100")
    page.locator("#after-image").wait_for()
    assert page.evaluate("document.querySelector('#after-image').naturalWidth") == 2400
    until(lambda: box(page, "#stage .pair")["width"] == 2400)
    page.keyboard.press("Escape")
    page.locator("#stage").wait_for(state="hidden")
    until(lambda: page.locator("#controls input").count() == 2)  # they come back with the event


def test_the_probes_circles_move_with_the_temperature(page):
    page.locator("#lab summary").click()
    frame = page.locator("#probe-frame")
    frame.scroll_into_view_if_needed()
    size = frame.bounding_box()
    frame.click(position={"x": 0.3 * size["width"], "y": 0.6 * size["height"]})
    circles = page.locator("#plane circle:not(.mean)")
    until(lambda: circles.count() > 1)
    slide(page, "#vividness", 0)
    many, spread = circles.count(), float(circles.first.get_attribute("r"))
    slide(page, "#vividness", 1)
    assert circles.count() < many
    assert float(circles.first.get_attribute("r")) > spread
    assert re.fullmatch(r"How unsure: \d+ %", page.locator("#unsureness").inner_text())
    assert page.locator("#film button").count() == 7
    place = page.locator("#probe-frame .cross").get_attribute("style")
    frame.focus()
    page.keyboard.press("Shift+ArrowLeft")
    assert page.locator("#probe-frame .cross").get_attribute("style") != place
    before = shown(page, "#lab-picture")
    page.check("#unsure")
    page.locator("#legend").wait_for()
    assert shown(page, "#lab-picture") != before
    page.uncheck("#unsure")
    slide(page, "#vividness", 0.62)
    page.locator("#lab summary").click()
