"""In a browser: a rank is dragged to its new place, by mouse on a desk and by finger on a phone, and stays there."""

import pytest
from playwright.sync_api import Page, expect

from tests.house import DESK, PHONE
from tests.test_journey import clips, upload  # noqa: F401 (fixture)

pytestmark = pytest.mark.browser

STEPS = 8


def order(page: Page) -> list[str]:
    return [row.get_attribute("data-entry") for row in page.locator("[data-entry]").all()]


def grips(page: Page, *numbers: int) -> list[tuple[float, float]]:
    """Return the middle of the handles of these rows, from 0."""
    page.locator(".grip").first.evaluate("grip => grip.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(300)
    boxes = [page.locator(".grip").nth(number).bounding_box() for number in numbers]
    return [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]


def by_mouse(page: Page, at: tuple[float, float], to: tuple[float, float]) -> None:
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0], at[1] - 12, steps=4)
    page.mouse.move(to[0], to[1] - 6, steps=STEPS)
    page.mouse.up()


def by_finger(page: Page, at: tuple[float, float], to: tuple[float, float]) -> None:
    """A finger rests a moment, as one does before it drags, then moves in steps and lets go."""
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    send("touchStart", at)
    page.wait_for_timeout(200)
    for step in range(1, STEPS + 1):
        send("touchMove", (at[0], at[1] + (to[1] - 6 - at[1]) * step / STEPS))
        page.wait_for_timeout(30)
    send("touchEnd")


@pytest.mark.parametrize(
    ("size", "touch", "drag"), [(DESK, False, by_mouse), (PHONE, True, by_finger)], ids=["desk", "phone"]
)
def test_a_rank_is_dragged_to_the_top_and_is_there_after_a_reload(browser, studio_server, clips, size, touch, drag):  # noqa: F811
    context = browser.new_context(locale="ko-KR", viewport=size, base_url=studio_server.url, has_touch=touch)
    page, troubles = context.new_page(), []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    upload(page, clips[:3])
    first, second, third = order(page)
    at, to = grips(page, 1, 0)
    with page.expect_response(lambda answer: answer.url.endswith("/move/")) as saved:
        drag(page, at, to)
    assert saved.value.ok
    expect(page.locator("[data-entry]").first).to_have_attribute("data-entry", second)
    assert order(page) == [second, first, third]
    expect(page.locator("#announcer")).to_contain_text("1")  # who does not see it hears it
    page.reload()
    assert order(page) == [second, first, third]
    assert troubles == []
    context.close()
