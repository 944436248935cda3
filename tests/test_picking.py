"""In a real browser, on a whole studio: results that stream in, keys, the best few, and on to the ranking."""

import re
import subprocess
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.standin import StandIn
from tests.studio import ROOT, Studio
from tests.test_studio import busyness, processes_of

pytestmark = pytest.mark.browser

COLUMNS = "getComputedStyle(document.querySelector('.grid')).gridTemplateColumns.split(' ').length"

MAKE = """
from datetime import timedelta
from django.utils import timezone
from ranking.models import User
from tests.found import make_post, make_search
videos = [make_post({first} + n, play_count=10 ** (n % 7 + 1), is_photo=n == 3) for n in range({count})]
search = make_search(User.objects.local_owner(), videos, {status!r}, query={query!r}, attempt=1,
                     heartbeat_at=timezone.now() + timedelta(hours=1))
print(search.pk)
"""
# What a worker does, one page of an answer after the other; the page is open meanwhile.
STREAM = """
import time
from ranking.models import User, Video
from scraping.models import Result, Search
from tests.found import line, make_post
search = Search.objects.get(pk={pk!r})
for start in (0, 4, 8):
    videos = [make_post({first} + start + n) for n in range(4)]
    Result.objects.bulk_create(Result(search=search, video=v, position=start + n) for n, v in enumerate(videos, 1))
    search.asked, search.answered = [line("tiktok", "found", found=start + 4)], "tiktok"
    search.save()
    search.publish()
    print(time.time(), flush=True)
    input()
search.status = "done"
search.save()
search.publish()
"""
WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shifted += entry.value; }))
  .observe({ type: "layout-shift", buffered: true });
window.firstCard = 0;
new MutationObserver(() => {
  if (!window.firstCard && document.querySelector("input[name=video]")) window.firstCard = Date.now() / 1000;
}).observe(document, { childList: true, subtree: true });
"""


@pytest.fixture(scope="module")
def studio_server(tmp_path_factory):
    """A whole studio that fetches from a stand-in on loopback, where none of these posts is (any more)."""
    folder = tmp_path_factory.mktemp("picking")
    with StandIn(b"") as site, Studio(folder, TIKTOK_PROXY=site.url, TIKTOK_INSECURE_TLS="1") as studio:
        yield studio


@pytest.fixture
def page(browser, studio_server):
    troubles = []
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800}, base_url=studio_server.url)
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.add_init_script(WATCH)
    yield page
    context.close()
    assert troubles == []


def searched(studio: Studio, first: int, count: int, status: str = "done", query: str = "춤") -> str:
    return studio.shell(MAKE.format(first=first, count=count, status=status, query=query))


def redis_of(studio: Studio) -> str:
    """The address of the studio's private Valkey: what runs beside the studio nudges its pages through it."""
    for pid in processes_of(studio.data_dir):
        with open(f"/proc/{pid}/environ", "rb") as file:
            if found := re.search(rb"(?:^|\0)REDIS_URL=([^\0]+)", file.read()):
                return found[1].decode()
    raise AssertionError("no process of the studio knows its Valkey")


@contextmanager
def worker(studio: Studio, code: str):
    """Run code beside the studio, as a worker of it does; after each page it waits until told to go on."""
    argv = [studio.python, "manage.py", "shell", "-v", "0", "-c", code]
    env = studio.env | {"REDIS_URL": redis_of(studio)}
    with subprocess.Popen(argv, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
    assert process.returncode == 0


def step(process: subprocess.Popen) -> float:
    """When the worker had the pages told, in seconds of the clock."""
    said = process.stdout.readline()
    assert said, "the worker ended"
    return float(said)


def go_on(process: subprocess.Popen) -> None:
    process.stdin.write("\n")
    process.stdin.flush()


def picks(page: Page) -> list[str]:
    """The captions of what is picked, in the order of picking."""
    script = """() => [...document.querySelectorAll(".video-card:has(input:checked)")]
      .map((card) => [Number(card.querySelector(".turn").textContent), card.querySelector(".caption").textContent])
      .sort((a, b) => a[0] - b[0]).map((pair) => pair[1])"""
    return page.evaluate(script)


def captions(page: Page) -> list[str]:
    return page.locator(".video-card .caption").all_inner_texts()


def expect_entries(page: Page, names: list[str]) -> None:
    """Wait for the ranking's page to be there whole: a page that is still arriving has fewer of its rows."""
    expect(page.locator("[data-entry]")).to_have_count(len(names))
    assert [entry.get_attribute("data-name") for entry in page.locator("[data-entry]").all()] == names


def test_videos_stream_in_and_nothing_moves_while_one_picks_and_sorts(page, studio_server):
    pk = searched(studio_server, 1000, 0, "running", "스트림")
    page.goto(f"/search/{pk}/")
    expect(page.locator(".waiting")).to_have_count(12)
    with worker(studio_server, STREAM.format(pk=pk, first=1000)) as process:
        answered = step(process)
        expect(page.locator("input[name=video]")).to_have_count(4)
        took, limit = page.evaluate("window.firstCard") - answered, busyness()
        assert took < limit, f"{took:.2f} s, limit {limit:.1f} s"
        page.locator("input[name=video]").nth(2).check()
        page.locator("input[name=video]").nth(0).check()
        page.mouse.wheel(0, 200)
        go_on(process)
        step(process)
        expect(page.locator("input[name=video]")).to_have_count(8)
        assert captions(page)[:8] == [f"clip {1000 + n}" for n in range(8)]
        assert picks(page) == ["clip 1002", "clip 1000"] and page.evaluate("scrollY") == 200
        assert page.evaluate("window.shifted") < 0.01
        page.locator("#by-sort").select_option("plays")
        expect(page.locator(".caption").first).to_have_text("clip 1007")
        go_on(process)
        step(process)
        go_on(process)
    expect(page.locator("h1 [role=status]")).to_have_text("12 videos for “스트림”")
    expect(page.locator(".waiting")).to_have_count(0)
    assert captions(page) == [f"clip {1011 - n}" for n in range(12)], "sorted also what came after that"
    assert picks(page) == ["clip 1002", "clip 1000"] and page.url.endswith("?sort=plays")


def test_keys_pick_and_go_on_to_the_ranking_where_the_files_are_fetched(page, studio_server):
    page.goto(f"/search/{searched(studio_server, 2000, 9)}/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    for key in ("ArrowRight", "Space", "ArrowLeft", "Space"):
        page.keyboard.press(key)
    assert picks(page) == ["clip 2001", "clip 2000"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert picks(page)[2] == f"clip {2000 + page.evaluate(COLUMNS)}"
    page.keyboard.press("a")
    assert sorted(picks(page)) == [f"clip {2000 + n}" for n in range(9) if n != 3], "all but the photos"
    page.keyboard.press("a")
    assert picks(page) == [] and not page.locator(".pick-bar").is_visible()
    page.get_by_role("checkbox", name="Pick clip 2005").check()
    page.get_by_role("checkbox", name="Pick clip 2004").check()
    page.get_by_role("checkbox", name="Pick clip 2006").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/projects/\d+/"))
    expect_entries(page, ["clip 2005", "clip 2004"])
    expect(page.locator(".entry-wait [data-job]")).to_have_count(2)
    expect(page.locator(".entry-wait [data-status=failed]")).to_have_count(2, timeout=60_000)
    expect(page.locator(".entry-wait").first).to_contain_text("removed")


@pytest.mark.long
def test_the_best_are_picked_and_told_why_and_a_filter_hides_them_without_losing_them(page, studio_server):
    page.goto(f"/search/{searched(studio_server, 3000, 9)}/")
    page.get_by_label("Pick the best 3 by score").click()
    expect(page.locator(".pick-count")).to_have_text("3 picked")
    best = picks(page)
    page.locator(".why-top summary").click()
    for caption in best:
        expect(page.locator(".why-top li", has_text=caption)).to_contain_text("of 100: views")
    page.locator(".filter-fold summary").click()
    page.locator("#by-plays").focus()
    page.locator("#by-plays").select_option("10000")
    expect(page.locator(".filter-fold .chip")).to_have_text("1")
    page.locator("#by-length").select_option("more")
    expect(page.get_by_text("No video passes these filters.")).to_be_visible()
    page.get_by_role("button", name="Make a ranking").click()
    page.wait_for_url(re.compile(r"/projects/\d+/"))
    expect_entries(page, best)


@pytest.mark.long
def test_the_best_are_ranked_by_score_also_after_a_reload_and_without_scripts(page, browser, studio_server):
    page.goto(f"/search/{searched(studio_server, 4000, 9)}/")
    page.get_by_label("Pick the best 5 by score").click()
    expect(page.locator(".pick-count")).to_have_text("5 picked")
    best = picks(page)
    assert best != sorted(best), "the cards lie in another order"
    page.reload()
    expect(page.locator(".pick-count")).to_have_text("5 picked")
    assert page.url.endswith("?top=5") and picks(page) == best
    page.get_by_role("button", name="Make a ranking").click()
    page.wait_for_url(re.compile(r"/projects/\d+/"))
    expect_entries(page, best)

    # Videos of their own for the page without scripts: those of the first are known to be gone by now.
    other = f"/search/{searched(studio_server, 5000, 9)}/?top=5"
    page.goto(other)
    best = picks(page)
    plain = browser.new_context(locale="en-US", base_url=studio_server.url, java_script_enabled=False)
    bare = plain.new_page()
    bare.goto(other)
    bare.get_by_role("button", name="Make a ranking").click()
    bare.wait_for_url(re.compile(r"/projects/\d+/"))
    expect_entries(bare, best)
    plain.close()


PLAYS = "video => !video.paused && video.muted && video.loop && video.currentTime > 0.1"


@pytest.mark.long
def test_a_video_that_is_here_plays_while_one_points_at_it_and_the_cover_of_another_stays(visit, house):
    page = visit()
    page.goto(house.faces["search"])
    here, next_one = page.locator(".video-card[data-src]").nth(0), page.locator(".video-card[data-src]").nth(1)
    later = page.locator(".video-card:not([data-src])").filter(has=page.locator(".poster img")).first
    playing = page.locator(".poster video")
    for point in (lambda card: card.hover(), lambda card: card.locator(".pick input").focus()):
        point(here)
        expect(here.locator(".poster video")).to_have_count(1)
        page.wait_for_function(PLAYS, arg=here.locator(".poster video").element_handle())
        point(next_one)
        expect(here.locator(".poster video")).to_have_count(0)
        expect(next_one.locator(".poster video")).to_have_count(1)
        point(later)
        expect(playing).to_have_count(0)
        shown = later.locator(".poster img")
        expect(shown).to_be_visible()
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=shown.element_handle())


@pytest.mark.long
def test_nothing_plays_by_itself_for_those_who_asked_for_less_motion(visit, house):
    page = visit(reduced_motion="reduce")
    page.goto(house.faces["search"])
    page.locator(".video-card[data-src]").first.hover()
    page.wait_for_timeout(300)
    expect(page.locator(".poster video")).to_have_count(0)
