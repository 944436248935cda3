"""In a browser whose session ended: nothing that was typed is lost, and the page says what to do."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.house import DESK, FROM_ELSEWHERE, PHONE, House

pytestmark = pytest.mark.browser

PASSWORD = "what the owner typed"
GIVE_PASSWORD = f"""
from ranking.models import User
owner = User.objects.local_owner()
owner.set_password("{PASSWORD}")
owner.save()
"""
LABEL = "[data-entry] input[name=label]"
NO_SOCKETS = """
window.WebSocket = class extends EventTarget {
  static OPEN = 1;
  constructor() { super(); setTimeout(() => this.dispatchEvent(new Event("close"))); }
  close() {}
};
"""


@pytest.fixture(scope="module")
def cookies(browser, house: House) -> list:
    """What a browser has whose owner logged in: more than five a minute may not."""
    house.shell(GIVE_PASSWORD)
    context = browser.new_context(base_url=house.url, extra_http_headers=FROM_ELSEWHERE)
    page = context.new_page()
    page.goto("/login/?next=/jobs/")
    log_in(page, "/jobs/")
    yield context.cookies()
    context.close()


@pytest.fixture
def guest(browser, house: House, cookies):
    """Open a browser that is not on the studio's own machine, and where its owner is logged in."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def opened(locale: str = "en-US", size: dict = DESK) -> BrowserContext:
        options = {"locale": locale, "viewport": size, "base_url": house.url, "extra_http_headers": FROM_ELSEWHERE}
        contexts.append(browser.new_context(**options))
        contexts[-1].add_cookies(cookies)
        contexts[-1].on("weberror", lambda error: troubles.append(str(error.error)))
        return contexts[-1]

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def log_in(page: Page, then: str) -> None:
    page.locator("[name=username]").fill("owner")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: urlsplit(url).path == then)


def at_home(context: BrowserContext, path: str) -> Page:
    page = context.new_page()
    page.goto(path)
    assert urlsplit(page.url).path == path
    return page


@pytest.mark.parametrize(
    ("locale", "size", "told"), [("ko-KR", PHONE, "로그아웃되었어요"), ("en-US", DESK, "You are logged out")]
)
def test_what_is_typed_after_the_session_ended_is_sent_once_one_logs_in_elsewhere(guest, house, locale, size, told):
    context = guest(locale, size)
    page = at_home(context, house.faces["ranking, film failed"])
    words = f"typed too late {locale}"
    context.clear_cookies(name="sessionid")
    page.locator(LABEL).first.fill(words)
    expect(page.locator("#logged-out")).to_be_visible()
    expect(page.locator("#logged-out")).to_contain_text(told)
    expect(page.locator(".label-form .kept-word")).to_have_count(0)
    expect(page.locator(".label-form .saved").first).not_to_be_empty()
    expect(page.locator(LABEL).first).to_have_value(words)
    with context.expect_page() as opened:
        page.locator("#logged-out a").click()
    other = opened.value
    log_in(other, house.faces["ranking, film failed"])
    expect(page.locator(".label-form .kept-word").first).to_be_attached(timeout=10_000)
    expect(page.locator("#logged-out")).to_be_hidden()
    with page.expect_response(re.compile(r"/projects/\d+/$")):
        page.evaluate("shown = 0, refresh()")  # a socket that is quicker than the answer makes the page look again
    page.wait_for_timeout(300)
    expect(page.locator(".label-form .kept-word").first).to_be_attached()
    other.reload()
    expect(other.locator(LABEL).first).to_have_value(words)


@pytest.mark.long
def test_a_page_that_waits_for_work_says_that_nobody_is_logged_in(guest, house):
    context = guest()
    context.add_init_script(NO_SOCKETS)
    page = at_home(context, house.faces["search, looking"])
    page.wait_for_timeout(5000)  # it asked once, and all was well
    expect(page.locator("#logged-out")).to_be_hidden()
    context.clear_cookies(name="sessionid")
    expect(page.locator("#logged-out")).to_be_visible(timeout=10_000)
    expect(page.locator("#alarm")).to_be_hidden()


@pytest.mark.long
def test_what_is_refused_is_told_and_tried_again(guest, house):
    context = guest()
    page = at_home(context, house.faces["ranking, film cancelled"])
    edits = re.compile(r"/edit/$")
    context.route(edits, lambda route: route.fulfill(status=403, body="no"))
    page.locator(LABEL).first.fill("refused at first")
    expect(page.locator(".label-form .saved").first).to_have_text("not saved yet")
    expect(page.locator("#alarm")).to_contain_text("That did not work")
    context.unroute(edits)
    expect(page.locator(".label-form .kept-word").first).to_be_attached(timeout=10_000)
    expect(page.locator("#alarm")).to_be_hidden()


def test_a_form_without_htmx_is_taken_after_logging_in_in_another_tab(guest, house):
    """The token that the page was made with holds no more; that of the cookie does."""
    context = guest()
    page = at_home(context, "/account/")
    context.clear_cookies(name="sessionid")
    other = context.new_page()
    other.goto("/channels/")
    log_in(other, "/channels/")
    page.get_by_label("한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
