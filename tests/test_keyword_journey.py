"""From a keyword to a film in a real browser: the stand-in answers, thirty are found, ten are fetched, one is made."""

import logging
import re
import time

import pytest
from playwright.sync_api import Browser, expect

from scraping.management.commands.standin import COOKIES
from scraping.standin.server import StandIn
from tests.chromium import complaint
from tests.studio import Studio
from tests.ways import PAIRS

logger = logging.getLogger(__name__)
pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def standin(tmp_path):
    with StandIn(folder=tmp_path / "standin") as standin:
        yield standin


@pytest.fixture(params=PAIRS)
def page(request, browser: Browser, standin, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    settings = {"TIKTOK_PROXY": standin.url, "TIKTOK_INSECURE_TLS": "1", "HOST_SPACING": "0", "MAKE_AHEAD": "0"}
    with Studio(data, **settings) as studio:
        studio.wait_for_workers(300)
        locale, size = request.param
        context, troubles = browser.new_context(locale=locale, viewport=size, base_url=studio.url), []
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(complaint(message)))
        yield page
        context.close()
        assert [trouble for trouble in troubles if trouble] == []


def log_in(page, tmp_path):
    jar = tmp_path / "cookies.txt"
    jar.write_text(COOKIES)
    page.goto("/cookies/")
    page.locator("input[name=file]").set_input_files(jar)
    page.locator("form:has(input[name=file]) button").first.click()
    expect(page.locator("main [role=status]").first).to_be_visible()


def test_a_keyword_becomes_a_film(page, standin, tmp_path):
    log_in(page, tmp_path)
    page.goto("/")
    page.locator("[name=q]").first.fill("춤")
    page.keyboard.press("Enter")
    page.wait_for_selector(".video-card:not(.waiting)", timeout=60_000)
    shown = time.monotonic()
    answered = next(at for at, seen in zip(standin.times, standin.seen, strict=True) if "/api/search/" in seen[2])
    logger.info("first card %.2f s after the first answer", shown - answered)
    assert shown - answered < 1
    page.wait_for_selector('.search[data-status="done"]', timeout=60_000)
    # A re-upload stands behind its first one as soon as the covers were compared.
    expect(page.locator(".video-card:not(.waiting), .copies li")).to_have_count(30)

    page.locator("[data-top]").last.click()
    expect(page.locator(".pick-bar")).to_contain_text("10")
    began = time.monotonic()
    page.locator(".pick-bar button.gold").click()
    page.wait_for_url(re.compile(r"/projects/\d+/"))
    expect(page.locator("[data-entry][data-src]")).to_have_count(10, timeout=240_000)
    logger.info("ten fetched and ready after %.0f s", time.monotonic() - began)

    page.locator("input[name=seconds]").fill("20")
    page.locator("input[name=seconds]").blur()
    page.wait_for_timeout(800)
    page.locator("#generate .gold").click()
    video = page.locator("#film video")
    expect(video).to_be_visible(timeout=400_000)
    page.wait_for_function("document.querySelector('#film video').duration > 0")
    assert abs(video.evaluate("video => video.duration") - 20) < 0.1
