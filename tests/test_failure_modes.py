"""All that is known to go wrong at the sources, a row each: what happens there, and what a person reads of it here."""

import html
import json
import re

import pytest
from django.urls import reverse
from django.utils import translation

from scraping import cookies, posts
from scraping import fetch_errors as told
from scraping.downloading import run_download, start_download
from scraping.models import Search
from scraping.providers import asking, tikwm
from scraping.providers import tiktok_web as web
from scraping.providers.base import Post
from scraping.searching import run_search, start_search
from scraping.shapes.answer import AD, LIVE, PEOPLE
from scraping.standin.items import PICTURES
from tests.clips import make_clip
from tests.standin import StandIn

pytestmark = pytest.mark.django_db
JAR = "# Netscape HTTP Cookie File\n.tiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tof-the-stand-in\n"
NOTHING = "Nothing was found."


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", size="288x512", seconds=1).read_bytes()


@pytest.fixture
def site(clip, settings, monkeypatch):
    """The studio reaches the stand-in and nothing else, and never sleeps."""
    monkeypatch.setattr(asking, "sleep", lambda seconds: None)
    settings.HOST_SPACING = 0
    with StandIn(clip) as site:
        settings.TIKTOK_PROXY, settings.TIKTOK_INSECURE_TLS = site.url, True
        yield site


@pytest.fixture
def searched(client, alice, site):
    """Search for something with a logged-in session, and read the page as a person does."""

    def search(keyword, source="tiktok", jar=JAR, limit=8, language="en"):
        if jar:
            cookies.keep(alice, jar)
        with translation.override(language):
            made = start_search(keyword, source, alice, limit)
        run_search(made.pk)
        return read(client, reverse("search", args=[made.pk]), language)

    return search


@pytest.fixture
def fetched(client, alice, site):
    """Fetch a post that has this fault, and read its page."""

    def fetch(mode, place=0):
        facts = site.find(f"!{mode} 춤")[place]
        (video,) = posts.store([Post("tiktok", facts.id, f"https://www.tiktok.com/@{facts.handle}/video/{facts.id}")])
        run_download(start_download(video, alice).pk, in_place=True)
        address = reverse("video", args=[video.pk])
        return read(client, address), read(client, address, "ko")

    return fetch


def read(client, address, language="en"):
    """Read a page as somebody of that language does."""
    with translation.override(language):  # what comes after is not told in the language of this request
        return words_of(client.get(address, headers={"Accept-Language": language}))


def korean(sentence):
    """What a sentence is in Korean; it is Korean indeed."""
    with translation.override("ko"):
        said = translation.gettext(sentence)
    assert said != sentence and re.search("[가-힣]", said), f"not translated: {sentence}"
    return said


def words_of(answer):
    """What stands in the main part of a page, without its tags."""
    assert answer.status_code == 200
    page = answer.content.decode()
    main = page[page.index("<main") :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


SEARCHES = [
    ("403", web.BLOCKED),
    ("429", web.RATE_LIMITED),
    ("503", web.BLOCKED),
    ("captcha", web.SESSION_REFUSED),
    ("bdturing", web.SESSION_REFUSED),
    ("wait", web.SESSION_REFUSED),
    ("-2", web.SESSION_REFUSED),
    ("empty", web.SESSION_REFUSED),
    ("2483", web.SESSION_REFUSED),
    ("login", web.SESSION_REFUSED),
    ("risk", web.BLOCKED),
    ("10000", web.SESSION_REFUSED),
    ("403-captcha", web.SESSION_REFUSED),
    ("503-captcha", web.SESSION_REFUSED),
    ("changed", web.NO_LIST),
    ("renamed-keys", web.NO_IDS),
    ("more", web.NONE_BUT_MORE),
    ("html", web.CHANGED),
    ("panic", web.CHANGED),
    ("10201", web.CHANGED),
    ("-1", web.CHANGED),
    ("reset", web.UNREACHED),
    ("broken", web.UNREACHED),
]


@pytest.mark.parametrize(("mode", "sentence"), SEARCHES)
def test_a_search_that_is_refused_says_why_and_never_that_there_is_nothing(searched, mode, sentence):
    page = searched(f"!{mode} 춤")
    assert sentence in page
    assert NOTHING not in page
    assert Search.objects.get().status == "failed"
    assert korean(sentence) in searched(f"!{mode} 춤", language="ko")


def test_a_search_without_cookies_asks_nothing_and_says_what_is_missing(searched, site):
    assert web.NEEDS_COOKIES in searched("춤", jar="")
    assert korean(web.NEEDS_COOKIES) in searched("춤", jar="", language="ko")
    assert site.seen == []


def test_a_session_that_is_over_is_said_to_be(searched):
    jar = JAR.replace("of-the-stand-in", "expired")
    assert web.SESSION_REFUSED in searched("춤", jar=jar)
    assert korean(web.SESSION_REFUSED) in searched("춤", jar=jar, language="ko")


def test_only_where_tiktok_itself_says_so_is_there_nothing(searched):
    assert NOTHING in searched("!none 춤")
    assert Search.objects.get().status == "done"


TIKWM = [
    ("tikwm-limit", tikwm.RATE_LIMITED),
    ("tikwm-day", tikwm.QUOTA),
    ("tikwm-parse", tikwm.CHANGED),
    ("tikwm-changed", tikwm.NO_LIST),
    ("renamed-keys", tikwm.NO_IDS),
    ("tikwm-more", tikwm.NONE_BUT_MORE),
    ("tikwm-html", tikwm.BLOCKED),
    ("tikwm-wait", tikwm.BLOCKED),
]


@pytest.fixture
def tikwm_is_on():
    from scraping import sources

    sources.switch("tikwm", True)


@pytest.mark.parametrize(("mode", "sentence"), TIKWM)
def test_tikwms_refusals_are_told_apart_by_their_words(searched, tikwm_is_on, mode, sentence):
    page = searched(f"!{mode} 춤", "tikwm")
    assert sentence in page
    assert NOTHING not in page
    assert korean(sentence) in searched(f"!{mode} 춤", "tikwm", language="ko")


def test_duplicates_across_pages_are_shown_once(searched):
    page = searched("춤", limit=30)
    assert "TikTok 30 found" in page and "27 videos for “춤”" in page  # three are re-uploads of others


def test_a_source_that_says_more_for_ever_is_not_asked_for_ever(searched, site):
    assert "12 videos for “!loop 춤”" in searched("!loop 춤", limit=30)
    assert len([path for _, host, path in site.seen if host == web.HOST]) == 2


def test_an_unusual_status_beside_usable_videos_does_not_hide_them(searched):
    assert "8 videos" in searched("!203 춤")


@pytest.mark.parametrize("mode", ["2483-rows", "risk-rows"])
def test_videos_that_come_beside_a_refusal_win(searched, mode):
    page = searched(f"!{mode} 춤")
    assert "8 videos" in page and "TikTok 8 found" in page and Search.objects.get().status == "done"


def test_advertisements_are_left_out_with_their_reason(searched):
    assert f"1 was left out 7000000000000000001 {AD}" in searched("춤")
    assert f"7000000000000000001 {korean(AD)}" in searched("춤", language="ko")


def test_people_and_live_shows_are_left_out_and_counted(searched, site):
    none = b'{"status_code": 0, "item_list": [], "has_more": 0}'
    site.answers["www.tiktok.com/api/search/item/full/"] = (200, {}, none)
    page = searched("춤", limit=8)
    assert "TikTok 8 found" in page and "2 were left out" in page and PEOPLE in page and LIVE in page
    page = searched("춤", limit=8, language="ko")
    assert korean(PEOPLE) in page and korean(LIVE) in page


def test_posts_that_nobody_may_see_are_left_out_with_their_reason(searched):
    page = searched("!hidden 춤")
    assert "5 were left out" in page  # with the advertisement
    assert page.count(told.PRIVATE) == 3 and page.count(told.GONE) == 1
    page = searched("!hidden 춤", language="ko")
    assert page.count(korean(told.PRIVATE)) == 3 and page.count(korean(told.GONE)) == 1


def test_what_was_left_out_is_told_also_where_nothing_is_left(searched, site):
    row = {"id": "7234567890123456789", "desc": "x", "createTime": 1, "author": {}, "video": {}, "isAd": True}
    only = json.dumps({"status_code": 0, "item_list": [row], "data": [], "has_more": 0}).encode()
    for path in ("item", "general"):
        site.answers[f"www.tiktok.com/api/search/{path}/full/"] = (200, {}, only)
    page = searched("춤")
    assert NOTHING in page and f"1 was left out 7234567890123456789 {AD}" in page


def test_captions_of_all_kinds_have_a_title_that_is_cut_between_letters(searched, client):
    family = "👩‍👩‍👧‍👦"
    page = searched("!words 춤")
    assert "(no description)" in page and "unknown creator" in page
    assert f" {family * 60} " in page and f" {('아주 긴 설명 ' * 9)[:60].strip()} " in page
    assert "\u202e" not in page and "\u2066" not in page
    page = searched("!words 춤", language="ko")
    assert korean("(no description)") in page and korean("unknown creator") in page


def test_odd_rows_cost_only_themselves(searched, site):
    page = searched("!odd 춤")
    assert "1.2M" in page and "8 videos" in page
    assert "\u202e" not in page and "널문자 😀뒤집힌" in page
    assert "left out" in page


def test_a_count_of_nothing_is_0_and_an_unknown_one_is_not_told(client):
    (video,) = posts.store([Post("tiktok", "12345678", "https://www.tiktok.com/@a/video/12345678", like_count=0)])
    page = words_of(client.get(reverse("video", args=[video.pk])))
    assert re.search(r"likes 0\b", page) and "shares" not in page and "plays" not in page


def test_numbers_beyond_32_bits_are_shown_whole(searched):
    assert "3.1B" in searched("춤")


def test_a_cover_that_is_gone_leaves_a_card_without_a_picture(searched, client, site):
    site.redirects |= {f"{PICTURES}/obj/standin/{f.id}.jpeg": f"https://{PICTURES}/gone" for f in site.find("춤")}
    assert "8 videos" in searched("춤")
    page = client.get(Search.objects.get().get_absolute_url()).content.decode()
    assert page.count('<span class="blank">') == 8 and "/cover/" not in page


@pytest.mark.parametrize(
    "cover", ["https://p16-sign-va.tiktokcdn.com/a\nb", "https://[::1", "https://p16.tiktokcdn.com/\t"]
)
def test_a_cover_that_is_no_address_costs_only_itself(searched, site, cover):
    first, second, *_ = site.find("춤")
    site.items[first.id]["video"] = {**site.items[first.id]["video"], "cover": cover}
    assert "8 videos" in searched("춤")
    assert Search.objects.get().status == "done"
    without = {video.external_id for video in Search.objects.get().found.filter(cover="")}
    assert first.id in without and second.id not in without


POSTS = [
    ("removed", told.GONE),
    ("geo", told.GEO),
    ("taken-down", told.GONE),
    ("private", told.PRIVATE),
    ("private-account", told.PRIVATE),
    ("age", told.AGE),
    ("photo", told.NO_VIDEO),
    ("long", told.TOO_LONG),
    ("hvc1", told.NO_FORMAT),
    ("vvc", told.NO_FORMAT),
    ("page-403", told.BLOCKED),
    ("page-429", told.RATE_LIMITED),
    ("page-404", told.GONE),
    ("page-502", told.SITE_DOWN),
    ("page-empty", told.VERIFICATION),
    ("page-wait", told.VERIFICATION),
    ("page-captcha", told.VERIFICATION),
    ("page-panic", told.SITE_DOWN),
    ("page--1", told.SITE_DOWN),
    ("page-10201", told.GONE),
    ("page-new", told.VERIFICATION),
    ("waf-bare", told.VERIFICATION),
    ("page-login", told.LOGIN),
    ("waf-broken", told.VERIFICATION),
    ("media-403", told.MEDIA_REFUSED),
    ("media-html", told.NOT_MEDIA),
    ("media-huge", told.TOO_LARGE),
    ("media-inside", told.REFUSED_ADDRESS),
]


@pytest.mark.parametrize(("mode", "sentence"), POSTS)
def test_a_post_that_cannot_be_fetched_says_why(fetched, mode, sentence):
    page, in_korean = fetched(mode)
    assert sentence in page and korean(sentence) in in_korean


PATIENT = [
    ("page-reset", told.NETWORK),
    ("media-reset", told.NETWORK),
    ("media-half", told.NETWORK),
    ("media-cut", "The video is damaged or cut off."),
]


@pytest.mark.parametrize(("mode", "sentence"), PATIENT)
def test_what_breaks_off_is_asked_for_again_before_it_is_told(fetched, mode, sentence):
    page, in_korean = fetched(mode)
    assert sentence in page and korean(sentence) in in_korean


def test_a_puzzle_of_the_site_is_solved_without_a_word(fetched):
    assert "· 0:01 plays" in fetched("waf")[0]


def test_an_expired_address_is_asked_for_anew(fetched, site):
    site.refuse_media = 1
    assert "· 0:01 plays" in fetched("fine")[0]


def test_a_renamed_creator_has_the_new_name(fetched):
    assert "@renamed.since" in fetched("renamed")[0]


def test_a_post_without_words_or_creator_says_so(fetched):
    page, in_korean = fetched("nobody")
    assert "unknown creator · TikTok" in page and "· 0:01 plays" in page
    assert korean("unknown creator") in in_korean
    page, in_korean = fetched("wordless", place=1)
    assert "(no description)" in page and "· 0:01 plays" in page
    assert korean("(no description)") in in_korean


def test_a_file_with_a_watermark_says_so(fetched):
    page, in_korean = fetched("marked")
    assert "· 0:01 watermark plays" in page and korean("watermark") in in_korean
    assert "watermark" not in fetched("fine")[0]
