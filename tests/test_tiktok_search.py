"""TikTok's web search: what is sent, how its pages follow, and what each way of not answering is called."""

import json

import pytest

from scraping.providers import asking, provider
from scraping.providers import tiktok_web as web
from scraping.providers.asking import Answer
from scraping.providers.base import ProviderError, Query
from scraping.providers.tiktok import Tiktok
from scraping.standin.tiktok import page
from tests.standin import StandIn, refusal

LOGIN = ".tiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tof-the-stand-in\n"
ITEM, GENERAL = "/api/search/item/full/", "/api/search/general/full/"


@pytest.fixture(autouse=True)
def waits(monkeypatch) -> list[float]:
    """The pauses before another try, which nobody waits for here."""
    found: list[float] = []
    monkeypatch.setattr(asking, "sleep", found.append)
    return found


@pytest.fixture
def tiktok(options) -> Tiktok:
    """TikTok as asked by somebody who is logged in."""
    return logged_in(options)


def logged_in(options, cookies: str = LOGIN) -> Tiktok:
    return Tiktok(type(options)(**{**vars(options), "cookies_text": cookies}))


def answer(body: object = b"", status: int = 200, **headers: str) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name if name.startswith("tt_") else name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, data)


VIDEO = {"id": "7234567890123456789", "desc": "춤"}


@pytest.mark.parametrize(
    ("found", "as_guest", "with_login"),
    [
        (answer(b"captcha", 429), "rate_limited", "rate_limited"),
        (answer(b"<html><div id='captcha'></div></html>", 403), "verification", "verification"),
        (answer(b"<html>Please wait...</html>", 503), "verification", "verification"),
        (answer({"statusCode": 10000}), "verification", "verification"),
        (answer({"statusCode": 10000, "item_list": [VIDEO]}), "verification", "verification"),
        (answer({"status_code": 0, "item_list": [VIDEO]}, bdturing_verify="{}"), "verification", "verification"),
        (answer({"statusCode": 10000, "verify_event": {"type": "slide"}}), "verification", "verification"),
        (answer({"verify_event": {"type": "slide"}}), "verification", "verification"),
        (answer({"statusCode": -2}), "verification", "verification"),
        (answer(b"<html><div id='captcha'></div></html>"), "verification", "verification"),
        (answer(b"<html>Please wait...</html>"), "verification", "verification"),
        (answer(b""), "verification", "blocked"),
        (answer(b"", tt_orcas_res="1"), "verification", "blocked"),
        (answer({"status_code": 0}, tt_orcas_res="1"), "verification", "blocked"),
        (answer({"status_code": 2483, "status_msg": "Please login your account first"}), "login_required", None),
        (answer(b"", 302, location="https://www.tiktok.com/login?x"), "login_required", None),
        (answer(b"<h1>Access Denied</h1>", 403), "blocked", None),
        (answer(b"", 503), "blocked", None),
        (answer(b"<html></html>", x_tt_system_error="3"), "blocked", None),
        (answer(b"<html></html>", 500), "network", None),
        (answer(b"<html>TikTok - Make Your Day</html>"), "bad_response", None),
        (answer(b"[]"), "bad_response", None),
        (answer(b"[" * 100_000), "bad_response", None),
        (answer({"status_code": 0, "results": []}), "bad_response", None),
        (answer({"status_code": 10101, "item_list": []}), "bad_response", None),
        (answer({"status_code": 10201}), "bad_response", None),
        (answer({"status_code": -1, "item_list": []}), "bad_response", None),
        (answer({"status_code": 2483, "item_list": []}), "login_required", None),
        (answer({"status_code": 0, "item_list": [VIDEO]}, 403), "blocked", None),
        (answer({"item_list": None}), "bad_response", None),
    ],
)
def test_each_way_of_refusing_has_its_kind(found, as_guest, with_login):
    for login, kind in ((False, as_guest), (True, with_login or as_guest)):
        refused = web.refusal(found, login=login)
        assert (refused and refused.kind, login) == (kind, login)
        assert refused.message.endswith(".")


@pytest.mark.parametrize(
    "found",
    [
        answer({"status_code": 0, "item_list": [VIDEO]}),
        answer({"status_code": 203, "data": [{"type": 1, "item": VIDEO}]}),  # as recorded in 2022
        answer({"status_code": 0, "item_list": [VIDEO]}, tt_orcas_res="1"),
        answer({"status_code": 2483, "item_list": [VIDEO]}),
        answer({"status_code": 0, "item_list": [VIDEO]}, x_tt_system_error="3"),
        answer({"status_code": 10101, "itemList": [VIDEO]}),
        answer({"status_code": 0, "has_more": 0, "cursor": 0, "extra": {}}),
        answer({"statusCode": 0, "itemList": [], "hasMore": False}),
    ],
)
def test_usable_items_win_and_nothing_is_believed_only_where_it_is_said(found):
    assert web.refusal(found, login=True) is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"status_code": 0, "results": []}, web.NO_LIST),
        ({"status_code": 0, "item_list": [{"vid": "7234567890123456789", "text": "춤"}], "has_more": 0}, web.NO_IDS),
        ({"status_code": 0, "item_list": [{**VIDEO, "id": 0}, None], "has_more": 0}, web.NO_IDS),
        ({"status_code": 0, "data": [{"type": 1, "new": {"id": "7234567890123456789"}}], "has_more": 0}, web.NO_IDS),
        ({"status_code": 0, "item_list": [], "data": [], "has_more": 1, "cursor": 12}, web.NONE_BUT_MORE),
        ({"status_code": 0, "data": [{"type": 4, "user_list": [{}]}], "has_more": 1, "cursor": 12}, web.NONE_BUT_MORE),
    ],
)
def test_what_cannot_be_read_is_not_nothing_and_what_is_missing_is_named(site: StandIn, tiktok, body, message):
    for path in (ITEM, GENERAL):
        site.answers["www.tiktok.com" + path] = (200, {}, json.dumps(body).encode())

    assert refusal(lambda: tiktok.search(Query("춤"))) == ("bad_response", message)


def test_more_that_is_only_said_ends_the_pages_after_the_first(site: StandIn, tiktok):
    first = tiktok.search(Query("춤"))
    body = {"status_code": 0, "item_list": [], "has_more": 1, "cursor": 24}
    site.answers["www.tiktok.com" + ITEM] = (200, {}, json.dumps(body).encode())

    assert tiktok.search(Query("춤"), first.next_cursor).posts == ()


def test_a_hashtag_or_an_account_without_a_readable_video_is_not_empty(site: StandIn, options):
    odd = json.dumps({"statusCode": 0, "itemList": [{"vid": "1", "text": "x"}], "hasMore": False}).encode()
    site.answers["www.tiktok.com/api/challenge/item_list/"] = (200, {}, odd)
    site.answers["www.tiktok.com/api/creator/item_list/"] = (200, {}, odd)
    for words in ("#춤", "@mina.moves"):
        assert refusal(lambda words=words: Tiktok(options).search(Query(words))) == ("bad_response", web.NO_IDS)
    none = json.dumps({"statusCode": 0, "itemList": [], "hasMorePrevious": True}).encode()
    site.answers["www.tiktok.com/api/creator/item_list/"] = (200, {}, none)
    assert refusal(lambda: Tiktok(options).search(Query("@mina.moves"))) == ("not_found", web.NONE_LATELY)
    site.answers["www.tiktok.com/api/challenge/detail/"] = (200, {}, b'{"statusCode": 0, "challengeInfo": {"x": 1}}')
    assert refusal(lambda: Tiktok(options).search(Query("#춤"))) == ("bad_response", web.NO_TAG)


def test_a_site_that_says_nothing_at_all_is_given_up(site: StandIn, tiktok, options):
    hasty = Tiktok(type(options)(**{**vars(tiktok.options), "timeout": 0.3}))

    assert refusal(lambda: hasty.search(Query("춤 !hang"))) == ("network", web.UNREACHED)
    assert len(site.requests) == 3


def test_each_request_has_its_hosts_turn_and_gives_it_back_whatever_comes(site: StandIn, tiktok):
    taken: list[str] = []

    def turn(host: str):
        taken.append(host)
        return lambda: taken.append("back")

    tiktok.turn = turn
    tiktok.search(Query("춤"))
    refusal(lambda: tiktok.search(Query("춤 !reset")))

    assert taken == ["www.tiktok.com", "back"] * 4


def test_a_refusal_tells_a_guest_of_cookies_and_a_session_that_it_may_have_expired():
    guest, session = (web.refusal(answer({"statusCode": -2}), login=login) for login in (False, True))

    assert guest.message == (
        "TikTok asks for verification. Add the cookies of a logged-in TikTok session, or choose another source."
    )
    assert session.message == (
        "TikTok refused this session. Its cookies may have expired: export them again while logged in."
    )


def test_pages_follow_by_their_search_id_until_there_are_no_more(site: StandIn, tiktok):
    ids, cursor, sizes = [], None, []
    while True:
        first = tiktok.search(Query("춤"), cursor)
        sizes.append(len(first.posts))
        ids += [post.external_id for post in first.posts]
        cursor = first.next_cursor
        if cursor is None:
            break

    assert sizes == [12, 14, 14, 6]  # two of each page before come again
    assert len(set(ids)) == len(site.find("춤")) == 40
    asked = [request.query for request in site.requests]
    assert [query["offset"] for query in asked] == ["0", "12", "24", "36"]
    assert "search_id" not in asked[0] and len({query["search_id"] for query in asked[1:]}) == 1


def test_numbers_authors_and_times_are_the_sources_own(site: StandIn, tiktok):
    post = tiktok.search(Query("춤")).posts[0]
    facts = site.known[post.external_id]

    assert (post.play_count, post.like_count, post.author) == (facts.plays, facts.likes, facts.handle)
    assert post.published_at.timestamp() == facts.created
    assert post.url == f"https://www.tiktok.com/@{facts.handle}/video/{facts.id}"


def test_an_advertisement_is_left_out_with_its_reason(tiktok):
    first = tiktok.search(Query("춤"))

    assert [item.reason for item in first.skipped] == ["This is an advertisement."]


def test_what_is_sent_is_what_a_browser_sends(site: StandIn, tiktok):
    tiktok.search(Query("춤"))
    query, headers = site.requests[0].query, site.requests[0].headers

    assert len(query["device_id"]) == 19 and query["device_id"].isdigit() and query["keyword"] == "춤"
    assert headers["user-agent"] == f"Mozilla/{query['browser_version']}"
    assert query["msToken"] == "" and query["aid"] == "1988"
    again = logged_in(tiktok.options)
    again.search(Query("춤"))
    assert site.requests[1].query["device_id"] == query["device_id"]


def test_a_guests_keyword_is_not_asked_for_at_all(site: StandIn, options):
    kind, message = refusal(lambda: Tiktok(options).search(Query("춤")))

    assert kind == "login_required" and "cookies" in message
    assert site.connects == []


def test_a_visitors_cookies_are_tried_and_refused_as_a_guest_is(site: StandIn, options):
    visitor = logged_in(options, ".tiktok.com\tTRUE\t/\tTRUE\t0\tttwid\tx\n")

    assert refusal(lambda: visitor.search(Query("춤")))[0] == "verification"


def test_cookies_go_to_tiktok_only_over_https_and_no_redirect_is_followed(site: StandIn, options):
    jar = (
        LOGIN
        + "#HttpOnly_www.tiktok.com\tFALSE\t/\tFALSE\t0\tsid_tt\tmine\n"
        + ".evil.example\tTRUE\t/\tTRUE\t0\tsessionid\tother\n"
        + ".nottiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tother\n"
        + ".tiktok.com\tTRUE\t/\tTRUE\t1000\told\texpired\n"
    )
    site.redirects |= {f"www.tiktok.com{path}": "https://evil.example/steal" for path in (ITEM, GENERAL)}

    kind, _ = refusal(lambda: logged_in(options, jar).search(Query("춤")))

    assert kind == "bad_response"
    assert set(site.connects) == {"www.tiktok.com:443"}
    sent = site.requests[0].cookies()
    assert sent == {"sessionid": "of-the-stand-in", "sid_tt": "mine"}
    assert all(cookie.secure for cookie in web.jar_of(jar))


def test_the_general_search_is_asked_where_the_one_for_videos_gives_nothing_usable(site: StandIn, tiktok):
    site.answers["www.tiktok.com" + ITEM] = (200, {}, b'{"status_code": 0, "results": {}}')
    first = tiktok.search(Query("춤"))
    following = tiktok.search(Query("춤"), first.next_cursor)

    assert len(first.posts) == 12 and following.posts
    assert [request.path for request in site.requests] == [ITEM, GENERAL, GENERAL]


def test_a_recorded_answer_with_status_203_is_read(site: StandIn, tiktok, testdata):
    recorded = (testdata / "tiktok" / "web-search-general-full-2022-09.json").read_bytes()
    empty = (testdata / "tiktok" / "synthetic-web-search-empty.json").read_bytes()
    site.answers |= {"www.tiktok.com" + GENERAL: (200, {}, recorded), "www.tiktok.com" + ITEM: (200, {}, empty)}
    first = tiktok.search(Query("x"))

    assert len(first.posts) == 12 and first.next_cursor.startswith("general:12:")


def test_nothing_found_is_an_empty_page_where_both_searches_say_so(site: StandIn, tiktok):
    first = tiktok.search(Query("춤 !none"))

    assert (first.posts, first.next_cursor) == ((), None)
    assert [request.path for request in site.requests] == [ITEM, GENERAL]


def test_a_hashtag_is_listed_by_its_number_also_for_a_guest(site: StandIn, options):
    first = Tiktok(options).search(Query("#춤"))
    second = Tiktok(options).search(Query("#춤"), first.next_cursor)

    assert (len(first.posts), len(second.posts), second.next_cursor) == (30, 10, None)
    assert [request.path for request in site.requests].count("/api/challenge/detail/") == 1


def test_a_hashtag_that_is_not_there_is_no_result_and_no_error(site: StandIn, options):
    gone = b'{"statusCode": 10202, "statusMsg": "not found"}'
    site.answers["www.tiktok.com/api/challenge/detail/"] = (200, {}, gone)

    assert Tiktok(options).search(Query("#없음")).posts == ()


def test_a_creators_videos_come_newest_first_page_by_page(site: StandIn, options):
    cursor, stamps = None, []
    for _ in range(10):
        first = Tiktok(options).search(Query("@mina.moves"), cursor)
        assert {post.author for post in first.posts} == {"mina.moves"}
        stamps += [post.published_at.timestamp() for post in first.posts]
        cursor = first.next_cursor
        if cursor is None:
            break

    assert cursor is None
    assert stamps == [facts.created for facts in site.by("mina.moves")]


def test_a_creator_who_is_not_there_is_told(site: StandIn, options):
    site.answers["www.tiktok.com/@nobody"] = (200, {}, page({"webapp.user-detail": {"statusCode": 10221}}))

    assert refusal(lambda: Tiktok(options).search(Query("@nobody"))) == ("not_found", web.NO_ACCOUNT)


def test_what_breaks_off_is_asked_twice_more_with_growing_pauses(site: StandIn, tiktok, waits):
    assert refusal(lambda: tiktok.search(Query("춤 !reset"))) == ("network", web.UNREACHED)
    assert len(site.requests) == 3
    assert len(waits) == 2 and 0 < waits[0] < waits[1] + 0.7


def test_a_short_pause_that_tiktok_asks_for_is_kept_once(site: StandIn, tiktok, waits):
    with pytest.raises(ProviderError) as refused:
        tiktok.search(Query("춤 !429"))

    assert (refused.value.kind, refused.value.retry_after) == ("rate_limited", 7.0)
    assert waits == [7.0] and len(site.requests) == 2


@pytest.mark.parametrize("word", ["captcha", "2483", "login", "403", "empty"])
def test_a_refusal_is_never_asked_again(site: StandIn, tiktok, waits, word):
    refusal(lambda: tiktok.search(Query(f"춤 !{word}")))

    assert len(site.requests) == 1 and waits == []


def test_an_answer_without_end_is_given_up(site: StandIn, tiktok, monkeypatch):
    monkeypatch.setattr(asking, "MAX_BYTES", 1000)

    assert refusal(lambda: tiktok.search(Query("춤")))[0] == "network"
    assert len(site.requests) == 1


def test_a_proxy_that_is_none_is_told_before_anything_is_sent(options):
    broken = type(options)(proxy="socks5://x", cookies_text=LOGIN)

    assert refusal(lambda: Tiktok(broken).search(Query("춤"))) == ("network", asking.BAD_PROXY)


def test_the_registry_gives_tiktok_what_it_needs(options):
    assert isinstance(provider("tiktok", options), Tiktok)
    assert provider("tiktok", options).options is options
