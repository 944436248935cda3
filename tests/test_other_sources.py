"""tikwm and YouTube as sources: their pages, their numbers, and what each way of not answering is called."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from scraping.fetch import FetchOptions
from scraping.providers import asking, tikwm, youtube, youtube_api
from scraping.providers.base import Post, ProviderError, Query
from scraping.providers.tikwm import Tikwm
from scraping.providers.youtube import CHANGED, WITHOUT_KEY, Youtube
from tests.standin import PICTURES, StandIn, refusal

INNERTUBE = "www.youtube.com/youtubei/v1/search"
DATA_API = "www.googleapis.com/youtube/v3/"


@pytest.fixture(autouse=True)
def waits(monkeypatch) -> list[float]:
    """The pauses before another try, which nobody waits for here."""
    found: list[float] = []
    monkeypatch.setattr(asking, "sleep", found.append)
    return found


@pytest.fixture
def keyed(options) -> Youtube:
    """YouTube with a key of the Data API."""
    source = Youtube(options)
    source.key = "secret-key"
    return source


def test_tikwm_gives_tiktok_posts_with_their_numbers_page_by_page(site: StandIn, options):
    first = Tikwm(options).search(Query("춤"))
    site.tikwm_asked = 0.0  # a second later
    second = Tikwm(options).search(Query("춤"), first.next_cursor)
    post = first.posts[0]
    facts = site.known[post.external_id]

    assert (len(first.posts), len(second.posts), second.next_cursor) == (30, 10, None)
    assert (post.source, post.author, post.play_count) == ("tiktok", facts.handle, facts.plays)
    assert post.cover_url.startswith(f"https://{PICTURES}/")  # and not tikwm's own, which gives one a second
    assert site.requests[0].query == {"keywords": "춤", "count": "30", "cursor": "0", "hd": "1"}


def test_a_recorded_answer_of_tikwm_is_read(site: StandIn, options, testdata):
    recorded = (testdata / "tiktok" / "tikwm-SearchVideoByKeywords.json").read_bytes()
    site.answers["www.tikwm.com/api/feed/search"] = (200, {}, recorded)
    page = Tikwm(options).search(Query("x"))

    assert [post.external_id for post in page.posts] == ["7029978737823272193"]
    assert page.next_cursor == str(json.loads(recorded)["data"]["cursor"])


@pytest.mark.parametrize(
    ("word", "kind", "message"),
    [
        ("tikwm-limit", "rate_limited", tikwm.RATE_LIMITED),
        ("tikwm-day", "quota", tikwm.QUOTA),
        ("tikwm-parse", "bad_response", tikwm.CHANGED),
        ("tikwm-html", "blocked", tikwm.BLOCKED),
        ("tikwm-wait", "blocked", tikwm.BLOCKED),
    ],
)
def test_tikwms_one_error_code_is_told_apart_by_its_words(options, word, kind, message):
    assert refusal(lambda: Tikwm(options).search(Query(f"춤 !{word}"))) == (kind, message)


def test_tikwm_is_asked_once_more_after_its_second(site: StandIn, options, waits):
    refusal(lambda: Tikwm(options).search(Query("춤 !tikwm-limit")))

    assert (len(site.requests), waits) == (2, [1.1])


def test_tikwms_empty_list_is_no_result(options):
    assert Tikwm(options).search(Query("춤 !tikwm-none")).posts == ()


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("tikwm-changed", tikwm.NO_LIST),
        ("renamed-keys", tikwm.NO_IDS),
        ("tikwm-more", tikwm.NONE_BUT_MORE),
    ],
)
def test_what_of_tikwm_cannot_be_read_is_not_nothing_and_what_is_missing_is_named(options, word, message):
    assert refusal(lambda: Tikwm(options).search(Query(f"춤 !{word}"))) == ("bad_response", message)


def test_shorts_come_with_what_their_tiles_tell_and_nothing_else(site: StandIn, options):
    found = Youtube(options).search(Query("춤"))
    post = found.posts[0]
    title = site.find("춤")[0].caption

    assert (len(found.posts), found.next_cursor) == (30, "shorts:30")
    assert post == Post(
        source="youtube",
        external_id=post.external_id,
        url=f"https://www.youtube.com/shorts/{post.external_id}",
        caption=title,
        cover_url=f"https://i.ytimg.com/vi/{post.external_id}/hqdefault.jpg",
        play_count=3_100_000_000,
        rounded=True,
    )
    assert {host.rpartition(":")[0] for host in site.connects} == {"www.youtube.com"}


def test_shorts_on_their_shelf_are_found_too(site: StandIn, options):
    """Where the page itself has them, and where yt-dlp of 2026.10.26 does not look."""
    site.answers[INNERTUBE] = (200, {}, json.dumps(results(shelf("abcdefghij1"), shelf("abcdefghij2"))).encode())
    found = Youtube(options).search(Query("x"))

    assert [(post.external_id, post.play_count) for post in found.posts] == [
        ("abcdefghij1", 1_200_000),
        ("abcdefghij2", 1_200_000),
    ]


def results(*contents: dict[str, Any]) -> dict[str, Any]:
    """An innertube answer with these in its one section."""
    sections = {"sectionListRenderer": {"contents": [{"itemSectionRenderer": {"contents": list(contents)}}]}}
    return {"contents": {"twoColumnSearchResultsRenderer": {"primaryContents": sections}}, "estimatedResults": "2"}


def shelf(video: str) -> dict[str, Any]:
    tile = {
        "entityId": f"shorts-shelf-item-{video}",
        "onTap": {"innertubeCommand": {"reelWatchEndpoint": {"videoId": video}}},
        "overlayMetadata": {"primaryText": {"content": "t"}, "secondaryText": {"content": "1.2M views"}},
    }
    return {"gridShelfViewModel": {"contents": [{"shortsLockupViewModel": tile}]}}


def test_videos_are_asked_for_where_there_are_no_shorts_and_long_and_live_ones_are_left_out(site: StandIn, options):
    row = {"videoId": "abcdefghij1", "title": {"runs": [{"text": "짧은 춤"}]}, "lengthText": {"simpleText": "0:45"}}
    row |= {"viewCountText": {"simpleText": "1,234,567 views"}, "ownerText": {"runs": [{"text": "채널"}]}}
    long = {**row, "videoId": "abcdefghij2", "lengthText": {"simpleText": "1:10:45"}}
    live = {**row, "videoId": "abcdefghij3", "thumbnailOverlays": [overlay("LIVE")]}
    rows = [{"videoRenderer": each} for each in (row, long, live)]
    site.answers[INNERTUBE] = (200, {}, json.dumps(results(*rows)).encode())
    found = Youtube(options).search(Query("x"), "videos:0")

    assert [(post.author_name, post.duration, post.play_count, post.rounded) for post in found.posts] == [
        ("채널", 45.0, 1_234_567, False)
    ]
    assert [item.reason for item in found.skipped] == [
        "The video is longer than this studio takes.",
        "This is a live broadcast.",
    ]


def test_rows_of_youtube_without_ids_are_not_nothing(site: StandIn, options):
    row = {"videoId": "abc", "title": {"runs": [{"text": "짧은 춤"}]}, "lengthText": {"simpleText": "0:45"}}
    site.answers[INNERTUBE] = (200, {}, json.dumps(results({"videoRenderer": row})).encode())

    assert refusal(lambda: Youtube(options).search(Query("x"), "videos:0")) == ("bad_response", youtube.NO_IDS)


def overlay(style: str) -> dict[str, Any]:
    return {"thumbnailOverlayTimeStatusRenderer": {"style": style}}


def test_no_result_of_youtube_is_believed_only_where_it_says_so(site: StandIn, options):
    assert Youtube(options).search(Query("춤 !youtube-none")).posts == ()
    site.answers[INNERTUBE] = (200, {}, json.dumps({**results({"newRenderer": {}})}).encode())

    assert refusal(lambda: Youtube(options).search(Query("x"))) == ("bad_response", CHANGED)


@pytest.mark.parametrize(("word", "kind"), [("youtube-429", "rate_limited"), ("youtube-502", "network")])
def test_youtube_refuses_in_its_own_name(site: StandIn, options, word, kind):
    if word == "youtube-502":
        site.answers[INNERTUBE] = (502, {}, b"")
    told, message = refusal(lambda: Youtube(options).search(Query(f"춤 !{word}")))

    assert told == kind and message.startswith("YouTube ") and "TikTok" not in message


def test_youtube_that_is_not_there_is_not_reached():
    nobody = FetchOptions(proxy="http://127.0.0.1:9", timeout=5)

    assert refusal(lambda: Youtube(nobody).search(Query("춤"))) == (
        "network",
        "YouTube could not be reached. Check the connection and try again.",
    )


def test_words_that_look_like_options_or_addresses_stay_words(site: StandIn, options):
    for words in ("https://evil.example/", "-o x&sp=EgIQAg"):
        site.requests.clear()
        Youtube(options).search(Query(words))
        asked = [json.loads(request.body) for request in site.requests if request.body]
        assert {body.get("query") for body in asked} <= {words, None} and asked, words
        assert {request.host for request in site.requests} == {"www.youtube.com"}


SEARCHED = {"items": [{"id": {"kind": "youtube#video", "videoId": "abcdefghij1"}}, {"id": {"channelId": "x"}}, None]}
TOLD = {
    "items": [
        {
            "id": "abcdefghij1",
            "snippet": {"title": "춤 🔥", "channelTitle": "채널", "publishedAt": "2026-11-01T00:00:00Z"},
            "contentDetails": {"duration": "PT1M5S"},
            "statistics": {"viewCount": "3000000001", "likeCount": "0"},
        }
    ]
}


def test_the_data_api_gives_exact_numbers_and_its_key_stands_in_no_address(site: StandIn, keyed):
    found = json.dumps({**SEARCHED, "nextPageToken": "CAUQAA"}).encode()
    site.answers |= {DATA_API + "search": (200, {}, found), DATA_API + "videos": (200, {}, json.dumps(TOLD).encode())}
    page = keyed.search(Query("춤"))

    assert page.posts == (
        Post(
            source="youtube",
            external_id="abcdefghij1",
            url="https://www.youtube.com/shorts/abcdefghij1",
            author_name="채널",
            caption="춤 🔥",
            cover_url="https://i.ytimg.com/vi/abcdefghij1/hqdefault.jpg",
            duration=65.0,
            published_at=datetime(2026, 11, 1, tzinfo=UTC),
            play_count=3_000_000_001,
            like_count=0,
        ),
    )
    assert page.next_cursor == "api:CAUQAA" and keyed.units == 101
    for request in site.requests:
        assert request.headers["x-goog-api-key"] == "secret-key" and "secret-key" not in str(request.query)


@pytest.mark.parametrize(
    ("found", "told", "message"),
    [
        ({"items": [{"id": {"newId": "abcdefghij1"}}]}, TOLD, youtube_api.NO_IDS),
        ({"results": []}, TOLD, youtube_api.NO_ITEMS),
        (SEARCHED, {"items": []}, youtube_api.NONE_TOLD),
    ],
)
def test_what_of_the_data_api_cannot_be_read_is_not_nothing(site: StandIn, keyed, found, told, message):
    for name, body in (("search", found), ("videos", told)):
        site.answers[DATA_API + name] = (200, {}, json.dumps(body).encode())

    assert refusal(lambda: keyed.search(Query("춤"))) == ("bad_response", message)


def test_the_data_api_without_items_has_found_nothing(site: StandIn, keyed):
    site.answers[DATA_API + "search"] = (200, {}, b'{"items": [], "pageInfo": {"totalResults": 0}}')

    assert keyed.search(Query("춤")).posts == () and keyed.units == 100


def error(reason: str, status: int) -> tuple[int, dict[str, str], bytes]:
    body = {"error": {"code": status, "message": "…", "errors": [{"reason": reason, "domain": "youtube"}]}}
    return status, {}, json.dumps(body).encode()


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error("rateLimitExceeded", 403), "rate_limited"),
        (error("backendError", 503), "network"),
        ((429, {}, b"{}"), "rate_limited"),
        ((200, {}, b"<html>"), "bad_response"),
        ((200, {}, b'{"items": null}'), "bad_response"),
    ],
)
def test_the_data_apis_refusals_have_their_kinds(site: StandIn, keyed, reply, kind):
    site.answers[DATA_API + "search"] = reply

    assert refusal(lambda: keyed.search(Query("춤")))[0] == kind


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error("quotaExceeded", 403), "quota"),
        (error("keyInvalid", 400), "credentials"),
    ],
)
def test_a_key_that_is_used_up_or_refused_is_said_and_youtube_is_asked_as_a_visitor(
    site: StandIn, keyed, options, reply, kind
):
    site.answers[DATA_API + "search"] = reply
    page = keyed.search(Query("춤"))

    assert (len(page.posts), page.note, page.next_cursor) == (30, WITHOUT_KEY, "shorts:30")
    with pytest.raises(ProviderError) as refused:
        youtube_api.Api("secret-key", options).search("춤")
    assert refused.value.kind == kind
