"""In a browser: a film is told of in a tab that nobody sees, taken away as a ZIP, and listed with all other work."""

import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.test_journey import clips, upload, visitor  # noqa: F401 (fixtures)
from tests.ways import DESKTOP, PHONE, WAYS

pytestmark = pytest.mark.browser

UNSEEN = """
window.notified = [];
class Told extends EventTarget { constructor(words) { super(); window.notified.push(words); } }
Told.permission = "default";
Told.requestPermission = async () => (Told.permission = "granted");
window.Notification = Told;
Object.defineProperty(document, "hidden", { get: () => Boolean(window.unseen) });
"""


WORDS = {
    "en-US": ("This browser tells you when it is done.", "is done", "Film, cover and words as a ZIP", "Earlier films"),
    "ko-KR": ("끝나면 이 브라우저가 알려 줘요.", "완성", "영상·커버·설명 ZIP", "지난 영상"),
}
HELD = {
    "en-US": {"cover.jpg", "texts ko.txt", "report.txt"},
    "ko-KR": {"커버.jpg", "올릴 글 (한국어).txt", "검사 결과.txt"},
}
FIRST = {"en-US": ("The first film of this ranking.", "film"), "ko-KR": ("이 랭킹의 첫 영상이에요.", "영상")}


@pytest.mark.long
@pytest.mark.parametrize(("locale", "size"), WAYS)
def test_a_film_that_nobody_watches_is_told_of_and_taken_away(visitor, clips, locale, size, tmp_path):  # noqa: F811
    page = visitor(locale, size)
    promise, done, all_as_zip, earlier = WORDS[locale]
    page.add_init_script(UNSEEN)
    upload(page, clips[:3])
    page.locator("input[name=seconds]").fill("4")
    page.locator("input[name=seconds]").blur()
    page.wait_for_timeout(800)
    plain = page.title()
    page.locator("#generate .gold").click()
    page.locator("[data-tell]").click()
    expect(page.get_by_text(promise)).to_be_visible()
    page.evaluate("window.unseen = true")
    page.wait_for_function("document.title.startsWith('(1) ')", timeout=180_000)
    assert page.title().endswith(done)
    assert [words.endswith(done) for words in page.evaluate("window.notified")] == [True]
    page.evaluate("window.unseen = false; document.dispatchEvent(new Event('visibilitychange'))")
    assert page.title() == plain

    with page.expect_download() as download:
        page.get_by_role("link", name=all_as_zip).click()
    download.value.save_as(tmp_path / "all.zip")
    held = zipfile.ZipFile(tmp_path / "all.zip")
    assert held.testzip() is None and HELD[locale] < set(held.namelist())

    page.get_by_role("link", name=earlier).click()
    expect(page.get_by_text(FIRST[locale][0])).to_be_visible()
    page.goto("/jobs/")
    expect(page.locator(".job-row").first).to_contain_text(FIRST[locale][1])
    page.locator("#id_kind").select_option("ingest")
    expect(page).to_have_url(re.compile("kind=ingest"))
    expect(page.locator(".job-row").nth(2)).to_be_visible()  # of others of this studio, too


@pytest.mark.parametrize("size", [PHONE, pytest.param(DESKTOP, marks=pytest.mark.long)], ids=["phone", "desk"])
def test_many_videos_are_picked_filtered_and_put_into_a_ranking(visitor, clips, size):  # noqa: F811
    page = visitor("ko-KR", size)
    upload(page, clips[3:])
    ranking = page.url
    page.goto("/library/")
    page.locator("#library-fold summary").click()
    with page.expect_response(re.compile("whose=mine")):
        page.locator("#by-whose").select_option("mine")
    expect(page).to_have_url(re.compile(r"\?whose=mine$"))
    page.locator("#view-name").fill("내 것")
    page.locator(".view-save button").click()
    expect(page.locator(".view a[aria-current]")).to_have_text("내 것")
    page.locator("[data-pick-all]").click()
    count = page.locator(".video-card").count()
    expect(page.locator(".pick-count")).to_contain_text(str(count))
    page.locator(".shelf-bar .more summary").click()
    expect(page.locator(".more-acts .bad")).to_be_in_viewport()
    page.locator(".more-acts .bad").click()
    expect(page.locator(".notice").first).to_be_visible()  # all are in a ranking, so all stay
    expect(page.locator(".video-card")).to_have_count(count)
    page.locator("label.pick").first.click()
    page.locator("#into").select_option(index=1)
    page.locator(".shelf-bar .gold").click()
    page.wait_for_url(ranking)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
