"""A ranking whose film is made is opened again: the film is at hand, and what can be done next is what stands out."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.house import DESK, PHONE

pytestmark = pytest.mark.browser

GOLD = re.compile("245, 197, 24")
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


def open_ranking(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator("#timeline[data-line]")).to_be_attached()
    return page


@SIZES
def test_what_stands_out_is_the_download_until_something_is_changed(visit, house, size):
    page = open_ranking(visit(size), house.faces["ranking, film up to date"])
    download, make = page.locator(".film-done [download]"), page.locator("#generate .gold")
    expect(page.locator(".film-done")).to_be_in_viewport(ratio=1)
    expect(download).to_have_css("background-color", GOLD)
    expect(make).not_to_have_css("background-color", GOLD)
    expect(make).to_have_accessible_name("다시 만들기")
    label = page.locator("[name=label]").first
    was = label.input_value()
    for words, stands_out, other in (("다른 말", make, download), (was, download, make)):
        label.fill(words)
        expect(stands_out).to_have_css("background-color", GOLD)
        expect(stands_out).to_be_in_viewport(ratio=1)
        expect(other).not_to_have_css("background-color", GOLD)
    page.locator("#film .film-actions .primary").click(trial=True)  # nothing lies over it


@SIZES
def test_the_film_is_one_press_away_and_the_key_plays_what_is_seen(visit, house, size):
    page = open_ranking(visit(size), house.faces["ranking, film up to date"])
    film, playing = page.locator("#film video"), "document.querySelector('#film video').paused === false"
    page.locator(".film-done a:not([download])").click()
    expect(film).to_be_in_viewport(ratio=0.6)
    page.wait_for_function(playing)
    page.keyboard.press("k")
    page.wait_for_function(f"!({playing})")
    assert not page.evaluate("film.playing")
    page.keyboard.press("k")
    page.wait_for_function(playing)
    page.locator("#stage").evaluate("stage => stage.scrollIntoView({ block: 'center' })")
    page.keyboard.press("k")
    page.wait_for_function(f"film.playing && !({playing})")


def test_a_draft_is_shown_and_the_film_still_to_be_made(visit, house):
    page = open_ranking(visit(PHONE), house.faces["ranking, film draft"])
    expect(page.locator(".film-done a")).to_have_count(1)
    expect(page.locator("#generate .gold")).to_have_css("background-color", GOLD)
    expect(page.locator("#generate .gold")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("face", ["done", "up to date", "draft", "cancelled"])
def test_the_preview_can_be_played_on_a_phone_without_scrolling(visit, house, face):
    page = open_ranking(visit(PHONE), house.faces[f"ranking, film {face}"])
    for button in page.locator(".transport button").all():
        button.click(trial=True, timeout=3000)
    assert page.evaluate("scrollY") == 0


def test_a_cancelled_film_is_said_once_beside_one_button(visit, house):
    page = open_ranking(visit(PHONE), house.faces["ranking, film cancelled"])
    expect(page.locator("#film > *")).to_have_count(0)  # it was said when it was cancelled
    address = house.faces["film, cancelled"].replace("/films/", "/jobs/")
    page.evaluate("address => { htmx.ajax('GET', address, '#film') }", address)
    expect(page.locator("#film .notice")).to_be_visible()
    expect(page.locator("#film button")).to_be_hidden()
    page.locator("[name=label]").first.fill("이 순간 2")
    expect(page.locator("#film > *")).to_have_count(0)
