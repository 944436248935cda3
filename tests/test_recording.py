"""A voice is recorded in a real browser, from a microphone that beeps; and a clip is muted by the same page."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.clips import make_clip
from tests.studio import Studio

pytestmark = pytest.mark.browser


@pytest.mark.long
def test_a_voice_is_recorded_and_a_clip_muted(browser: Browser, studio_server: Studio, tmp_path: Path):
    with browser.new_context(permissions=["microphone"], base_url=studio_server.url, locale="en-US") as context:
        page, troubles = context.new_page(), []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto("/")
        page.locator("input[type=file]").first.set_input_files(make_clip(tmp_path / "clip.mp4", 3))
        page.wait_for_url(re.compile(r"/projects/\d+/"), timeout=60_000)
        box = page.locator(".sound-box").first
        expect(box).to_be_attached(timeout=60_000)
        expect(page.locator(".entry-wait")).to_have_count(0, timeout=60_000)
        box.locator("summary").click(timeout=60_000)
        box.get_by_role("button", name="Record a voice").click()
        expect(box.locator(".voice-clock")).to_have_text("0:03", timeout=15_000)  # the microphone beeps now and then
        box.get_by_role("button", name="Stop").click()
        expect(box.locator("audio")).to_be_visible(timeout=30_000)
        expect(box.get_by_role("button", name="Remove the voice")).to_be_visible()
        mute = box.locator("[id^=mute-]")
        mute.click()
        expect(mute).to_have_text("Sound on")
        expect(mute).to_be_focused()
        expect(page.locator("input[name=volume]").first).to_have_value("0")
        page.reload()
        expect(page.locator(".sound-box .cut-said").first).to_contain_text("muted")
        assert troubles == []
