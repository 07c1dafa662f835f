"""The tabs in headless Chromium: their addresses, the lesson, the width of a phone."""

import pytest
from support.page import CANVAS, open_lab

from webpage.link import TABS
from webpage.page import LESSON


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


@pytest.mark.browser
def test_lesson_is_a_tab_with_its_link(open_page, url):
    page = open_page()
    page.goto(f"{url}?tab=lesson")
    page.locator("#lesson table").first.wait_for(state="visible")
    title = LESSON.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    assert page.inner_text("#lesson h1") == title


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tab_fits_a_phone(open_page, scheme):
    page = open_lab(open_page(390, 844, color_scheme=scheme))
    for tab in range(len(TABS)):
        page.get_by_role("tab").nth(tab).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
