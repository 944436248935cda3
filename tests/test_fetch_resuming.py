"""A download that breaks off is gone on from, or begun anew where the server knows no ranges; no cap is passed."""

import shutil
import threading

import pytest

from scraping import fetch_errors as told
from scraping.fetch import Cancelled, FetchOptions, Progress, download
from tests.clips import make_clip
from tests.standin import CDN, VIDEO_ID, StandIn, item, refusal

POST = f"https://www.tiktok.com/@seoul.night_1/video/{VIDEO_ID}"


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=3, size="576x1024")
    return path.read_bytes()


@pytest.fixture
def site(clip):
    with StandIn(clip) as site:
        yield site


@pytest.fixture
def work(tmp_path):
    return tmp_path / "work"


def broken_off(site, options, tmp_path, work):
    """Fetch until some of the file is here, and no further; return how many bytes that is."""
    site.slow = 0.2
    arrived = []
    with pytest.raises(Cancelled):
        download(
            POST,
            tmp_path / "done",
            options=options,
            work=work,
            report=lambda progress: arrived.append(progress.done),
            cancelled=lambda: bool(arrived) and arrived[-1] > 20_000,
        )
    site.slow = 0.0
    site.requests.clear()
    [part] = work.glob("media.*.part")
    return part.stat().st_size


def ranges(site):
    return [request.headers.get("range", "") for request in site.requests if request.host == CDN]


def test_the_next_attempt_goes_on_where_the_last_one_broke_off(site, options, tmp_path, work, clip):
    here = broken_off(site, options, tmp_path, work)
    seen = []
    fetched = download(POST, tmp_path / "done", options=options, work=work, report=seen.append)
    assert fetched.path.read_bytes() == clip
    assert ranges(site) == [f"bytes={here}-"]
    assert min(progress.done for progress in seen if progress.stage == "downloading") > here


def test_a_server_without_ranges_is_asked_for_all_of_it_again(site, options, tmp_path, work, clip):
    broken_off(site, options, tmp_path, work)
    site.tell_length = False
    assert download(POST, tmp_path / "done", options=options, work=work).path.read_bytes() == clip


def test_bytes_of_another_version_are_never_taken_for_the_beginning(site, options, tmp_path, work, clip):
    broken_off(site, options, tmp_path, work)
    site.items[VIDEO_ID] = item(video=item()["video"] | {"bitrateInfo": []})  # the version is no longer offered
    assert download(POST, tmp_path / "done", options=options, work=work).path.read_bytes() == clip
    assert ranges(site) == [""]


def test_an_address_that_expired_half_way_is_asked_for_anew_and_gone_on_from(site, options, tmp_path, work, clip):
    here = broken_off(site, options, tmp_path, work)
    site.refuse_media = 1
    assert download(POST, tmp_path / "done", options=options, work=work).path.read_bytes() == clip
    assert ranges(site) == [f"bytes={here}-"] * 2


def test_each_page_is_asked_for_in_its_turn_and_the_turn_given_back(site, options, tmp_path):
    site.refuse_media = 1
    happened = []

    def turn(host):
        happened.append(("turn", host, len(site.seen)))
        return lambda: happened.append(("answered", host, len(site.seen)))

    download(POST, tmp_path, options=options, turn=turn)
    host = "www.tiktok.com"
    assert [(what, where) for what, where, _ in happened] == [("turn", host), ("answered", host)] * 2
    assert [asked for what, _, asked in happened if what == "turn"] == [0, 2]  # nothing is asked before it


def test_a_turn_is_given_back_also_when_the_child_is_stopped(site, options, tmp_path):
    given_back, stop = [], threading.Event()

    def turn(host):
        stop.set()
        return lambda: given_back.append(host)

    with pytest.raises(Cancelled):
        download(POST, tmp_path, options=options, turn=turn, cancelled=stop.is_set)
    assert given_back == ["www.tiktok.com"]


@pytest.mark.parametrize("mode", ["media-endless", "media-gzip", "media-huge"])
def test_more_bytes_than_may_be_kept_are_not_taken(site, tmp_path, mode):
    site.mode = mode
    small = FetchOptions(proxy=site.url, insecure_tls=True, max_bytes=3_000_000, deadline=30)
    kind, _sentence = refusal(lambda: download(POST, tmp_path / "done", options=small))
    assert kind in ("too_large", "bad_response")
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) == 0


def test_a_server_that_drips_is_left_at_the_deadline(site, tmp_path):
    site.mode = "media-slow"
    hasty = FetchOptions(proxy=site.url, insecure_tls=True, deadline=4)
    assert refusal(lambda: download(POST, tmp_path, options=hasty)) == ("network", told.TIMED_OUT)


def test_a_full_disk_is_told_before_anything_is_asked(site, tmp_path):
    much = FetchOptions(proxy=site.url, insecure_tls=True, keep_free=shutil.disk_usage(tmp_path).free + 10**9)
    assert refusal(lambda: download(POST, tmp_path, options=much)) == ("too_large", told.DISK_FULL)
    assert site.seen == []


def test_a_file_shorter_than_its_page_says_is_fetched_once_more_and_then_taken_for_whole(site, options, tmp_path, clip):
    video = item()["video"]
    rates = [dict(rate, PlayAddr={**rate["PlayAddr"], "DataSize": len(clip) + 5}) for rate in video["bitrateInfo"]]
    site.items[VIDEO_ID] = item(video={**video, "bitrateInfo": rates})
    assert download(POST, tmp_path, options=options).path.read_bytes() == clip
    assert len(site.media()) == 2


def test_progress_is_told_in_bytes_and_says_nothing_that_is_not_known():
    known = Progress("downloading", 3_200_000, 8_100_000, 1_400_000)
    assert (round(known.percent), known.seconds_left) == (40, 3.5)
    unknown = Progress("downloading", 3_200_000, None, 1_400_000)
    assert (unknown.percent, unknown.seconds_left) == (0.0, None)
