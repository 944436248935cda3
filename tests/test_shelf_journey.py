"""In a real browser: from uploads through the library into a ranking, what the studio works on, and one's account."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.test_journey import clips, upload, visitor  # noqa: F401 (fixtures)
from tests.ways import WAYS

pytestmark = pytest.mark.browser


def pick(page: Page, count: int) -> None:
    for number in range(count):
        page.locator("input[name=video]:not(:disabled)").nth(number).check()
    expect(page.locator(".pick-count")).to_contain_text(str(count))


def act(page: Page, address: str) -> None:
    """Do with all that is picked what stands behind “more”."""
    page.locator(".pick-bar details > summary").click()
    page.locator(f".more-acts [formaction='{address}']").click()


@pytest.mark.long
@pytest.mark.parametrize(("locale", "size"), WAYS)
def test_many_videos_of_the_library_at_once(visitor, clips, locale, size):  # noqa: F811
    page = visitor(locale, size)
    upload(page, clips[:3])
    page.locator("header nav a[href='/library/']").click()
    page.wait_for_url(re.compile("/library/"))
    page.locator("#q").fill("red")
    page.locator("#q").press("Enter")
    expect(page.locator(".video-card")).to_have_count(1)
    page.locator("#library-fold > summary").click()
    page.locator("#by-whose").focus()
    page.locator("#by-whose").select_option("mine")
    expect(page.locator(".filter-fold .chip")).to_have_text("1")
    page.locator("#view-name").fill("빨강")
    page.locator(".view-save button").click()
    expect(page.locator(".views .view", has_text="빨강")).to_have_count(1)
    page.goto("/library/")
    page.locator(".views a", has_text="빨강").click()
    expect(page.locator(".video-card")).to_have_count(1)

    pick(page, 1)
    act(page, "/library/hide/")
    expect(page.locator(".video-card")).to_have_count(0)
    page.goto("/library/?show=hidden")
    pick(page, 1)
    act(page, "/library/hide/")
    page.locator(".views .view", has_text="빨강").locator("button").click()
    expect(page.locator(".views .view", has_text="빨강")).to_have_count(0)

    page.goto("/library/?whose=mine")  # what other tests left here may have no file yet
    pick(page, 2)
    page.locator(".pick-bar > button.gold").click()
    page.wait_for_url(re.compile(r"/projects/\d+/"))
    expect(page.locator("[data-entry]")).to_have_count(2)

    page.goto("/library/?whose=mine")
    pick(page, 1)
    act(page, "/library/delete/")
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text(re.compile("랭킹|ranking"))  # a ranking has it, so it stays


@pytest.mark.parametrize(("locale", "size"), WAYS)
def test_what_is_worked_on_is_stopped_begun_again_and_looked_up(visitor, clips, locale, size):  # noqa: F811
    page = visitor(locale, size)
    upload(page, clips[:3])
    page.locator("#generate .gold").click()
    expect(page.locator("#film progress")).to_be_visible()
    page.goto("/jobs/")
    film = page.locator(".job-row", has=page.locator("a[href^='/films/']")).first
    name = f"#{film.get_attribute('id')}"
    film.locator("form[action$='/cancel/'] button").click()
    expect(page.locator(f"{name}.cancelled")).to_be_visible()
    page.locator(f"{name} form[action$='/retry/'] button").click()
    again = page.locator(".job-row:has(a[href^='/films/'])").first
    expect(again.locator("form[action$='/cancel/']")).to_be_visible()
    expect(page.locator(".job-row.done a[href^='/films/']").first).to_be_visible(timeout=240_000)
    page.locator(".job-row.done a[href^='/films/']").first.click()
    expect(page.locator("video[controls]").first).to_be_visible()
    page.goto("/jobs/?state=done")
    expect(page.locator(".job-row:not(.done)")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.long
@pytest.mark.parametrize(("locale", "size"), WAYS)
def test_one_s_own_account(visitor, locale, size):  # noqa: F811
    page = visitor(locale, size)
    page.goto("/")
    page.locator("header a[href='/account/']").click()
    page.locator("[name=email]").fill("nobody")
    page.locator("form[action='/account/email/'] button").click()
    page.locator("[name=email]").fill("minji@example.com")
    page.locator("form[action='/account/email/'] button").click()
    page.goto("/account/")
    expect(page.locator("[name=email]")).to_have_value("minji@example.com")

    page.locator("#tokens > summary").click()
    page.locator("form[action$='/tokens/'] [name=name]").fill("내 프로그램")
    page.locator("form[action$='/tokens/'] button").click()
    token = page.locator("code.secret").inner_text()
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": "203.0.113.9"}
    assert page.request.get("/api/v1/projects", headers=headers).status == 200
    page.goto("/account/")
    page.locator("#tokens > summary").click()
    page.locator("#tokens li", has_text="내 프로그램").locator("button").click()
    expect(page.locator("#tokens li", has_text="내 프로그램")).to_have_count(0)
    assert page.request.get("/api/v1/projects", headers=headers).status == 401

    other = "en" if locale == "ko-KR" else "ko"
    page.locator(f"main button[name=language][value={other}]").click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    page.locator(f"main button[name=language][value={locale[:2]}]").click()
    expect(page.locator("html")).to_have_attribute("lang", locale[:2])
