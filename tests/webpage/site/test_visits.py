"""Visits of other kinds: without a connection, by phone, by a link; and what many photos leave."""

import re
import shutil
from pathlib import Path

import pytest
from support.site import Server, box, coloured, shown, slide, until, upload

pytestmark = pytest.mark.browser
KEPT = """async () => {
    const names = (await caches.keys()).sort();
    const counts = [];
    for (const name of names) counts.push((await (await caches.open(name)).keys()).length);
    return [names, counts];
}"""
ACTIVE = "async () => Boolean((await navigator.serviceWorker.getRegistration())?.active)"
WAITING = "async () => Boolean((await navigator.serviceWorker.getRegistration())?.waiting)"


def installed(page) -> list[str]:
    """Wait until the site is kept; the names of what keeps it."""
    until(lambda: page.evaluate(ACTIVE))
    return page.evaluate(KEPT)[0]


@pytest.fixture
def own(site, tmp_path):
    """A server of a copy of the site, that a test may stop or change."""
    folder = tmp_path / "site"
    shutil.copytree(site, folder)
    running = Server(folder)
    yield running
    running.stop()


def test_a_second_visit_needs_no_server(visit, own, photos):
    page = visit(base_url=own.url)
    assert len(installed(page)) == 1
    fetched = [path for path in own.paths if path.endswith((".onnx", ".bin"))]
    assert len(fetched) == len(set(fetched))  # kept as the page fetched it, not once more
    own.stop()
    page.close()
    page = page.context.new_page()
    page.goto(own.url)
    coloured(page, "Cat")
    upload(page, photos[0])
    with page.expect_download():
        page.click("#download")
    assert page.get_by_role("img", name="Example: Coffee").is_visible()


def test_a_new_version_takes_the_place_of_the_old(visit, own):
    page = visit(base_url=own.url)
    (old,) = installed(page)
    script = own.folder / "sw.js"
    script.write_text(re.sub(r'"version": "\w+"', '"version": "newer"', script.read_text()))
    own.paths.clear()
    page.reload()
    until(lambda: page.evaluate(WAITING))

    def replaced() -> bool:
        page.goto("about:blank")
        page.wait_for_timeout(1000)  # the old one's last page may be a while about leaving
        page.goto(own.url)
        return page.evaluate(KEPT)[0] == ["colorize-studio-newer"]

    until(replaced)
    assert old != "colorize-studio-newer"
    assert not [path for path in own.paths if path.startswith("networks/")]


def test_a_slow_phone_shows_one_picture_at_a_time(chromium, visit, server):
    phone = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    page = visit(390, 844, "#example=mona&T=9&s=red&method=magic", **phone)
    assert page.locator("#temperature-value").inner_text() == "T 0.38"  # as without an address
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.get_by_role("button", name="Example: Coffee").click()
    coloured(page, "Coffee")
    assert page.locator(".picture:visible").count() == 1
    page.get_by_role("button", name="GAN", exact=True).click()
    assert page.locator("[data-method=gan] .picture").is_visible()
    assert page.locator(".picture:visible").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    controls = box(page, "#controls")
    assert controls["y"] + controls["height"] == pytest.approx(844, abs=1)
    assert controls["x"] + controls["width"] <= 390
    before = shown(page, "[data-method=gan] canvas")
    slide(page, "#strength", 0)
    assert shown(page, "[data-method=gan] canvas") != before


def test_a_link_opens_the_page_as_it_was(visit):
    page = visit(address="#example=coffee&T=0.09&s=1.5&method=gan&lab=1")
    coloured(page, "Coffee")
    assert page.locator("#temperature-value").inner_text() == "T 0.09"
    assert page.locator("#strength-value").inner_text() == "150 %"
    assert page.locator("#chosen").input_value() == "gan"
    assert page.locator("#lab").get_attribute("open") is not None
    slide(page, "#vividness", 0.5)
    assert until(lambda: "T=0.5" in page.evaluate("location.hash"))
    slide(page, "#strength", 1)
    assert until(lambda: "s=1&" in page.evaluate("location.hash"))


def memory(session) -> float:
    """Megabytes of the processes that show pages and draw."""
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    total = 0.0
    for process in processes:
        status = Path(f"/proc/{int(process['id'])}/status")
        if process["type"] in ("renderer", "GPU") and status.is_file():
            total += int(re.search(r"VmRSS:\s+(\d+)", status.read_text())[1]) / 1024
    return total


def test_twenty_photos_leave_no_more_than_two(chromium, page, make_photo, tmp_path):
    browser = chromium.new_browser_cdp_session()
    if not Path("/proc/self/status").is_file():
        pytest.skip("only Linux tells a process's memory here")
    own = page.context.new_cdp_session(page)
    used = []
    for count in range(20):
        path = tmp_path / f"photo-{count}.jpg"
        make_photo(400 + count, 300, seed=count).save(path)
        upload(page, path)
        if count in (1, 19):
            page.wait_for_timeout(500)
            own.send("HeapProfiler.collectGarbage")
            used.append(memory(browser))
    assert used[1] <= 1.2 * used[0]
