"""Without a network, or with a proxy that does not work, people are told just that, and never yt-dlp's words."""

import socket
from contextlib import contextmanager
from threading import Thread

import pytest

from scraping import fetch_errors as told
from scraping.fetch import FetchOptions, download, metadata
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
