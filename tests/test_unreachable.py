"""Without a network, or with a proxy that does not work, people are told just that, and never yt-dlp's words."""

import html
import re
import socket
from contextlib import contextmanager
from threading import Thread

import pytest
from django.utils import translation

from scraping import fetch_errors as told
from scraping.fetch import FetchOptions, download, metadata
from scraping.searching import run_to_end, start_search
from tests.standin import VIDEO_ID, StandIn, refusal

POST = f"https://www.tiktok.com/@seoul.night_1/video/{VIDEO_ID}"


@pytest.fixture
def site():
    with StandIn(bytes(100_000)) as site:
        yield site


@contextmanager
def proxy_that(answers):
    """The address of a proxy that says this to whoever connects, and hangs up; None: it says nothing and stays."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def serve():
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return  # the test is over
                if answers is not None:
                    held[-1].recv(65536)
                    held[-1].sendall(answers)
                    held.pop().close()

        Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


LINKS = [POST, "https://vm.tiktok.com/ZMabc12/", "https://vt.tiktok.com/ZSabc12/"]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("proxy", ["http://nowhere.invalid:3128", "http://127.0.0.1:{closed}"])
def test_an_unreachable_network_is_told_in_a_sentence(link, proxy):
    """The name of the proxy, as that of TikTok, is one that no resolver knows (RFC 6761), or nobody listens there."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = FetchOptions(proxy=proxy.format(closed=closed.getsockname()[1]), insecure_tls=True, timeout=2)
        assert refusal(lambda: metadata(link, dead)) == ("network", told.NETWORK)


@pytest.mark.parametrize("link", LINKS[:2])
@pytest.mark.parametrize(
    "answers",
    [
        None,
        b"",
        b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",  # and the connection is gone before TLS begins
        b"nonsense\r\n\r\n",
    ],
)
def test_a_proxy_that_leads_nowhere_is_told_as_the_network(link, answers):
    with proxy_that(answers) as proxy:
        broken = FetchOptions(proxy=proxy, insecure_tls=True, timeout=1)
        assert refusal(lambda: metadata(link, broken)) == ("network", told.NETWORK)


@pytest.mark.parametrize("link", LINKS[:2])
@pytest.mark.parametrize("proxy", ["127.0.0.1:3128", "socks5://127.0.0.1:1080", "ftp://127.0.0.1"])
def test_a_proxy_that_cannot_be_used_for_all_of_it_is_refused(link, proxy):
    assert refusal(lambda: metadata(link, FetchOptions(proxy=proxy))) == ("network", told.BAD_PROXY)


def test_a_page_or_a_file_that_breaks_off_is_told_as_the_network(site, options, tmp_path):
    cut = {"Content-Length": "99999", "Connection": "close"}
    site.pages[VIDEO_ID] = (200, cut, b"<html>")
    assert refusal(lambda: metadata(POST, options)) == ("network", told.NETWORK)
    del site.pages[VIDEO_ID]
    site.break_off = True
    assert refusal(lambda: download(POST, tmp_path / "clips", options=options)) == ("network", told.NETWORK)
    assert not list((tmp_path / "clips").glob("*"))


@pytest.mark.offline  # it tries: what a machine without a network would be told is told to it by tests/loopback.py
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "title", "sentences"),
    [
        (
            "en",
            "No answer for “춤”",
            (
                "No source answered. YouTube could not be reached. Check the connection and try again.",
                "TikTok needs cookies – add them",
                "tikwm (a third party) off – switch on in Sources",
                "YouTube Shorts not reached",
                "My library found nothing",
            ),
        ),
        (
            "ko",
            "“춤” 검색에 답을 받지 못했어요",
            (
                "YouTube에 연결할 수 없어요. 연결을 확인하고 다시 시도해 주세요.",
                "TikTok 쿠키가 필요해요",
                "YouTube Shorts 연결되지 않았어요",
            ),
        ),
    ],
)
def test_a_keyword_without_a_network_and_without_a_stand_in_gets_an_honest_page(
    client, alice, language, title, sentences
):
    with translation.override(language):
        search = start_search("춤", "auto", alice)
    run_to_end(search)
    answer = client.get(search.get_absolute_url(), headers={"Accept-Language": language}).content.decode()
    main = answer[answer.index("<main") : answer.index("</main")]
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())

    assert search.status == "failed" and search.found.count() == 0
    for sentence in (title, *sentences):
        assert sentence in words, (sentence, words)
    assert "Nothing was found" not in words and "찾지 못했어요" not in words and 'class="card' not in main
