"""In a real browser: a page that is TikTok's by its address, the bookmark and the script, and the studio's results."""

import json
import re
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.studio import Studio
from tests.ways import DESKTOP, PHONE

pytestmark = pytest.mark.browser
SEARCH = "https://www.tiktok.com/search/video?q=%EC%B6%A4"
STRICT = "default-src 'self'; script-src 'self' 'unsafe-inline'; connect-src 'self'"

# The page as TikTok builds it: it asks its own API, then draws a card for each post; React's data hang on the cards.
PAGE = """<!DOCTYPE html><title>춤 - TikTok</title><main id="list"></main><script>
const draw = (item) => {
  const card = document.createElement("div");
  card.innerHTML = `<a href="/@${item.author.uniqueId}/video/${item.id}"><img alt="${item.desc}"></a>
    <strong data-e2e="video-views">1.2M</strong><p data-e2e="search-card-video-caption">${item.desc}</p>`;
  if (FIBERS) card["__reactFiber$x1"] = { memoizedProps: {}, return: { memoizedProps: { item }, return: null } };
  document.querySelector("#list").append(card);
};
fetch("/api/search/item/full/?keyword=x&offset=0").then((answer) => answer.json()).then((body) => {
  body.item_list.forEach(draw);
  document.body.dataset.drawn = "1";
});
</script>"""


def post(number: int) -> dict[str, Any]:
    return {
        "id": str(7513039993741397200 + number),
        "desc": f"춤 {number} 🔥",
        "createTime": 1749265942 + number,
        "author": {"uniqueId": f"dancer.{number}", "nickname": f"댄서 {number}", "secUid": "MS4wLjABAAAAsecret"},
        "stats": {"playCount": 1_600_000, "diggCount": 38_900},
        "statsV2": {"playCount": str(1_585_253 + number), "diggCount": str(38_884 + number)},
        "video": {"duration": 10, "cover": "", "playAddr": "https://v16-webapp-prime.us.tiktok.com/secret"},
        "music": {"title": "original sound", "authorName": "x", "original": True, "playUrl": "https://x/secret"},
    }


# One of the two in `make test`, both in `make test-long`.
WAYS = [
    pytest.param(("ko-KR", DESKTOP), id="ko desk"),
    pytest.param(("en-US", PHONE), marks=pytest.mark.long, id="en phone"),
]


@pytest.fixture(params=WAYS)
def browser_context_args(request, browser_context_args):
    locale, size = request.param
    return browser_context_args | {"locale": locale, "viewport": size}


@pytest.fixture
def tiktok(context: BrowserContext):
    """Play www.tiktok.com in this browser; nothing of it leaves the machine."""

    def play(*, fibers: bool = True, policy: str = STRICT) -> None:
        def answer(route: Route) -> None:
            if "/api/search/item/full/" in route.request.url:
                body = {"status_code": 0, "item_list": [post(n) for n in range(30)], "has_more": 1, "cursor": 30}
                route.fulfill(json=body)
            else:
                headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
                route.fulfill(body=PAGE.replace("FIBERS", "true" if fibers else "false"), headers=headers)

        context.route("https://www.tiktok.com/**", answer)

    return play


def bookmark(context: BrowserContext, studio: Studio) -> str:
    """The code of the bookmark, as the studio's page hands it out."""
    page = context.new_page()
    page.goto(f"{studio.url}/capture/")
    href = page.locator("a.bookmark").get_attribute("href")
    page.close()
    assert href.startswith("javascript:")
    return unquote(href.removeprefix("javascript:"))


def seen(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(SEARCH)
    expect(page.locator("body[data-drawn]")).to_have_count(1)
    return page


def counts(studio: Studio) -> list[list[Any]]:
    """What the studio keeps of the newest capture: place by place, number, plays, likes, whether rounded."""
    code = (
        "import json; from scraping.models import Search;"
        "s = Search.objects.filter(source='capture').order_by('-created_at').first();"
        "print(json.dumps([s.query, [[v.external_id, v.play_count, v.like_count, v.rounded, v.author_name]"
        " for v in s.videos()]]))"
    )
    return json.loads(studio.shell(code))


def test_the_bookmark_brings_exact_numbers_through_the_studio_s_own_window(context, studio_server, tiktok):
    tiktok()
    code = bookmark(context, studio_server)
    page = seen(context)
    with context.expect_page() as opened:
        page.evaluate(code)
    window = opened.value
    window.wait_for_url(re.compile(r"/search/[0-9a-f-]{36}/"))

    expect(window.locator(".video-card[id]:not(.waiting)")).to_have_count(30)
    expect(window.locator("body")).to_contain_text("@dancer.7")
    query, kept = counts(studio_server)
    assert query == "춤"
    assert kept == [[str(7513039993741397200 + n), 1_585_253 + n, 38_884 + n, False, f"댄서 {n}"] for n in range(30)]


@pytest.mark.long
def test_where_a_page_shows_only_rounded_numbers_they_are_kept_as_rounded(context, studio_server, tiktok):
    tiktok(fibers=False)
    code = bookmark(context, studio_server)
    page = seen(context)
    with context.expect_page() as opened:
        page.evaluate(code)
    opened.value.wait_for_url(re.compile(r"/search/[0-9a-f-]{36}/"))

    _query, kept = counts(studio_server)
    assert len(kept) == 30 and {row[1] for row in kept} == {1_200_000} and all(row[3] for row in kept)


def test_the_bookmark_says_where_there_is_nothing_to_bring(context, studio_server, tiktok):
    tiktok()
    code = bookmark(context, studio_server)
    page = context.new_page()
    page.goto(f"{studio_server.url}/library/")
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.accept()))
    page.evaluate(code)

    assert len(said) == 1 and "tiktok.com" in said[0]


@pytest.mark.parametrize("policy", [pytest.param("default-src * 'unsafe-inline'", marks=pytest.mark.long), STRICT])
def test_the_script_brings_what_the_page_itself_loaded(context, studio_server, tiktok, policy):
    """Where the page's rules let it, by the address that takes captures; else through the studio's window."""
    tiktok(fibers=False, policy=policy)
    context.grant_permissions(["local-network-access"], origin="https://www.tiktok.com")
    script = context.request.get(f"{studio_server.url}/capture/studio.user.js").text()
    posts: list[dict[str, str]] = []
    context.on(
        "request", lambda r: posts.append(r.headers) if r.url.endswith("/take/") and r.method == "POST" else None
    )
    context.add_init_script(script)
    page = seen(context)
    button = page.locator("#ranking-studio button")
    expect(button).to_contain_text("(30)")
    with context.expect_page() as opened:
        button.click()
    opened.value.wait_for_url(re.compile(r"/search/[0-9a-f-]{36}/"))

    _query, kept = counts(studio_server)
    assert [row[1] for row in kept] == [1_585_253 + n for n in range(30)]
    assert not any(row[3] for row in kept)
    origin = "https://www.tiktok.com" if policy != STRICT else studio_server.url
    assert [sent.get("origin", studio_server.url) for sent in posts] == [origin]
    assert not any("cookie" in sent for sent in posts)
