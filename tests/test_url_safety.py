"""No address leads the studio inside, and no answer costs more than it may: redirects, names that change, bombs.

Which links are refused before a packet is sent is in test_links.py; here is what only the answer shows.
"""

import socket
import subprocess
import sys
import time

import pytest

from scraping import fetch_errors as told
from scraping.covers import NO_COVER_HOST
from scraping.fetch import FetchOptions, cover, download, metadata
from scraping.fetch_process import ROOT
from scraping.reach import may_ask
from tests.settings import LEFT_LOOPBACK
from tests.standin import CDN, PICTURES, VIDEO_ID, StandIn, item, rate, refusal

POST = f"https://www.tiktok.com/@seoul.night_1/video/{VIDEO_ID}"
COVER = f"https://{PICTURES}/obj/cover.jpeg"


@pytest.fixture
def site():
    with StandIn(bytes(64)) as site:
        yield site


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "clips"


@pytest.fixture
def listener():
    """A socket inside, which nothing may connect to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        yield server
        with pytest.raises(TimeoutError):
            server.accept()


INSIDE = [
    "http://127.0.0.1:{port}/x",
    "https://localhost:{port}/x",
    "http://2130706433/x",
    "http://0x7f.1/x",
    "http://[::ffff:127.0.0.1]/x",
    "http://169.254.169.254/latest/meta-data/",
    "http://metadata.google.internal/x",
    "https://redis/x",
    "https://tiktok.com.evil.example/x",
    "https://www.tiktok.com@evil.example/x",
    "https://www.tiktok.com:8443/x",
    "ftp://www.tiktok.com/x",
    "data:video/mp4;base64,AAAA",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("where", INSIDE)
def test_a_page_whose_video_lies_elsewhere_is_not_followed_there(site, options, folder, listener, where):
    address = where.format(port=listener.getsockname()[1])
    video = item()["video"] | {"bitrateInfo": [rate("v1_h264_540p_1", [address])], "playAddr": "", "downloadAddr": ""}
    site.items[VIDEO_ID] = item(video=video)
    kind, _sentence = refusal(lambda: download(POST, folder, options=options))
    assert kind in ("blocked", "unsupported")
    assert {host for _, host, _ in site.seen} == {"www.tiktok.com"}
    assert {tunnel.rpartition(":")[0] for tunnel in site.connects} == {"www.tiktok.com"}


@pytest.mark.parametrize("where", ["http://127.0.0.1:{port}/x", "https://evil.example/x"])
def test_a_redirect_of_the_page_or_of_the_file_is_not_followed_inside(site, options, folder, listener, where):
    target = where.format(port=listener.getsockname()[1])
    for path in (f"www.tiktok.com/@seoul.night_1/video/{VIDEO_ID}", f"{CDN}/video/{VIDEO_ID}/h264/"):
        site.redirects = {path: target}
        assert refusal(lambda: download(POST, folder, options=options)) == ("blocked", told.REFUSED_ADDRESS)
    assert {host for _, host, _ in site.seen} == {"www.tiktok.com", CDN}


def test_a_ring_of_redirects_comes_to_an_end(site, options, folder):
    ring = f"{CDN}/video/{VIDEO_ID}/h264/"
    site.redirects = {ring: f"https://{ring}"}
    refusal(lambda: download(POST, folder, options=options))
    assert len(site.media()) < 60
    site.redirects = {f"{PICTURES}/obj/cover.jpeg": COVER}
    assert refusal(lambda: cover(COVER, options))[0] == "bad_response"
    site.redirects = {f"{PICTURES}/obj/cover.jpeg": "http://127.0.0.1:9/x"}
    assert refusal(lambda: cover(COVER, options)) == ("blocked", NO_COVER_HOST)


REBOUND = """
import socket, sys, urllib.request
from scraping.reach import only_open_internet
only_open_internet("")
answers = iter(["93.184.215.14", "127.0.0.1"])
family = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
socket.getaddrinfo = lambda host, port, *more, **others: [(*family, (next(answers), port))]
print("checked:", socket.getaddrinfo("rebound.example.com", 443)[0][4][0])
urllib.request.urlopen("http://rebound.example.com/")
"""


def test_a_name_that_first_answers_well_and_then_leads_inside_is_not_connected_to(listener):
    ran = subprocess.run([sys.executable, "-c", REBOUND], cwd=ROOT, capture_output=True, text=True, timeout=20)
    assert "checked: 93.184.215.14" in ran.stdout
    assert "127.0.0.1 is not of the open internet" in ran.stderr


@pytest.mark.offline
def test_a_cover_is_fetched_from_the_very_address_that_was_checked(monkeypatch, listener):
    """The name is asked for once; the second answer, which leads inside, never comes about."""
    answers = [["93.184.215.14"], ["127.0.0.1"]]

    def lookup(host, port, *more, **others):
        found = [host] if host[0].isdigit() else answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    before = LEFT_LOOPBACK.stat().st_size
    assert refusal(lambda: cover(COVER, FetchOptions(timeout=1))) == ("network", told.NETWORK)
    assert len(answers) == 1
    assert "connected to ('93.184.215.14', 443)" in LEFT_LOOPBACK.read_text()[before:]


@pytest.mark.parametrize("mode", ["media-huge", "media-endless", "media-gzip"])
def test_a_file_that_is_larger_than_it_may_be_is_stopped_as_it_comes(site, folder, mode):
    site.mode = mode
    small = FetchOptions(proxy=site.url, insecure_tls=True, max_bytes=300_000)
    kind, sentence = refusal(lambda: download(POST, folder, options=small))
    assert (kind, sentence) in [("too_large", told.TOO_LARGE), ("bad_response", told.NOT_MEDIA)]
    assert not list(folder.glob("*"))


def test_a_byte_a_second_is_not_waited_for(site, folder):
    site.mode = "media-slow"
    hasty = FetchOptions(proxy=site.url, insecure_tls=True, deadline=3)
    began = time.monotonic()
    assert refusal(lambda: download(POST, folder, options=hasty)) == ("network", told.TIMED_OUT)
    assert time.monotonic() - began < 8
    assert not list(folder.glob("*"))


def test_a_live_show_and_a_creators_whole_list_are_no_video(site, options):
    for link in ("https://www.tiktok.com/@a/live", "https://www.tiktok.com/@a", "https://www.youtube.com/@a/shorts"):
        assert refusal(lambda link=link: metadata(link, options))[0] == "unsupported"
    assert site.seen == []


def test_through_a_proxy_only_known_hosts_are_asked_for_and_directly_only_names():
    good = ["https://www.tiktok.com/", f"https://{CDN}/x", "https://rr1.googlevideo.com/x", "https://tiktok.com./"]
    assert all(may_ask(url, through_proxy=True) for url in good)
    other = "https://v16.some-new-cdn.com/video"
    assert may_ask(other, through_proxy=False) and not may_ask(other, through_proxy=True)
    look_alikes = ["https://www.tiktоk.com/", "https://tiktok.com.evil.example/", "https://nottiktok.com/"]
    assert not any(may_ask(url, through_proxy=True) for url in look_alikes)
    for through_proxy in (True, False):
        addresses = [where.format(port=9) for where in INSIDE if "evil" not in where and "metadata" not in where]
        assert [url for url in addresses if may_ask(url, through_proxy=through_proxy)] == []


def test_no_client_that_connects_unseen_is_used_and_no_plugin_is_loaded():
    program = (
        "from scraping.reach import only_open_internet; only_open_internet('');"
        "from yt_dlp import YoutubeDL; ydl = YoutubeDL({'quiet': True});"
        "print(sorted(ydl._request_director.handlers)); import requests"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert "Urllib" in ran.stdout and "Curl" not in ran.stdout and "Requests" not in ran.stdout
    assert "ModuleNotFoundError" in ran.stderr
