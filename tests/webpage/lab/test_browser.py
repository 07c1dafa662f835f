"""The temperature lab in Chromium with software GL."""

from collections.abc import Iterator

import numpy as np
import pytest
from support.page import asked, canvas_at, open_lab
from support.serving import serve

from colorize_core import load_colorizer
from colorize_core.inference.probe import probe
from colorize_core.metrics.colorfulness import colorfulness
from colorize_core.metrics.scores import to_tensor
from colorize_core.runs import SHIPPED
from webpage import networks
from webpage.session import PREVIEW


@pytest.fixture(scope="module")
def shipped_url(tmp_path_factory) -> Iterator[str]:
    """A running app with the shipped networks."""
    with serve(SHIPPED, tmp_path_factory.mktemp("shipped") / "log.txt") as address:
        yield address


def read_probe(page) -> dict[str, str]:
    """The probe's numbers as they stand on the page."""
    return page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#lab [data-value]')]"
        ".map(node => [node.dataset.value, node.textContent]))"
    )


@pytest.mark.browser
@pytest.mark.parametrize(("name", "title"), [("chelsea", "Cat"), ("coffee", "Coffee")])
def test_browser_draws_the_servers_picture_at_every_t(open_page, shipped_url, name, title):
    """With the shipped networks: untrained ones colour more boldly than eight bits can follow."""
    page = open_lab(open_page(address=shipped_url), title)
    photo = networks.example(name)
    colorizer = load_colorizer("classification")
    prediction = colorizer.predict(photo)
    since = len(page.addresses)
    for T in [i / 20 for i in range(21)]:
        made = colorizer.render(photo, prediction, T, max_side=PREVIEW)
        difference = np.abs(np.asarray(canvas_at(page, T)).astype(int) - np.asarray(made))
        assert difference.mean() <= 2, T
        assert difference.max() <= 8, T
    assert asked(page, since) == []


@pytest.mark.browser
def test_probe_shows_the_cores_numbers_and_moves_with_t_and_arrows(open_page, tiny_checkpoints):
    page = open_lab(open_page())
    colorizer = load_colorizer("classification", tiny_checkpoints / "classification")
    prediction = colorizer.predict(networks.example("chelsea"))
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
        canvas_at(page, T)
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
    pictures = {canvas_at(page, 0.2).tobytes()}
    for layer in ("entropy", "blotches"):
        page.locator(f"#lab input[value={layer}]").check()
        pictures.add(canvas_at(page, 0.2).tobytes())
    assert len(pictures) == 3
    assert page.locator("#lab .film button").count() == 7
    page.locator("#lab .film button").last.click()
    page.wait_for_function("studio.state.temperature === 0")
    page.locator("#lab .pair").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    rates = []
    for name in ("pale", "right"):
        picture = canvas_at(page, 0, f"#lab canvas[data-show={name}]")
        rates.append(float(colorfulness(to_tensor(picture))))
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
def test_lab_is_named_for_screen_readers(open_page):
    page = open_lab(open_page())
    unnamed = page.evaluate("""[...document.querySelectorAll(
        "#lab button, #lab input, #lab [tabindex], #lab svg[role=img]")]
        .filter(n => !n.hidden && !n.closest("[hidden]"))
        .filter(n => !(n.getAttribute("aria-label") || n.textContent.trim() || n.labels?.length))
        .map(n => n.outerHTML.slice(0, 80))""")
    assert unnamed == []
    assert page.get_attribute("#lab input[type=range]", "aria-valuetext") == "T = 0.38"
