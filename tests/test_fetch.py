"""A linked post is fetched by yt-dlp, unmodified, from a stand-in of TikTok on loopback."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from scraping import cookie_file
from scraping import fetch_errors as told
from scraping.fetch import Cancelled, FetchOptions, Progress, download, metadata
from scraping.fetch_errors import classify
from scraping.fetch_process import ROOT
from scraping.providers.base import Post, ProviderError, clean_text, count_or_none, moment_or_none
from tests.standin import CDN, PICTURES, VIDEO_ID, StandIn, item, rate, refusal

POST = f"https://www.tiktok.com/@seoul.night_1/video/{VIDEO_ID}"
COVER = f"https://{PICTURES}/obj/cover.jpeg?x-expires=1"
LOGGED_IN = ".tiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tsecret"


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A real MP4 of two seconds with sound, made by ffmpeg."""
    import imageio_ffmpeg

    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    sources = ["-f", "lavfi", "-i", "testsrc2=s=288x512:r=30:d=2", "-f", "lavfi", "-i", "sine=d=2"]
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "12", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([ffmpeg, "-v", "error", *sources, *encode, str(path)], check=True)
    return path.read_bytes()


@pytest.fixture
def site(clip):
    with StandIn(clip) as site:
        yield site


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "clips"


def children(parent=None):
    """The fetching children of a process (this one), by Linux's /proc."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
            ours = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended meanwhile
        if b"scraping.fetch_child" in words and ours == (parent or os.getpid()):
            found.append(int(folder.name))
    return found


def test_a_post_comes_with_its_numbers_and_what_is_not_told_is_none(site, options):
    post = metadata(POST, options)
    assert post == Post(
        source="tiktok",
        external_id=VIDEO_ID,
        url=POST,
        author="seoul.night_1",
        author_name="서울의 밤",
        caption="심장이 뛰는 순간 🔥 #서울 reversed",
        cover_url=COVER,
        duration=4.0,
        published_at=datetime(2025, 6, 7, 3, 12, 22, tzinfo=UTC),
        play_count=3_000_000_000,
        like_count=0,
        comment_count=1502,
        share_count=None,
        save_count=5012,
        extra={"music_title": "original sound", "music_author": "서울의 밤"},
    )
    assert Post.from_json(json.loads(json.dumps(post.as_json()))) == post
    assert site.media() == []


def test_a_real_recorded_page_is_read(site, options, testdata):
    body = (testdata / "tiktok" / "synthetic-video-page-rehydration.html").read_bytes()
    site.pages[VIDEO_ID] = (200, {"Content-Type": "text/html"}, body)
    post = metadata(POST, options)
    assert (post.play_count, post.like_count, post.comment_count) == (1_900_000, 68_300, 1502)
    assert (post.share_count, post.save_count, post.author) == (2528, 5012, "c8a262")
    assert post.caption == "高铁穿过莆田市湄洲湾跨海特大桥#china #中国高铁🚅"


def test_the_h264_file_arrives_whole_and_nothing_else_stays(site, options, folder, clip):
    told_of = []
    fetched = download(POST, folder, options=options, report=told_of.append)
    assert fetched.path == folder / f"{VIDEO_ID}.mp4"
    assert fetched.path.read_bytes() == clip
    assert (fetched.format_id, fetched.watermarked) == ("h264_540p_404677", False)
    assert fetched.post.play_count == 3_000_000_000
    assert list(folder.iterdir()) == [fetched.path]
    assert site.media() == [f"/video/{VIDEO_ID}/h264/"]
    assert told_of[0] == Progress("asking")
    assert [told.done for told in told_of] == sorted(told.done for told in told_of)
    assert {told.total for told in told_of[1:]} == {len(clip)}


def test_the_watermarked_file_is_taken_only_for_want_of_another_and_said(site, options, folder):
    video = item()["video"] | {"bitrateInfo": [], "playAddr": ""}
    site.items[VIDEO_ID] = item(video=video)
    assert download(POST, folder, options=options).watermarked


def test_a_post_with_nothing_but_a_silent_or_unplayable_file_is_refused(site, options, folder):
    rates = [
        rate("v1_bytevc1_720p_417322", [f"https://{CDN}/video/x/media-video-hvc1/"]),
        rate("v1_bytevc2_720p_417322", [f"https://{CDN}/video/x/vvc/"]),
    ]
    video = item()["video"] | {"bitrateInfo": rates, "playAddr": "", "downloadAddr": ""}
    site.items[VIDEO_ID] = item(video=video)
    assert refusal(lambda: download(POST, folder, options=options)) == ("unsupported", told.NO_FORMAT)
    assert not list(folder.glob("*"))


def test_a_media_refusal_is_answered_by_asking_the_page_again(site, options, folder, clip):
    site.refuse_media = 1
    assert download(POST, folder, options=options).path.read_bytes() == clip
    assert [host for _, host, _ in site.seen] == ["www.tiktok.com", CDN] * 2


def test_a_media_refusal_that_stays_is_told(site, options, folder):
    site.refuse_media = 99
    assert refusal(lambda: download(POST, folder, options=options)) == ("blocked", told.MEDIA_REFUSED)
    assert len(site.media()) == 2
    assert not list(folder.glob("*"))


def test_a_web_page_in_place_of_the_video_is_not_kept(site, options, folder):
    site.video = b"<!DOCTYPE html><html>Please wait...</html>"
    assert refusal(lambda: download(POST, folder, options=options)) == ("bad_response", told.NOT_MEDIA)
    assert len(site.media()) == 2
    assert not list(folder.glob("*"))


@pytest.mark.parametrize("tell_length", [True, False])
def test_a_file_beyond_the_limit_is_stopped_also_when_its_length_is_not_told(site, tell_length, folder):
    site.tell_length = tell_length
    small = FetchOptions(proxy=site.url, insecure_tls=True, max_bytes=20_000)
    assert len(site.video) > 100_000
    assert refusal(lambda: download(POST, folder, options=small)) == ("too_large", told.TOO_LARGE)
    assert not list(folder.glob("*"))


def test_a_video_that_is_too_long_is_refused_before_its_file_is_asked_for(site, folder):
    short = FetchOptions(proxy=site.url, insecure_tls=True, max_seconds=3)
    assert refusal(lambda: download(POST, folder, options=short)) == ("too_large", told.TOO_LONG)
    assert site.media() == []


def test_a_photo_post_is_told_and_its_music_is_not_taken_for_a_video(site, options, folder):
    video = {"duration": 0, "cover": COVER, "bitrateInfo": [], "playAddr": ""}
    site.items[VIDEO_ID] = item(video=video, imagePost={"images": [{"imageURL": {"urlList": [COVER]}}]})
    post = metadata(POST, options)
    assert (post.is_photo, post.duration) == (True, None)
    assert refusal(lambda: download(POST, folder, options=options)) == ("unsupported", told.NO_VIDEO)
    assert site.media() == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (10204, ("unavailable", told.GONE)),
        (10231, ("unavailable", told.GEO)),
        (10216, ("private", told.PRIVATE)),
        (10222, ("private", told.PRIVATE)),
        (-2, ("verification", told.VERIFICATION)),
        (10101, ("network", told.SITE_DOWN)),
        (-1, ("network", told.SITE_DOWN)),
        (10201, ("unavailable", told.GONE)),
    ],
)
def test_tiktoks_status_becomes_a_kind_and_a_sentence(site, options, status, expected):
    site.status_codes[VIDEO_ID] = status
    assert refusal(lambda: metadata(POST, options)) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((403, {}, b"Access Denied"), ("blocked", told.BLOCKED)),
        ((429, {"Retry-After": "12"}, b""), ("rate_limited", told.RATE_LIMITED)),
        ((404, {}, b""), ("unavailable", told.GONE)),
        ((502, {}, b""), ("network", told.SITE_DOWN)),
        ((200, {}, b""), ("verification", told.VERIFICATION)),
        ((200, {}, b"<html><title>Please wait...</title></html>"), ("verification", told.VERIFICATION)),
        ((200, {}, b"<html>captcha</html>"), ("verification", told.VERIFICATION)),
    ],
)
def test_odd_answers_of_the_page_become_a_kind_and_a_sentence(site, options, answer, expected):
    site.pages[VIDEO_ID] = answer
    assert refusal(lambda: metadata(POST, options)) == expected


def test_a_login_page_and_an_age_gate_ask_for_cookies(site, options):
    site.redirects[f"www.tiktok.com/@seoul.night_1/video/{VIDEO_ID}"] = "https://www.tiktok.com/login"
    site.pages["login"] = (200, {}, b"<html>login</html>")
    assert refusal(lambda: metadata(POST, options))[0] == "login_required"
    site.redirects.clear()
    site.items[VIDEO_ID] = {"id": VIDEO_ID, "isContentClassified": True}
    assert refusal(lambda: metadata(POST, options)) == ("login_required", told.AGE)


def test_a_certificate_that_nobody_vouches_for_is_refused(site):
    assert refusal(lambda: metadata(POST, FetchOptions(proxy=site.url))) == ("network", told.NETWORK)
    assert site.seen == []


def test_a_short_link_is_followed_to_its_post(site, options, folder):
    site.redirects["vm.tiktok.com/ZMabc12/"] = "https://www.tiktok.com/t/ZTabc12/"
    site.redirects["www.tiktok.com/t/ZTabc12/"] = f"https://www.tiktok.com/@/video/{VIDEO_ID}?_t=1&_r=1"
    assert metadata("http://vm.tiktok.com/ZMabc12", options).external_id == VIDEO_ID
    assert [method for method, _, _ in site.seen] == ["HEAD", "HEAD", "GET"]


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{port}/x", "https://evil.example/", "https://vm.tiktok.com/ZMabc12/"]
)
def test_a_short_link_that_leads_elsewhere_or_in_a_ring_is_not_followed(site, options, target):
    site.redirects["vm.tiktok.com/ZMabc12/"] = target.format(port=site.server.server_port)
    assert refusal(lambda: metadata("https://vm.tiktok.com/ZMabc12/", options)) == ("not_found", told.DEAD_LINK)
    assert {host for _, host, _ in site.seen} == {"vm.tiktok.com"}


def test_cancelling_kills_the_child_within_two_seconds_and_leaves_nothing(site, options, folder):
    site.slow = 0.4
    began, asked = [], []

    def cancelled():
        if site.media() and not began:
            assert children()
            began.append(time.monotonic())
        asked.append(1)
        return bool(began) and time.monotonic() > began[0] + 0.5

    with pytest.raises(Cancelled):
        download(POST, folder, options=options, cancelled=cancelled)
    assert time.monotonic() - began[0] - 0.5 < 2
    assert children() == []
    assert not list(folder.glob("*"))


def test_a_page_that_says_nothing_at_all_is_given_up(site):
    site.mode = "page-hang"
    hasty = FetchOptions(proxy=site.url, insecure_tls=True, timeout=0.5)
    began = time.monotonic()
    assert refusal(lambda: metadata(POST, hasty)) == ("network", told.NETWORK)
    assert time.monotonic() - began < 15


def test_a_fetch_beyond_its_deadline_is_stopped(site, folder):
    site.slow = 0.4
    hasty = FetchOptions(proxy=site.url, insecure_tls=True, deadline=1.5)
    assert refusal(lambda: download(POST, folder, options=hasty)) == ("network", told.TIMED_OUT)
    assert children() == []
    assert not list(folder.glob("*"))


def test_a_child_dies_with_the_process_that_started_it(site, folder):
    site.slow = 30  # after its first report it only waits for bytes: no broken pipe would end it
    program = (
        "from pathlib import Path; from scraping.fetch import *; "
        f"download({POST!r}, Path({str(folder)!r}), report=lambda progress: print(progress, flush=True), "
        f"options=FetchOptions(proxy={site.url!r}, insecure_tls=True))"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with parent.stdout:
        assert any("downloading" in line for line in parent.stdout)
    (child,) = children(parent.pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_for(lambda: not alive(child), seconds=2)


def alive(pid):
    """Whether a process still runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(happened, seconds=10.0):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_a_child_that_dies_is_told_in_a_sentence(site, options, folder):
    site.slow = 0.4
    Thread(target=lambda: (wait_for(lambda: site.media()), os.kill(children()[0], signal.SIGKILL)), daemon=True).start()
    assert refusal(lambda: download(POST, folder, options=options)) == ("bad_response", told.CRASHED)
    assert not list(folder.glob("*"))


def test_in_the_child_no_connection_goes_inside_but_to_the_proxy():
    program = (
        "import socket, sys; from scraping.reach import only_open_internet; "
        "proxy, other = int(sys.argv[1]), int(sys.argv[2]); only_open_internet(f'http://127.0.0.1:{proxy}'); "
        "socket.create_connection(('127.0.0.1', proxy)); "
        "socket.create_connection(('localhost', other))"
    )
    with socket.create_server(("127.0.0.1", 0)) as proxy, socket.create_server(("127.0.0.1", 0)) as other:
        ports = [str(s.getsockname()[1]) for s in (proxy, other)]
        ran = subprocess.run([sys.executable, "-c", program, *ports], cwd=ROOT, capture_output=True, text=True)
        proxy.settimeout(1)
        proxy.accept()
        other.settimeout(0.2)
        with pytest.raises(TimeoutError):
            other.accept()
    assert "is not of the open internet" in ran.stderr


def test_cookies_reach_only_tiktok_and_never_the_arguments(site, folder):
    jar = f"# Netscape HTTP Cookie File\n#HttpOnly_{LOGGED_IN}\nbank.example\tFALSE\t/\tTRUE\t0\tpin\t1234\n"
    options = FetchOptions(proxy=site.url, insecure_tls=True, cookies_text=jar)
    site.slow = 0.05
    open_to_all = []

    def look():
        for child in children():
            open_to_all.extend(Path(f"/proc/{child}/{name}").read_bytes() for name in ("cmdline", "environ"))
        return False

    assert download(POST, folder, options=options, cancelled=look).path.exists()
    assert open_to_all and not any(b"secret" in words for words in open_to_all)
    assert [cookies for host, cookies in site.cookies if host == "www.tiktok.com"] == ["sessionid=secret"]
    assert not any("pin" in cookies for _, cookies in site.cookies)


FOREIGN = "bank.example\tFALSE\t/\tTRUE\t0\tpin\t1"


def test_a_cookie_text_without_tiktok_rows_is_refused(site):
    options = FetchOptions(proxy=site.url, insecure_tls=True, cookies_text=FOREIGN)
    assert refusal(lambda: metadata(POST, options)) == ("credentials", cookie_file.NOT_TIKTOKS)
    assert site.seen == []


def test_yt_dlps_call_for_bug_reports_never_reaches_a_person():
    error = classify(
        "ERROR: [TikTok] 1: Unheard of; please report this issue on https://github.com/yt-dlp/yt-dlp/issues"
    )
    assert (error.kind, error.message) == ("bad_response", told.CHANGED)


def test_a_long_pause_is_cut_and_a_date_is_not_taken_for_seconds():
    assert classify("", 429, "99999").retry_after == 900
    assert classify("", 429, "Wed, 21 Oct 2026 07:28:00 GMT").retry_after is None


def test_counts_moments_and_texts_of_strangers_are_made_safe():
    assert [count_or_none(v) for v in (0, "12", 2.0, None, "", "1.2M", -1, True, "٣", 2**70)] == [0, 12, 2, *[None] * 7]
    assert [moment_or_none(v) for v in (0, None, "x", 10**11 * 9)] == [None] * 4  # the last lies in the year 30489
    assert moment_or_none(1_749_265_942_000) == moment_or_none("1749265942")
    assert clean_text("a\u202eb\0c\u2066d\ud800\n") == "abcd?"
    assert clean_text("가") == "가"


def test_a_kind_that_nobody_knows_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="no kind"):
        ProviderError("oops", "Something.")
