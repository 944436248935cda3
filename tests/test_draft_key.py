"""One key in the editor makes a draft."""

import pytest
from playwright.sync_api import expect

from tests.test_journey import clips, upload, visitor  # noqa: F401 (fixtures)
from tests.ways import DESKTOP

pytestmark = pytest.mark.browser


def test_pressing_d_starts_a_draft_and_typing_one_does_not(visitor, clips):  # noqa: F811
    page = visitor("en-US", DESKTOP)
    upload(page, clips[:3])
    page.locator("[data-entry] input[name=label]").first.press_sequentially("d")
    page.wait_for_timeout(1000)
    assert page.locator("#film > *").count() == 0
    page.evaluate("document.activeElement.blur()")
    with page.expect_response(lambda answer: answer.url.endswith("/draft/")) as answer:
        page.keyboard.press("d")
    assert answer.value.status == 200
    expect(page.locator("#film [role=progressbar], #film progress, #film video").first).to_be_visible(timeout=30_000)
