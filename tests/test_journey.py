"""The whole journey in a real browser, on a whole studio: upload, rank, label, generate, watch, play."""

import re
import time
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.chromium import complaint
from tests.films import faults
from tests.studio import Studio
from tests.test_film import lavfi
from tests.ways import DESKTOP, WAYS

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clips")
    colours = ("red", "orange", "green", "blue", "purple")
    noise = "noise=alls=30:allf=t"
    return [lavfi(folder / f"{c}.mp4", f"color={c}:s=360x640:r=30,{noise}", seconds=3) for c in colours]


@pytest.fixture
def visitor(browser: Browser, studio_server: Studio):
    """Open a page as somebody with a language and a size; an error in the console fails the test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def visit(locale: str = "ko-KR", size: dict = DESKTOP, scheme: str = "light") -> Page:
        context = browser.new_context(locale=locale, viewport=size, color_scheme=scheme, base_url=studio_server.url)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(complaint(message)))
        return page

    yield visit
    for context in contexts:
        context.close()
    assert [trouble for trouble in troubles if trouble] == []


def upload(page: Page, files: list[Path]) -> None:
    """Drop files on the start page and come to their ranking."""
    page.goto("/")
    page.locator("input[type=file]").first.set_input_files(files)
    page.wait_for_url(re.compile(r"/projects/\d+/"), timeout=60_000)
    expect(page.locator("[data-entry]")).to_have_count(len(files))
    expect(page.locator("[data-entry][data-src]")).to_have_count(len(files), timeout=60_000)


def labels(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator("[data-entry] input[name=label]").all()]


@pytest.mark.parametrize(("locale", "size"), WAYS)
def test_from_five_files_to_a_film_that_plays(visitor, clips, locale, size, tmp_path):
    page, seconds = visitor(locale, size), 10
    upload(page, clips)
    first = page.locator("[data-entry] input[name=label]").first
    with page.expect_response(re.compile(r"/edit/")) as saved:
        first.fill("첫 번째 순간 🔥")
    assert saved.value.ok

    second = page.locator("[data-entry]").nth(1)
    moved = second.get_attribute("data-entry")
    second.focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-entry]").first).to_have_attribute("data-entry", moved)
    page.reload()
    expect(page.locator("[data-entry]").first).to_have_attribute("data-entry", moved)
    assert labels(page)[1] == "첫 번째 순간 🔥"

    page.locator("input[name=seconds]").fill(str(seconds))
    page.locator("input[name=seconds]").blur()
    page.wait_for_timeout(800)
    page.locator("#generate .gold").click()
    percents = watch(page)
    assert len(percents) >= 2 and percents == sorted(percents), percents  # few where parts were filmed ahead

    video = page.locator("#film video")
    expect(video).to_be_visible(timeout=90_000)
    video.evaluate("video => { video.muted = true; return video.play() }")
    page.wait_for_function("document.querySelector('#film video').currentTime > 0.3")
    size_and_length = video.evaluate("video => [video.videoWidth, video.videoHeight, video.duration]")
    assert size_and_length[:2] == [1080, 1920] and abs(size_and_length[2] - seconds) < 0.1
    with page.expect_download() as download:
        page.locator("#film a.primary[download]").click()
    download.value.save_as(tmp_path / "film.mp4")
    assert faults(tmp_path / "film.mp4", seconds=seconds) == []


def watch(page: Page, seconds: float = 90) -> list[float]:
    """Return the different percentages that the page showed by itself until the film was done."""
    seen: list[float] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not page.locator("#film video").count():
        value = page.evaluate("document.querySelector('#film progress')?.getAttribute('value') ?? null")
        if value is not None and (not seen or float(value) != seen[-1]):
            seen.append(float(value))
        page.wait_for_timeout(150)
    return seen


@pytest.mark.long
def test_generate_waits_for_what_was_just_typed_and_for_fields_that_are_wrong(visitor, clips):
    page = visitor("en-US")
    upload(page, clips[:3])
    page.locator("#id_seconds").fill("1")
    page.locator("#generate .gold").click()
    expect(page.locator("#settings-saved")).to_contain_text("at least 3 seconds")
    expect(page.locator("#id_seconds")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_seconds")).to_be_focused()
    assert not page.locator("#film [data-job]").count()

    page.locator("#id_seconds").fill("5")
    page.locator("textarea[name=title]").fill("The very last word")
    page.locator("#generate .gold").click()
    expect(page.locator("#film video")).to_be_visible(timeout=90_000)
    expect(page.locator("#id_seconds")).to_have_attribute("aria-invalid", "false")
    name = page.locator("#film a.primary[download]").get_attribute("href")
    assert "The very last word" in unquote(page.request.get(name).headers["content-disposition"])


@pytest.mark.long
def test_a_film_that_was_cancelled_after_a_reload_can_be_tried_again(visitor, clips):
    page = visitor("en-US")
    upload(page, clips[:3])
    page.locator("textarea[name=title]").fill("To be cancelled")
    page.locator("#generate .gold").click()
    expect(page.locator("#film progress")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.", exact=True)).to_be_visible()
    page.locator("#generate .gold").click()
    expect(page.locator("#film video")).to_be_visible(timeout=90_000)


def test_rank_for_me_closes_its_box_and_says_what_it_did(visitor, clips):
    page = visitor("en-US")
    upload(page, clips[:3])
    page.get_by_role("button", name="Rank for me").click()
    page.get_by_role("button", name="Rank by score").click()
    expect(page.locator("#weights")).to_be_hidden()
    expect(page.locator("#ranking")).to_contain_text("the order stays yours")


@pytest.mark.long
def test_a_closed_tab_comes_back_to_the_true_state(visitor, clips):
    page = visitor()
    upload(page, clips[:3])
    address = page.url
    page.locator("#generate .gold").click()
    expect(page.locator("#film progress")).to_be_visible()
    page.close()
    again = visitor()
    again.goto(address)
    expect(again.locator("#film video")).to_be_visible(timeout=90_000)


@pytest.mark.long
def test_without_a_socket_the_page_asks_and_still_ends_right(visitor, clips):
    page = visitor()
    page.add_init_script(
        "window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.(), 1) } "
        "addEventListener(name, f) { if (name === 'close') setTimeout(f, 1) } close() {} }"
    )
    upload(page, clips[:3])
    page.locator("input[name=title], textarea[name=title]").fill("소켓 없이 | TOP 3")
    page.wait_for_timeout(800)
    page.locator("#generate .gold").click()
    expect(page.locator("#film video")).to_be_visible(timeout=90_000)


def test_bad_files_are_told_one_by_one_and_the_good_ones_go_on(visitor, clips, tmp_path):
    bad = {"notes.mp4": b"just some text", "empty.mp4": b"", "list.mp4": b"ffconcat version 1.0\nfile 'red.mp4'\n"}
    files = []
    for name, data in bad.items():
        files.append(tmp_path / name)
        files[-1].write_bytes(data)
    page = visitor("en-US")
    page.goto("/")
    page.locator("input[type=file]").first.set_input_files(files)
    for words in ("This is a text file, not a video.", "The file is empty.", "playlist"):
        expect(page.get_by_text(words, exact=False).first).to_be_visible()


def test_pages_speak_the_language_of_the_browser(visitor):
    korean = visitor("ko-KR")
    korean.goto("/")
    expect(korean.locator("html")).to_have_attribute("lang", "ko")
    english = visitor("en-US")
    english.goto("/")
    expect(english.locator("html")).to_have_attribute("lang", "en")
    assert korean.locator("h1").inner_text() != english.locator("h1").inner_text()


def test_nothing_is_wider_than_the_smallest_phone(visitor, clips):
    page = visitor("ko-KR", {"width": 360, "height": 740}, "dark")
    upload(page, clips[:3])
    for address in (page.url, "/", "/library/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
