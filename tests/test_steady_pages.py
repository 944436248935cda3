"""Nothing on a page jumps, and nothing that one is led to lies under the bar at the top."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.house import DESK
from tests.test_journey import clips, upload, visitor  # noqa: F401 (fixtures)
from tests.ways import PHONE

pytestmark = pytest.mark.browser
TILES = "[...document.querySelectorAll('.gallery button')].map((tile) => JSON.stringify(tile.getBoundingClientRect()))"
PICTURES = re.compile(r"/styles/.*\.webp")


@pytest.mark.long
def test_the_tiles_of_styles_have_their_box_before_their_pictures_come(visitor, clips):  # noqa: F811
    page = visitor("ko-KR", PHONE)
    upload(page, clips[:3])
    waiting: list[Route] = []
    page.route(PICTURES, lambda route: waiting.append(route))
    page.locator("#style-box > summary").click()
    expect(page.locator(".gallery button").first).to_be_visible()
    page.wait_for_timeout(300)
    before = page.evaluate(TILES)
    assert waiting and page.evaluate("document.querySelector('.gallery img').naturalWidth") == 0
    for route in waiting:
        route.continue_()
    page.unroute(PICTURES)
    page.wait_for_function("document.querySelector('.gallery img').naturalWidth > 0")
    page.wait_for_timeout(300)
    assert page.evaluate(TILES) == before


@pytest.mark.long
@pytest.mark.parametrize("place", ["#title", "[data-entry] input[name=label]"])
def test_what_a_link_leads_to_lies_below_the_bar_on_a_phone(visitor, clips, place):  # noqa: F811
    page = visitor("ko-KR", PHONE)
    upload(page, clips[:3])
    address, found = page.url.partition("#")[0], page.locator(place).last.get_attribute("id")
    page.goto("about:blank")
    page.goto(f"{address}#{found}")
    page.wait_for_timeout(500)
    bar = page.evaluate("document.querySelector('.top').getBoundingClientRect().bottom")
    top = page.evaluate(f"document.getElementById('{found}').getBoundingClientRect().top")
    assert bar <= top < PHONE["height"] and page.evaluate("scrollY") > 0


@pytest.mark.parametrize("face", ["film, done", "ranking, film done"])
def test_the_words_of_a_film_stay_open_when_its_cover_is_chosen(visit, house, face):
    page = visit()
    page.goto(house.faces[face])
    page.locator(".publish-box > summary").click()
    page.locator(".words textarea").first.wait_for()
    words = page.locator(".words textarea").first.input_value()
    page.locator(".cover-choice > summary").click()
    page.locator("[data-cover-at]").fill("2.5" if "ranking" in face else "1.5")
    with page.expect_response(re.compile("/cover/")) as chosen:
        page.locator(".cover-choice form button").click()
    assert chosen.value.ok
    page.wait_for_timeout(300)
    expect(page.locator(".words textarea").first).to_have_value(words)
    expect(page.locator(".publish-box > div > a.button")).to_have_count(0)


def test_a_wish_that_failed_is_the_first_that_a_phone_shows(visit, house):
    page = visit(PHONE)
    page.goto(house.faces["ranking, made for me, failed"])
    for part in (".wish-steps .failed", "#film [role=alert]", "#film .film-actions button"):
        expect(page.locator(part)).to_be_in_viewport()


@pytest.mark.parametrize("state", ["waiting", "working", "failed"])
def test_how_a_film_does_stands_first_on_a_phone_and_above_the_button_on_a_desk(visit, house, state):
    page, active = visit(PHONE), state in ("waiting", "working")
    page.goto(house.faces[f"ranking, film {state}"])
    expect(page.locator("#film .job button").first).to_be_in_viewport(ratio=1)
    expect(page.locator("#generate")).to_be_visible(visible=not active)
    if active:
        expect(page.locator(".film-going")).to_be_hidden()  # the card that is seen says the same
        page.mouse.wheel(0, 3000)
        expect(page.locator(".film-going")).to_be_in_viewport(ratio=1)
        expect(page.locator(".film-going")).to_have_text("영상 만드는 중 40%" if state == "working" else "대기 중")
    page.set_viewport_size({"width": 1280, "height": 720})  # a low window
    expect(page.locator("#film .job button").first).to_be_in_viewport(ratio=1)
    expect(page.locator(".transport")).to_be_in_viewport(ratio=1)
    expect(page.locator(".film-going")).to_be_hidden()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_saving_moves_nothing_and_a_refusal_stands_at_its_field(visit, house, size):
    page = visit(size)
    page.goto(house.faces["ranking, film draft"])
    below, seconds, card = page.locator("#style-box"), page.locator("#id_seconds"), page.locator("#id_card")
    told, before = page.locator("#settings-saved"), below.bounding_box()["y"] - seconds.bounding_box()["y"]
    seconds.fill("12" if size is DESK else "13")
    seconds.blur()
    expect(told.locator(".kept-word")).to_be_attached()
    assert below.bounding_box()["y"] - seconds.bounding_box()["y"] == before
    page.locator(".options > summary").click()
    for field, words, under in ((seconds, "10800", ".options"), (card, "끝 " * 150, "#style-box")):
        was = field.input_value()
        field.fill(words)
        field.blur()
        expect(told.locator(".wrong")).to_be_visible()
        top, bottom = field.bounding_box()["y"], page.locator(under).bounding_box()["y"]
        assert top < told.bounding_box()["y"] < bottom
        field.fill(was)
        field.blur()
        expect(told.locator(".kept-word")).to_be_attached()
    page.locator("#title").fill("가나 " * 1000)
    expect(page.locator("#title-saved .wrong")).to_be_visible()
    words, undo = page.locator("#title-saved .wrong").bounding_box(), page.locator("#history").bounding_box()
    assert words["x"] + words["width"] <= undo["x"]
    page.locator("#title").fill("초안")
    expect(page.locator("#title-saved .kept-word")).to_be_attached()


def test_a_row_of_the_ranking_leaves_a_phone_room_for_others(visit, house):
    page = visit(PHONE, has_touch=True)
    page.goto(house.faces["ranking"])
    row = page.locator(".entry").nth(1)
    height = row.bounding_box()["height"]
    assert height < 170
    for part in row.locator(".entry-tools button, [name=label], .thumb, .entry-more > details > summary").all():
        part.click(trial=True)  # nothing lies over it
    row.locator("[name=label]").fill("긴 말 " * 100)
    wrong, tools = row.locator(".about .wrong"), row.locator(".entry-tools")
    expect(wrong).to_be_visible()
    assert wrong.bounding_box()["y"] + wrong.bounding_box()["height"] <= tools.bounding_box()["y"]
    row.locator("[name=label]").fill("순간 1 🔥")
    expect(row.locator(".about .kept-word")).to_be_attached()
    assert row.bounding_box()["height"] == height


def test_the_closed_row_says_what_is_stored_where_a_cut_is_refused(visit, house):
    page = visit()
    page.goto(house.faces["ranking"])
    row = page.locator(".entry").nth(1)
    start, end = (row.locator(f".cut-form [name={name}]") for name in ("start", "end"))
    row.locator(".cut-box > summary").click()
    start.fill("1")
    end.fill("4")
    expect(end).to_have_js_property("defaultValue", "4")  # it is saved
    for field, typed, said, stored in ((start, "5", "1.0–4.0초", "1"), (end, "5.5", "5.0–5.5초", "5")):
        field.fill(typed)
        expect(row.locator(".cut-refused")).to_be_visible(visible=field is start)
        expect(row.locator(".cut-said").first).to_have_text(said)
        expect(row).to_have_attribute("data-start", stored)


def test_the_board_stays_whole_beside_a_film_that_is_being_made(visit, house):
    page = visit()
    page.goto(house.faces["ranking, film working"])
    page.evaluate("htmx.trigger('#film', 'htmx:afterSettle')")  # as after the press of the button
    page.wait_for_timeout(300)
    bar, stage = (page.locator(part).bounding_box() for part in (".top", "#stage"))
    assert stage["y"] >= bar["y"] + bar["height"]
    for part in ("progress", ".film-actions button", "[data-tell]"):
        expect(page.locator(f"#film {part}")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_heading_of_a_fold_stays_where_it_is_pressed(visit, house, size):
    page = visit(size)
    page.goto(house.faces["ranking"])
    headings = page.locator(".entry").nth(1).locator(".entry-more > details > summary")
    headings.first.scroll_into_view_if_needed()
    before = [heading.bounding_box() for heading in headings.all()]
    for heading in headings.all():
        heading.click()
    expect(page.locator(".entry").nth(1).locator(".cut-form")).to_be_visible()
    expect(page.locator(".entry").nth(1).locator(".why-form")).to_be_visible()
    strip, row = page.locator(".strip").nth(1).bounding_box(), page.locator(".entry").nth(1).bounding_box()
    page.evaluate("scrollTo(0, 0)")
    assert strip["width"] > 0.7 * row["width"] and len(before) == 3
    headings.first.scroll_into_view_if_needed()
    after = [heading.bounding_box() for heading in headings.all()]
    assert [(box["x"], box["y"] - after[0]["y"]) for box in after] == [
        (box["x"], box["y"] - before[0]["y"]) for box in before
    ]


def test_what_a_search_found_begins_in_the_upper_part_of_a_phone(visit, house):
    page = visit(PHONE)
    page.goto(house.faces["search"])
    chips = [chip.bounding_box() for chip in page.locator(".asked li").all()]
    assert len(chips) > 2 and {chip["y"] for chip in chips} == {chips[0]["y"]}
    place = page.locator(".video-card").first.bounding_box()["y"]
    assert place < 650
    page.evaluate("document.querySelector('.search').classList.replace('done', 'running')")
    page.evaluate("document.querySelectorAll('.asked :is(form, a)').forEach((offer) => offer.remove())")
    assert page.locator(".video-card").first.bounding_box()["y"] == place, "nothing moves when a search ends"
    page.reload()
    page.locator(".asked li").last.scroll_into_view_if_needed()
    expect(page.locator(".asked li").last).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
