"""A person pastes links: which are found, which are refused before a packet is sent, what is told of each."""

import threading
import time
from itertools import pairwise

import pytest

from ranking.jobs import Stopped
from scraping import fetch_errors as told
from scraping import pace
from scraping.addresses import (
    NO_LOGIN_NO_PORT,
    NO_REEL,
    NO_VIDEO_LINK,
    NO_YOUTUBE_VIDEO,
    ONLY_HTTPS,
    ONLY_SITES,
    is_public,
)
from scraping.fetch import cover, download, metadata
from scraping.providers import names, provider
from scraping.providers.base import ProviderError, Query
from scraping.providers.links import NO_LINK, NONE_READ, Links, extract_links, parse_link
from scraping.searching import run_search, start_search
from tests.standin import VIDEO_ID, item

POST = f"https://www.tiktok.com/@seoul.night_1/video/{VIDEO_ID}"

# reliability: the hostile shapes a link can take. Port and loopback addresses are filled in where a listener counts.
HOSTILE = [
    "file:///etc/passwd",
    "http://127.0.0.1:{port}/@a/video/12345678",
    "https://127.0.0.1/@a/video/12345678",
    "http://localhost.:{port}/@a/video/12345678",
    "http://[::1]:{port}/@a/video/12345678",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://127.1:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://metadata.google.internal/",
    "http://[fd00:ec2::254]/",
    "http://100.64.0.1/",
    "https://tiktok.com.evil.example/@a/video/12345678",
    "https://tiktok.com@evil.example/@a/video/12345678",
    "https://www.tiktok.com@127.0.0.1:{port}/@a/video/12345678",
    "https://evil@www.tiktok.com/@a/video/12345678",
    "https://www.tiktok.com:{port}/@a/video/12345678",
    "https://www.tiktоk.com/@a/video/12345678",  # a Cyrillic о
    "https://evil.example/?https://www.tiktok.com/@a/video/12345678",
    "https://www.tiktok.com\\@evil.example/@a/video/12345678",
    "https://www.tiktok.com/redirect?url=http://127.0.0.1:{port}/",
    "https://www.tiktok.com/@a",
    "https://www.tiktok.com/@a/live",
    "https://www.tiktok.com/tag/cats",
    "https://www.tiktok.com/@a/video/12345678/../../../login",
    "https://www.tiktok.com/@a/video/12345678\r\nHost: evil.example",
    "https://ads.tiktok.com/@a/video/12345678",
    "https://youtu.be.evil.example/abcDEF_-123",
    "https://www.youtube.com@127.0.0.1:{port}/watch?v=abcDEF_-123",
    "https://www.youtube.com/redirect?q=http://127.0.0.1:{port}/",
    "https://www.youtube.com/watch?v=http://127.0.0.1:{port}/",
    "https://www.instagram.com/reel/../../127.0.0.1:{port}/",
    "https://www.ınstagram.com/reel/Cop84x6u7CP/",  # a dotless i
    "http://127.0.0.1:{port}/#__youtubedl_smuggle=%7B%7D",
    "ytsearch5:cats",
    "concat:https://www.tiktok.com/@a/video/12345678",
    "-exec",
    "javascript:alert(1)",
    "data:text/html,hello",
    "https://",
    "https://www.tiktok.com:port/@a/video/12345678",
    "https://[::1/@a/video/12345678",
    "https://" + "a" * 3000,
    "",
]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "clips"


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_link_is_refused_with_a_sentence_and_no_packet(url, site, options, folder):
    # The stand-in is the listener that the loopback links name, and the proxy that everything else would go through.
    url = url.format(port=site.server.server_port)
    for fetching in (lambda: metadata(url, options), lambda: download(url, folder, options=options)):
        with pytest.raises(ProviderError) as refused:
            fetching()
        assert refused.value.kind == "unsupported"
        assert refused.value.message.endswith(".")
    with pytest.raises(ProviderError) as refused:
        cover(url, options)
    assert refused.value.kind == "blocked"
    assert (site.connects, site.seen) == ([], [])
    assert not folder.exists()


def test_the_listener_of_the_hostile_links_does_count(site, options):
    metadata(POST, options)
    assert site.connects == ["www.tiktok.com:443"]


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (POST, POST),
        (f"http://tiktok.com/@seoul.night_1/video/{VIDEO_ID}?is_from_webapp=1&lang=ko#x", POST),
        (f"  WWW.TikTok.com./@seoul.night_1/video/{VIDEO_ID}/ ", POST),
        (f"https://www.tiktok.com:443/@seoul.night_1/video/{VIDEO_ID}", POST),
        (f"https://m.tiktok.com/v/{VIDEO_ID}.html", f"https://www.tiktok.com/@_/video/{VIDEO_ID}"),
        (f"https://www.tiktok.com/@/video/{VIDEO_ID}", f"https://www.tiktok.com/@_/video/{VIDEO_ID}"),
        (f"https://www.tiktok.com/embed/v2/{VIDEO_ID}", f"https://www.tiktok.com/@_/video/{VIDEO_ID}"),
        (f"https://www.tiktok.com/@a/photo/{VIDEO_ID}", f"https://www.tiktok.com/@a/photo/{VIDEO_ID}"),
        ("http://vm.tiktok.com/ZMabc12", "https://vm.tiktok.com/ZMabc12/"),
        ("https://vt.tiktok.com/ZSabc12/", "https://vt.tiktok.com/ZSabc12/"),
        ("www.tiktok.com/t/ZTRC5xgJp/", "https://www.tiktok.com/t/ZTRC5xgJp/"),
        ("https://m.youtube.com/shorts/abcDEF_-123?feature=share", "https://www.youtube.com/shorts/abcDEF_-123"),
        ("https://youtu.be/abcDEF_-123?si=x", "https://www.youtube.com/watch?v=abcDEF_-123"),
        ("music.youtube.com/watch?list=1&v=abcDEF_-123", "https://www.youtube.com/watch?v=abcDEF_-123"),
        ("https://www.instagram.com/reels/Cop84x6u7CP/?igsh=1", "https://www.instagram.com/reel/Cop84x6u7CP/"),
        ("https://instagram.com/mina.k/reel/Cop84x6u7CP", "https://www.instagram.com/reel/Cop84x6u7CP/"),
    ],
)
def test_every_known_shape_of_a_link_becomes_its_one_spelling(url, canonical):
    assert parse_link(url).canonical_url == canonical


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://www.tiktok.com/@a/video/12345678", ONLY_HTTPS),
        ("https://vimeo.com/12345678", ONLY_SITES),
        ("https://youtube.com/watch?v=x", NO_YOUTUBE_VIDEO),
        ("https://www.youtube.com/@channel", NO_YOUTUBE_VIDEO),
        ("https://www.youtube.com/playlist?list=PLabcdefghijk", NO_YOUTUBE_VIDEO),
        ("https://www.instagram.com/stories/mina/123456789/", NO_REEL),
        ("https://www.instagram.com/share/reel/BAabcdefgh", NO_REEL),
        ("https://www.tiktok.com:8443/@a/video/12345678", NO_LOGIN_NO_PORT),
        ("https://www.tiktok.com/@a/live", NO_VIDEO_LINK),
    ],
)
def test_the_sentence_says_what_is_wrong_with_the_link(url, sentence):
    with pytest.raises(ProviderError) as refused:
        parse_link(url)
    assert refused.value.message == sentence


def test_links_are_found_in_any_mess_in_their_order_and_once_each():
    text = (
        "이거 봐https://vm.tiktok.com/ZMabc12/이거, www.tiktok.com/@a.b/video/7513039993741397256?x=1&y=2,\n"
        "https://www.tiktok.com/@a/video/12345678http://tiktok.com/t/ZTabc/ (https://m.tiktok.com/v/12345678.html).\r\n"
        '<a href="https://www.tiktok.com/@k/video/87654321">링크</a> TOP:5 a.b lookhttps://vt.tiktok.com/ZSglued/ '
        "mail@example.com "
        "https://vm.tiktok.com/ZMabc12/ 그리고 file:///etc/passwd 랑 tiktok.com"
    )
    assert extract_links(text) == [
        "https://vm.tiktok.com/ZMabc12/",
        "www.tiktok.com/@a.b/video/7513039993741397256?x=1&y=2",
        "https://www.tiktok.com/@a/video/12345678",
        "http://tiktok.com/t/ZTabc/",
        "https://m.tiktok.com/v/12345678.html",
        "https://www.tiktok.com/@k/video/87654321",
        "https://vt.tiktok.com/ZSglued/",
        "file:///etc/passwd",
    ]


def test_a_long_text_full_of_half_links_is_read_in_no_time():
    began = time.monotonic()
    for half in ("https://", "a.b.", "a-", "seehttps", "www.tiktok.com", "://", "tiktok.com/@"):
        assert len(extract_links(half * 20_000 + "가" * 20_000)) <= 1
    assert time.monotonic() - began < 2


INSIDE = """
127.0.0.1 10.1.2.3 192.168.0.1 172.16.0.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 localhost
::1 fd00:ec2::254 fe80::1%eth0 ::ffff:127.0.0.1 2002:7f00:1:: 64:ff9b::7f00:1
"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_addresses_inside_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "23.45.67.89", "2606:4700::1111"])
def test_addresses_of_the_open_internet_are_public(address):
    assert is_public(address)


def test_a_page_of_pasted_links_holds_the_posts_and_a_reason_for_each_that_failed(site, options):
    site.redirects["vm.tiktok.com/ZMabc12/"] = f"https://www.tiktok.com/@/video/{VIDEO_ID}?_r=1"
    site.redirects["vm.tiktok.com/ZMgone/"] = "https://www.tiktok.com/?_r=1"
    site.items["22222222"] = item("22222222", desc="second")
    site.status_codes["33333333"] = 10222
    links = {
        "https://www.tiktok.com/@b/video/22222222": None,
        "https://vm.tiktok.com/ZMabc12/": None,
        f"https://www.tiktok.com/@again/video/{VIDEO_ID}": None,  # the same post once more
        "https://www.tiktok.com/@c/video/33333333": told.PRIVATE,
        "https://www.tiktok.com/@d/video/44444444": told.GONE,
        "https://www.tiktok.com/@e/photo/55555555": told.PHOTO_POST,
        "https://vm.tiktok.com/ZMgone/": told.DEAD_LINK,
        "http://127.0.0.1/video": ONLY_SITES,
    }
    page = Links(options).search(Query("\n".join(links)))
    assert [post.external_id for post in page.posts] == ["22222222", VIDEO_ID]
    assert {s.what: s.reason for s in page.skipped} == {url: reason for url, reason in links.items() if reason}
    assert page.next_cursor is None
    assert not any("photo" in path for _, _, path in site.seen)


def test_when_every_link_fails_the_error_tells_of_each(site, options):
    site.status_codes["33333333"] = 10216
    text = "https://www.tiktok.com/@c/video/33333333 https://evil.example/x"
    with pytest.raises(ProviderError) as failed:
        Links(options).search(Query(text))
    assert (failed.value.kind, failed.value.message) == ("private", NONE_READ)
    assert [s.reason for s in failed.value.skipped] == [told.PRIVATE, ONLY_SITES]


def test_a_text_without_a_link_is_told_so():
    with pytest.raises(ProviderError) as failed:
        Links().search(Query("고양이 점프 TOP 5"))
    assert (failed.value.kind, failed.value.message) == ("not_found", NO_LINK)


def test_many_links_come_in_pages(options):
    text = " ".join(f"https://www.tiktok.com/@a/photo/1000{n}" for n in range(5)) + " " + POST
    first = "https://www.tiktok.com/@x/video/" + VIDEO_ID
    page = Links(options).search(Query(f"{first} {text}"), limit=3)
    assert (len(page.posts), len(page.skipped), page.next_cursor) == (1, 2, "3")
    rest = Links(options).search(Query(f"{first} {text}"), cursor="3", limit=10)
    assert (len(rest.posts), len(rest.skipped), rest.next_cursor) == (1, 3, None)


def test_after_a_refusal_tiktok_is_not_asked_on(site, options):
    ids = [str(70000000 + n) for n in range(9)]
    for post_id in ids:
        site.pages[post_id] = (429, {"Retry-After": "30"}, b"")
    with pytest.raises(ProviderError) as failed:
        Links(options).search(Query(" ".join(f"https://www.tiktok.com/@a/video/{i}" for i in ids)))
    assert (failed.value.kind, failed.value.retry_after) == ("rate_limited", 30)
    assert len(failed.value.skipped) == 9
    asked = {path for _, _, path in site.seen}
    assert len(asked) < len(ids)


def test_each_page_behind_a_link_is_asked_for_in_its_hosts_turn(site, options):
    source, taken, back = Links(options), [], []
    main = threading.get_ident()

    def turn(host: str):
        assert threading.get_ident() == main  # which alone holds the database
        taken.append(host)
        return lambda: back.append(host)

    source.turn = turn
    page = source.search(Query(f"https://www.tiktok.com/@x/video/{VIDEO_ID} https://www.tiktok.com/@x/video/70000001"))
    assert len(page.posts) == 1 and taken == back == ["www.tiktok.com"] * 2


def test_a_turn_that_never_comes_gives_the_links_up(site, options):
    source = Links(options)

    def turn(host: str):
        raise Stopped

    source.turn = turn
    with pytest.raises(Stopped):
        source.search(Query(f"https://www.tiktok.com/@x/video/{VIDEO_ID}"))
    assert site.seen == []


@pytest.mark.django_db
def test_links_keep_the_spacing_of_their_host(alice, site, settings):
    settings.TIKTOK_PROXY, settings.TIKTOK_INSECURE_TLS, settings.HOST_SPACING = site.url, True, 0.7
    moments: list[float] = []

    class Timed(list):
        def append(self, request: tuple[str, str, str]) -> None:
            if request[1] == "www.tiktok.com":
                moments.append(time.monotonic())
            super().append(request)

    site.seen = Timed()
    links = " ".join(f"https://www.tiktok.com/@x/video/{VIDEO_ID[:-1]}{n}" for n in range(3))
    run_search(start_search(links, "auto", alice).pk)
    assert len(moments) == 3 and all(later - earlier > 0.65 for earlier, later in pairwise(moments)), moments
    assert moments[-1] - moments[0] < pace.HOLD, "a turn comes once the one before is answered, not when its hold ends"


def test_the_registry_makes_the_links_source_with_its_options(options):
    assert "links" in names()
    made = provider("links", options)
    assert (made.name, made.needs, made.options) == ("links", ("network",), options)


def test_an_unknown_source_is_told_with_the_choices():
    with pytest.raises(ValueError, match=r"There is no source “tiktak”\. Choose from: .*links"):
        provider("tiktak")
