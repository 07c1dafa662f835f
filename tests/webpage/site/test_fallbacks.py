"""What the page does where something is missing, fails, or is stopped."""

import pytest
from support.site import coloured, shown, slide, until, upload

pytestmark = pytest.mark.browser
NO_WEBGL = """{
    const own = OffscreenCanvas.prototype.getContext;
    OffscreenCanvas.prototype.getContext = function (kind, ...rest) {
        return kind === "webgl2" ? null : own.call(this, kind, ...rest);
    };
}"""


def test_without_webgl_the_worker_draws(visit):
    slow, usual = visit(script=NO_WEBGL), visit()  # the shared page has been through much
    for value in (0.62, 1):
        for one in (slow, usual):
            slide(one, "#vividness", value)
        until(lambda: near(shown(slow), shown(usual)))


def near(one, other) -> bool:
    """Whether two pictures differ by less than 2 of 255 on average."""
    pairs = zip(one.tobytes(), other.tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) < 2 * len(one.tobytes())


def test_a_download_is_cancelled_and_the_page_goes_on(page, make_photo, tmp_path):
    path = tmp_path / "wall.png"
    make_photo(3000, 2000, seed=2).save(path)
    upload(page, path)
    downloads = []
    page.on("download", lambda download: downloads.append(download))
    page.click("#download")
    page.click("#cancel")
    page.locator("#status").filter(has_text="Cancelled").wait_for()
    assert page.locator("#cancel").is_hidden()
    page.get_by_role("button", name="Example: Cat").click()
    coloured(page, "Cat")
    assert downloads == []


def test_a_network_that_cannot_be_loaded_is_a_sentence(visit):
    page = visit(block="networks/gan", wait=False)
    page.locator("#problem").wait_for()
    said = page.locator("#problem p").inner_text()
    assert "gan" in said
    assert "check the connection" in said
    assert page.locator("[data-method=regression]:not(.waiting)").count() == 1
