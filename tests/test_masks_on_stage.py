"""Blurred areas in a browser: drawn on the stage, moved and sized by mouse and keys, taken away."""

import pytest
from playwright.sync_api import Page, expect

from tests.test_journey import clips, upload, visitor  # noqa: F401 (fixtures)
from tests.ways import DESKTOP

pytestmark = pytest.mark.browser


def place(page: Page) -> list[float]:
    """Return the first area's left, top, width and height as its number fields say them."""
    row = page.locator("[data-entry]").first
    names = ("x", "y", "width", "height")
    return [float(row.locator(f".masks-form > [data-mask] [name={name}]").first.input_value()) for name in names]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def settled(page: Page) -> None:
    """Wait until what was changed is sent, which the form does after a moment, and answered."""
    page.wait_for_timeout(1500)
    page.wait_for_function("!document.querySelector('.htmx-request')")


@pytest.mark.long
def test_an_area_is_drawn_moved_sized_and_taken_away(visitor, clips):  # noqa: F811
    page = visitor("en-US", DESKTOP)
    upload(page, clips[:3])
    row = page.locator("[data-entry]").first
    row.locator(".cut-box > summary").click()
    row.locator(".masks-box > summary").click()
    page.wait_for_function("clip().videoWidth > 0")
    row.locator("[data-draw]").click()
    picture = page.locator("#stage-masks").bounding_box()
    left, top, wide, tall = (picture[name] for name in ("x", "y", "width", "height"))
    drag(page, (left + wide * 0.2, top + tall * 0.3), (left + wide * 0.5, top + tall * 0.5))
    settled(page)
    assert place(page) == pytest.approx([20, 30, 30, 20], abs=0.8)
    tile = page.locator(".mask-tile")
    box = tile.bounding_box()
    assert (box["x"] - left) / wide == pytest.approx(0.2, abs=0.02) and box["height"] / tall == pytest.approx(
        0.2, abs=0.02
    )

    drag(page, (left + wide * 0.35, top + tall * 0.4), (left + wide * 0.45, top + tall * 0.5))
    settled(page)
    assert place(page) == pytest.approx([30, 40, 30, 20], abs=1.2)
    box = tile.bounding_box()
    drag(page, (box["x"] + box["width"], box["y"] + box["height"]), (left + wide * 0.8, top + tall * 0.7))
    settled(page)
    assert place(page) == pytest.approx([30, 40, 50, 30], abs=1.2)

    before = place(page)
    tile.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    settled(page)
    assert place(page) == pytest.approx([before[0] - 1, before[1], before[2], before[3] + 1], abs=0.15)
    page.keyboard.press("Delete")
    settled(page)
    expect(page.locator(".mask-tile")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-entry]").first.locator(".masks-form > [data-mask]")).to_have_count(0)
