"""The temperature lab and the quiz: their handlers, and the page in Chromium with software GL."""

import base64
import io
import math
import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image
from support.browser import ARGUMENTS, CHROMIUM
from support.serving import serve

from app import LESSON
from colorize_core import load_colorizer
from colorize_core.color.classes import entropy_bits
from colorize_core.errors import ConfigError, DataError
from colorize_core.evaluation.tradeoff import FILM, GAINS, gain_curve, gain_for, measure
from colorize_core.inference.colorizer import grey_picture
from colorize_core.inference.probe import probe
from colorize_core.metrics.colorfulness import colorfulness
from colorize_core.metrics.proportion import wilson_interval
from colorize_core.metrics.scores import to_tensor
from colorize_core.runs import SHIPPED, list_runs
from webpage import lab, pairs, quiz, visit
from webpage.link import TABS
from webpage.words import WORDS

METHODS = ("regression", "gan", "classification")
PATIENCE = 60_000
SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
CANVAS = "#lab .stage canvas:not([hidden])"


@pytest.fixture(scope="module")
def folder(tiny_checkpoints) -> Path:
    """The shipped weights of the studio's methods, for true distributions."""
    return SHIPPED if set(METHODS) <= set(list_runs(SHIPPED)) else tiny_checkpoints


@pytest.fixture
def shown(folder, monkeypatch, make_photo) -> Iterator[visit.Shown]:
    """A predicted photo."""
    monkeypatch.setenv("COLORIZE_CHECKPOINTS", str(folder))
    visit.colorizer.cache_clear()
    photo = make_photo(90, 60)
    predictions = tuple((name, visit.predict(name, photo)) for name in METHODS)
    plates = tuple(visit.build_plate(*pair) for pair in predictions)
    yield visit.to_show(photo, "hill", photo, predictions, plates)
    visit.colorizer.cache_clear()


def event(**data) -> SimpleNamespace:
    """What the browser sends."""
    return SimpleNamespace(**data)


# --- probe ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["classification", "cifar-yuv-class"])
def test_probe_is_the_cell_of_the_prediction(tiny_checkpoints, make_photo, name):
    colorizer = load_colorizer(name, tiny_checkpoints / name)
    prediction = colorizer.predict(make_photo(90, 60))
    found = probe(colorizer, prediction, 0.7, 0.2)
    h, w = prediction.output.shape[-2:]
    assert (found.row, found.column) == (int(0.2 * h), int(0.7 * w))
    logits = prediction.output[0, :, found.row, found.column].float()
    torch.testing.assert_close(found.probability, logits.softmax(0))
    bits = entropy_bits(prediction.output)[0, found.row, found.column]
    assert found.entropy == pytest.approx(float(bits), abs=1e-4)
    assert found.top(3)[0] == int(logits.argmax())
    mode = colorizer.predict_ab(prediction, 0)[0, :, found.row, found.column]
    torch.testing.assert_close(found.ab[int(logits.argmax())], mode, atol=1e-3, rtol=0)


@pytest.mark.parametrize("place", [(1.0, 0.5), (0.5, -0.1), (math.nan, 0)])
def test_probe_refuses_a_place_outside(shown, place):
    with pytest.raises(ConfigError, match="place"):
        probe(visit.colorizer("classification"), shown.predictions[2][1], *place)


def test_probe_refuses_a_method_without_distribution(shown):
    with pytest.raises(ConfigError, match="regression"):
        probe(visit.colorizer("regression"), shown.predictions[0][1], 0.5, 0.5)


@pytest.mark.parametrize(
    "data", [{}, {"x": "0.5", "y": 0.5}, {"x": True, "y": 0}, {"x": 2, "y": 0}]
)
def test_answer_probe_explains_what_is_no_place(shown, data):
    with pytest.raises(gr.Error, match="must"):
        lab.answer_probe(shown, event(**data))


def test_answer_probe_without_colors_or_a_distribution(shown):
    grey = visit.to_show(None, "a", grey_picture(shown.preview), shown.predictions, shown.plates)
    assert lab.answer_probe(grey, event(x=0.5, y=0.5))["truth"] is None
    pale = visit.to_show(None, "a", shown.preview, shown.predictions[:2], shown.plates[:2])
    with pytest.raises(gr.Error, match="classification"):
        lab.answer_probe(pale, event(x=0.5, y=0.5))
    assert lab.open_lab(pale)["sharp"] is None
    assert lab.measure_lab(pale)["numbers"] is None


# --- numbers -------------------------------------------------------------------------------


def test_film_has_the_measures_of_the_servers_pictures(shown):
    numbers = lab.measure_lab(shown)["numbers"]
    assert len(numbers["film"]) == len(FILM) == 7
    for T in (0.0, 0.38):
        row = numbers["measured"][numbers["temperatures"].index(T)]
        expected = float(colorfulness(to_tensor(shown.render(2, T, 1))))
        assert row["colorfulness"] == pytest.approx(expected, abs=0.006)
        assert row == measure(shown.render(2, T, 1), shown.preview).rounded()


def test_measure_of_the_truth_itself_is_0_and_sizes_must_agree(make_photo):
    photo = make_photo()
    assert measure(photo, photo).delta_e2000 == pytest.approx(0, abs=1e-4)
    assert measure(photo).delta_e2000 is None
    with pytest.raises(ValueError, match="sizes differ"):
        measure(photo, make_photo(32, 32))


def test_gain_gives_the_wanted_colorfulness(shown):
    name, prediction = shown.predictions[0]
    colorizer = visit.colorizer(name)
    curve = gain_curve(colorizer, shown.preview, prediction)
    assert all(a <= b for a, b in pairwise(curve))
    wanted = 0.6 * curve[-1]
    picture = colorizer.render(shown.preview, prediction, saturation=gain_for(wanted, curve))
    assert float(colorfulness(to_tensor(picture))) == pytest.approx(wanted, rel=0.05)
    assert gain_for(curve[-1] + 1, curve) is None
    assert gain_for(0, curve) == GAINS[0]


# --- quiz ----------------------------------------------------------------------------------


def test_wilson_interval_equals_published_values():
    """Newcombe 1998, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for (k, n), (low, high) in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0000, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        assert wilson_interval(k, n) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(("k", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_wilson_interval_refuses(k, n):
    with pytest.raises(ValueError, match="trial"):
        wilson_interval(k, n)


def test_plan_has_ten_rounds_of_different_parts_and_even_contestants(shown):
    game = pairs.plan(random.Random(0))
    assert len(game.rounds) == 10
    assert len({(id(one.photo), one.box) for one in game.rounds}) == 10
    counts = [sum(r.contestant == who for r in game.rounds) for who in pairs.contestants()]
    assert max(counts) - min(counts) <= 1
    assert {one.true_side for one in game.rounds} == {"left", "right"}


def test_plan_uses_the_lecturers_folder_and_skips_what_it_cannot(
    shown, monkeypatch, photo_folder, tmp_path
):
    for i, path in enumerate(sorted(photo_folder.rglob("*.png"))[:3]):
        (tmp_path / f"{i}.png").write_bytes(path.read_bytes())
    (tmp_path / "broken.jpg").write_bytes(b"no photo")
    grey_picture(shown.preview).save(tmp_path / "grey.png")
    monkeypatch.setenv(pairs.FOLDER, str(tmp_path))
    game = pairs.plan(random.Random(0))
    assert sorted(one.photo.name for one in game.rounds) == ["0.png", "1.png", "2.png"]


@pytest.mark.parametrize("content", ["missing", "grey"])
def test_plan_without_photos_says_so_without_the_servers_path(
    shown, monkeypatch, tmp_path, content
):
    place = tmp_path / "class"
    if content == "grey":
        place.mkdir()
        grey_picture(shown.preview).save(place / "grey.png")
    monkeypatch.setenv(pairs.FOLDER, str(place))
    with pytest.raises(DataError, match="photos") as caught:
        pairs.plan(random.Random(0))
    assert str(tmp_path) not in str(caught.value)


def test_quiz_counts_who_was_fooled(shown):
    game, value = quiz.start()
    assert set(value) == {"round", "rounds", "left", "right"}  # nothing gives it away
    for i, one in enumerate(game.rounds):
        side = one.true_side if i % 2 else ({"left", "right"} - {one.true_side}).pop()
        game, value = quiz.choose(game, event(side=side, round=i))
        assert value["verdict"]["fooled"] == (i % 2 == 0)
    *each, everyone = value["result"]
    assert (everyone["pairs"], everyone["fooled"], everyone["rate"]) == (10, 5, 0.5)
    assert sum(row["pairs"] for row in each) == 10
    assert (everyone["low"], everyone["high"]) == pytest.approx(wilson_interval(5, 10), abs=1e-4)
    assert value["csv"].splitlines()[-1].startswith("all,10,5,0.5,")
    assert quiz.choose(game, event(side="left", round=10)) == (gr.skip(), gr.skip())


def test_quiz_ignores_a_double_click_and_refuses_other_sides(shown):
    game, _ = quiz.start()
    assert quiz.choose(game, event(side="left", round=3)) == (gr.skip(), gr.skip())
    with pytest.raises(gr.Error, match="up"):
        quiz.choose(game, event(side="up", round=0))
    with pytest.raises(gr.Error, match="expired"):
        quiz.choose(None, event(side="left", round=0))


def test_every_language_has_every_word():
    assert {frozenset(table) for table in WORDS.values()} == {frozenset(WORDS["en"])}
    assert all(text.strip() for table in WORDS.values() for text in table.values())


# --- page ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def url(folder, tmp_path_factory) -> Iterator[str]:
    """A running app."""
    with serve(folder, tmp_path_factory.mktemp("lab") / "log.txt") as address:
        yield address


@pytest.fixture
def open_page(gl_chromium, url) -> Iterator[Callable]:
    """`open_page(width, height, …)`: a new visitor's page."""
    contexts = []

    def open_page(width: int = 1280, height: int = 900, script: str = "", **options):
        context = gl_chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(url)
        page.wait_for_function(
            "[...document.querySelectorAll('.block.live img')].filter(i => i.src).length === 3"
        )
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def gl_chromium(request) -> Iterator:
    """Chromium with software GL, as on a machine without a GPU."""
    if CHROMIUM is None:
        request.getfixturevalue("chromium")  # skips, or fails where CI promises it
    sync_api = pytest.importorskip("playwright.sync_api")
    flags = [flag for flag in ARGUMENTS if flag != "--disable-gpu"] + SOFTWARE_GL
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


def open_lab(page, example: str = "Cat"):
    """To the lab, with an example."""
    page.wait_for_selector(".block.live canvas:not([hidden])")
    if example != "Cat":
        page.evaluate("() => (window.before = studio.state.visit)")
        page.get_by_role("button", name=f"Example: {example}").click()
        page.wait_for_function("studio.state.visit > window.before")
    page.get_by_role("tab").nth(1).click()
    page.wait_for_selector(CANVAS)
    return page


# Sets T and gives the canvas as PNG once it is drawn.
PICTURE = """async ([selector, T]) => {
    studio.set({ temperature: T });
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return document.querySelector(selector).toDataURL().split(",")[1];
}"""


@pytest.mark.browser
@pytest.mark.parametrize(("name", "title"), [("chelsea", "Cat"), ("coffee", "Coffee")])
def test_browser_draws_the_servers_picture_at_every_t(open_page, folder, name, title):
    page = open_lab(open_page(), title)
    photo = visit.example(name)
    colorizer = load_colorizer("classification", folder / "classification")
    prediction = colorizer.predict(photo)
    page.wait_for_selector("#lab .film img")
    asked = len(page.asked)
    for T in [i / 20 for i in range(21)]:
        png = base64.b64decode(page.evaluate(PICTURE, [CANVAS, T]))
        drawn = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
        made = colorizer.render(photo, prediction, T, max_side=visit.PREVIEW)
        difference = np.abs(drawn - np.asarray(made).astype(int))
        assert difference.mean() <= 2, T
        assert difference.max() <= 8, T
    new = [a for a in page.asked[asked:] if not a.startswith(("data:", "blob:"))]
    assert new == []  # nothing was asked of the server


@pytest.mark.browser
def test_drag_on_the_first_tab_asks_nothing_until_released(open_page):
    page = open_page()
    page.wait_for_selector(".block.live canvas:not([hidden])")
    page.wait_for_timeout(800)
    box = page.get_by_label("range slider for Temperature").bounding_box()
    y = box["y"] + box["height"] / 2
    look = "() => [...document.querySelectorAll('.block.live canvas')].at(-1).toDataURL()"
    before = page.evaluate(look)
    page.mouse.move(box["x"] + 0.38 * box["width"], y)
    page.mouse.down()
    asked = len(page.asked)
    for share in np.linspace(0.38, 0.02, 30):
        page.mouse.move(box["x"] + share * box["width"], y)
    page.wait_for_timeout(600)
    assert page.evaluate(look) != before
    new = [a for a in page.asked[asked:] if not a.startswith(("data:", "blob:"))]
    assert new == []
    page.mouse.up()


def read_probe(page) -> dict[str, str]:
    """The probe's numbers as they stand on the page."""
    return page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#lab [data-value]')]"
        ".map(node => [node.dataset.value, node.textContent]))"
    )


@pytest.mark.browser
def test_probe_shows_the_cores_numbers_and_moves_with_t_and_arrows(open_page, folder):
    page = open_lab(open_page())
    colorizer = load_colorizer("classification", folder / "classification")
    prediction = colorizer.predict(visit.example("chelsea"))
    page.wait_for_selector("#lab .film img")
    stage = page.locator("#lab .stage")
    box = stage.bounding_box()
    x, y = 0.31, 0.62
    entropy = "document.querySelector('#lab [data-value=entropy]').textContent"
    shows = f"(e) => Math.abs({entropy} - e) < 0.006"
    page.wait_for_selector("#lab .found:not([hidden])")  # the middle, before any click
    page.wait_for_function(shows, arg=probe(colorizer, prediction, 0.5, 0.5).entropy)
    stage.click(position={"x": x * box["width"], "y": y * box["height"]})
    found = probe(colorizer, prediction, x, y)
    page.wait_for_function(shows, arg=found.entropy)
    for T in (0.38, 0.15):
        page.evaluate(PICTURE, [CANVAS, T])
        numbers = read_probe(page)
        for name, at in (("annealed", T), ("mean", 1), ("mode", 0)):
            ab = colorizer.predict_ab(prediction, at)[0, :, found.row, found.column]
            shown = [float(value) for value in numbers[name].split(",")]
            assert shown == pytest.approx(ab.tolist(), abs=0.3), (name, T)
    assert float(numbers["entropy"]) == pytest.approx(found.entropy, abs=0.006)
    assert page.locator("#lab .plane circle").count() == len(found.probability)
    shares = page.locator("#lab .readout tbody td:last-child").all_inner_texts()
    expected = found.probability.topk(5).values.tolist()
    assert [float(s.split()[0]) for s in shares] == pytest.approx(
        [100 * p for p in expected], abs=0.06
    )
    old = page.get_attribute("#lab .cross", "style")
    stage.focus()
    page.keyboard.press("ArrowRight")
    moved = "(old) => document.querySelector('#lab .cross').getAttribute('style') !== old"
    page.wait_for_function(moved, arg=old)
    right = probe(colorizer, prediction, x + 1.001 / prediction.output.shape[-1], y)
    page.wait_for_function(shows, arg=right.entropy)


@pytest.mark.browser
def test_layers_film_and_equal_colorfulness(open_page):
    page = open_lab(open_page())
    page.wait_for_selector("#lab .film img")
    pictures = {page.evaluate(PICTURE, [CANVAS, 0.2])}
    for layer in ("entropy", "blotches"):
        page.locator(f"#lab input[value={layer}]").check()
        pictures.add(page.evaluate(PICTURE, [CANVAS, 0.2]))
    assert len(pictures) == 3
    assert page.locator("#lab .film button").count() == 7
    page.locator("#lab .film button").last.click()
    page.wait_for_function("studio.state.temperature === 0")
    page.locator("#lab .pair").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    rates = []
    for name in ("pale", "right"):
        png = base64.b64decode(page.evaluate(PICTURE, [f"#lab canvas[data-show={name}]", 0]))
        rates.append(float(colorfulness(to_tensor(Image.open(io.BytesIO(png))))))
    about = page.inner_text("[data-about=pale]")
    assert rates[0] == pytest.approx(rates[1], rel=0.05) or "more than" in about


@pytest.mark.browser
def test_without_webgl_the_server_draws_and_the_page_says_so(open_page):
    script = """for (const { prototype } of [HTMLCanvasElement, OffscreenCanvas]) {
            const get = prototype.getContext;
            prototype.getContext = function (kind, ...rest) {
                return kind.startsWith("webgl") ? null : get.call(this, kind, ...rest);
            };
        }"""
    page = open_page(script=script)
    image = "document.querySelectorAll('.block.live img')[2].src"
    page.wait_for_function(f"{image}.length > 0")
    before = page.evaluate(image)
    page.get_by_label("range slider for Temperature").focus()
    page.keyboard.press("Home")
    page.wait_for_function(f"(before) => {image} !== before", arg=before)
    assert page.locator(".block.live .served:visible").count() == 3
    page.get_by_role("tab").nth(1).click()
    page.wait_for_selector("#lab .stage img:not([hidden])")
    assert page.locator("#lab .served").is_visible()
    before = page.evaluate("document.querySelector('#lab .stage img').src")
    page.get_by_role("button", name="0.75", exact=True).first.click()
    page.wait_for_function("(b) => document.querySelector('#lab .stage img').src !== b", arg=before)


@pytest.mark.browser
def test_quiz_played_through_by_keyboard(open_page):
    page = open_page()
    page.get_by_role("tab").nth(2).click()
    page.get_by_role("button", name="Start").press("Enter")
    for i in range(10):
        page.wait_for_function(
            f"document.querySelector('#quiz .count').textContent.endsWith(' {i + 1} / 10')"
        )
        page.keyboard.press(("ArrowLeft", "ArrowRight")[i % 2])
    page.wait_for_selector("#quiz .outcome td")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0] == "title,pairs,fooled,rate,low,high"
    assert lines[-1].startswith("all,10,")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_fits_its_width_in_german(open_page, scheme):
    page = open_lab(open_page(390, 844, locale="de-DE", color_scheme=scheme))
    page.wait_for_selector("#lab .film img")
    assert page.get_by_role("tab").nth(1).inner_text() == WORDS["de"]["tab_lab"]
    assert WORDS["de"]["film_title"] in page.inner_text("#lab")
    page.get_by_role("tab").nth(0).click()
    seen = page.inner_text("body")
    for key in ("slogan", "your_photo", "original", "upload", "drop", "saturation", "grey"):
        assert WORDS["de"][key] in seen, key
        assert WORDS["en"][key] not in seen, key
    for tab in range(len(TABS)):
        page.get_by_role("tab").nth(tab).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_lesson_is_a_tab_with_its_link(open_page, url):
    page = open_page()
    page.goto(f"{url}?tab=lesson")
    page.locator("#lesson table").first.wait_for(state="visible")
    title = LESSON.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    assert page.inner_text("#lesson h1") == title


@pytest.mark.browser
def test_lab_is_named_for_screen_readers(open_page):
    page = open_lab(open_page())
    page.wait_for_selector("#lab .film img")
    unnamed = page.evaluate("""[...document.querySelectorAll(
        "#lab button, #lab input, #lab [tabindex], #lab svg[role=img]")]
        .filter(n => !n.hidden && !n.closest("[hidden]"))
        .filter(n => !(n.getAttribute("aria-label") || n.textContent.trim() || n.labels?.length))
        .map(n => n.outerHTML.slice(0, 80))""")
    assert unnamed == []
    assert page.get_attribute("#lab input[type=range]", "aria-valuetext") == "T = 0.38"


@pytest.mark.browser
def test_link_reopens_what_was_on_show(open_page, url):
    page = open_page()
    query = "?T=0.09&s=1.2&methods=gan,regression,classification&example=coffee&tab=lab"
    page.goto(url + query)
    page.wait_for_selector(CANVAS)
    page.wait_for_function("document.querySelector('#lab output').textContent === '0.09'")
    page.get_by_role("button", name="0.5", exact=True).first.click()
    page.wait_for_function("location.search.includes('T=0.5')")
    assert page.evaluate("Object.fromEntries(new URL(location).searchParams)") == {
        "T": "0.5",
        "s": "1.2",
        "methods": "gan,regression,classification",
        "example": "coffee",
        "tab": "lab",
    }
    page.get_by_role("tab").first.click()
    assert page.locator(".card h2:visible").all_inner_texts()[1:] == [
        "GAN",
        "Regression",
        "Classification",
    ]
    slider = page.get_by_label("range slider for Temperature T")
    page.wait_for_function("(node) => node.value === '0.5'", arg=slider.element_handle())
