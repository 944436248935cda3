"""Moving a rank by keys, in a real browser: the row stands in its place at once, and what is not saved goes back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.house import PHONE

pytestmark = pytest.mark.browser


def order(page: Page) -> list[str]:
    return [row.get_attribute("data-entry") for row in page.locator("[data-entry]").all()]


def numbers(page: Page) -> list[str]:
    return page.locator(".entry .medal").all_inner_texts()


@pytest.fixture
def page(visit, house):
    page = visit(PHONE)
    page.goto(house.faces["ranking"])
    expect(page.locator("[data-entry]").nth(2)).to_be_attached()
    yield page
    page.unroute_all(behavior="wait")


def test_quick_keys_move_a_row_step_by_step_also_while_the_studio_is_slow(page):
    before = order(page)
    page.route(re.compile("/move/$"), lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.locator("[data-entry]").first.focus()
    for _press in range(2):
        page.keyboard.press("ArrowDown")
    moved = [*before[1:3], before[0], *before[3:]]
    assert order(page) == moved and numbers(page) == [str(n) for n in range(1, len(before) + 1)]
    expect(page.locator("#announcer")).to_contain_text(" 3위")
    page.reload()
    assert order(page) == moved
    page.locator(f"[data-entry='{before[0]}']").focus()
    for _press in range(2):
        page.keyboard.press("ArrowUp")
    with page.expect_response(lambda answer: answer.url.endswith(house_path(page)) and answer.request.method == "GET"):
        pass
    assert order(page) == before
    assert page.evaluate("document.activeElement.dataset.entry") == before[0], "the row keeps the focus"


def test_a_row_that_could_not_be_moved_goes_back(browser, house):
    context = browser.new_context(base_url=house.url, locale="ko-KR")
    page = context.new_page()
    page.goto(house.faces["ranking"])
    before = order(page)
    page.route(re.compile("/move/$"), lambda route: route.abort())
    page.locator("[data-entry]").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#alarm")).to_be_visible()
    assert order(page) == before and numbers(page) == [str(n) for n in range(1, len(before) + 1)]
    context.close()


def house_path(page: Page) -> str:
    return re.sub(r"^https?://[^/]+", "", page.url)
