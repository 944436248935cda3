"""A host is asked at its pace by all workers together; the clock is replaced."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from ranking.jobs import Later
from scraping import cookies, pace, posts
from scraping.downloading import run_download, start_download
from scraping.models import Pace, Search
from scraping.pages import Pages
from scraping.providers.base import Post
from tests.standin import VIDEO_ID

pytestmark = pytest.mark.django_db
HOST = "www.tiktok.com"


class Clock:
    """A time that only passes when somebody sleeps."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def seconds(self) -> float:
        return (self.moment - datetime(2026, 11, 23, 12, tzinfo=UTC)).total_seconds()


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace, "now", clock.now)
    monkeypatch.setattr(pace, "sleep", clock.sleep)
    return clock


def test_callers_pass_one_after_the_other_and_without_spacing_at_once(clock):
    passed = []
    for _ in range(4):
        pace.pass_gate(HOST, 1.0)
        passed.append(clock.seconds())
    assert passed == [0, 1, 2, 3]
    pace.pass_gate("elsewhere", 1.0)
    for _ in range(4):
        pace.pass_gate("quick", 0)
    assert clock.seconds() == 3
    assert not Pace.objects.filter(name="quick").exists()


def test_a_turn_ends_its_spacing_after_the_answer_however_long_that_took(clock):
    until = pace.pass_gate(HOST, 1.0, hold=20.0)
    clock.sleep(7)
    pace.answered(HOST, 1.0, until)
    pace.pass_gate(HOST, 1.0, hold=20.0)
    assert clock.seconds() == 8


def test_a_request_that_is_never_answered_holds_up_nobody_for_ever(clock):
    first = pace.pass_gate(HOST, 1.0, hold=20.0)
    second = pace.pass_gate(HOST, 1.0, hold=20.0)
    assert clock.seconds() == 20
    pace.answered(HOST, 1.0, first)  # much too late: the gate is another's by now
    assert Pace.objects.get(pk=HOST).next_at == second


def test_whoever_cannot_wait_for_a_turn_is_told_that_others_have_it(clock):
    pace.pass_gate(HOST, 1.0, hold=20.0)
    with pytest.raises(pace.Busy):
        pace.pass_gate(HOST, 1.0, hold=20.0, most=5.0)
    assert 5 <= clock.seconds() < 7


def test_a_host_with_a_pace_of_its_own_keeps_it_whatever_the_settings_say(settings):
    for given, expected in ((0, 1.1), (1.0, 1.1), (3.0, 3.0)):
        settings.HOST_SPACING = given
        assert (pace.spacing("www.tikwm.com"), pace.spacing(HOST)) == (expected, given)


def test_searches_downloads_links_and_the_cookie_test_stand_at_one_gate(clock, alice, site, settings):
    """Each asks www.tiktok.com once; between an answer and the next request lies the spacing, whoever asks."""
    settings.TIKTOK_PROXY, settings.TIKTOK_INSECURE_TLS, settings.HOST_SPACING = site.url, True, 2.0
    moments: list[float] = []

    class Timed(list):
        def append(self, request: tuple[str, str, str]) -> None:
            moments.append(clock.seconds())
            super().append(request)

    site.seen = Timed()
    jar = cookies.keep(alice, ".tiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tof-the-stand-in\n")
    url = f"https://www.tiktok.com/@x/video/{VIDEO_ID}"
    (video,) = posts.store([Post("tiktok", VIDEO_ID, url)])
    for query, source in (("춤", "tiktok"), (url, "links")):
        with (search := Search.objects.create(query=query, source=source, owner=alice, limit=5)).running():
            Pages(search, source).read(None)
    cookies.try_out(jar, posts.fetch_options())
    run_download(start_download(video, alice).pk, in_place=True)
    asked = [
        (path.partition("?")[0], at) for (_, host, path), at in zip(site.seen, moments, strict=True) if host == HOST
    ]

    assert [at for _path, at in asked] == [0, 2, 4, 6], asked
    assert {path for path, _at in asked} >= {"/api/search/item/full/", cookies.BEAT, f"/@x/video/{VIDEO_ID}"}


def test_the_test_of_cookies_does_not_keep_its_page_waiting_for_a_turn(clock, alice, site, settings, client):
    settings.TIKTOK_PROXY, settings.TIKTOK_INSECURE_TLS, settings.HOST_SPACING = site.url, True, 1.0
    cookies.keep(alice, ".tiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tof-the-stand-in\n")
    pace.pass_gate(HOST, 1.0, hold=600.0)
    page = client.post(reverse("cookies-test"))

    assert page.status_code == 422 and cookies.BUSY in page.content.decode()
    assert site.seen == [] and clock.seconds() < 10


def test_covers_of_a_host_with_a_pace_are_fetched_one_in_its_turn(clock, alice, site, settings):
    """tikwm's own covers, as its answers have them with web=1; the stand-in takes one request a second there too."""
    settings.TIKTOK_PROXY, settings.TIKTOK_INSECURE_TLS = site.url, True
    found = site.find("춤")[:6]
    urls = [f"https://www.tikwm.com/video/media/cover/{facts.id}.webp" for facts in found]
    told = [Post("tiktok", facts.id, "", cover_url=url) for facts, url in zip(found, urls, strict=True)]
    moments: list[float] = []

    class Timed(list):
        def append(self, request: tuple[str, str, str]) -> None:
            moments.append(clock.seconds())
            site.tikwm_asked = -10.0  # by its own clock a second has gone by
            super().append(request)

    site.seen = Timed()
    videos = posts.store(told)
    with (job := Search.objects.create(query="춤", source="tikwm", owner=alice)).running():
        posts.fetch_covers(videos, job)

    assert moments == pytest.approx([0, 1.1, 2.2, 3.3, 4.4, 5.5])
    assert all(video.cover for video in videos)


def test_a_crowd_of_jobs_gets_moments_of_its_own_and_lets_go_of_its_workers(clock, alice):
    moments = []
    for _ in range(5):
        job = Search.objects.create(query="춤", source="tiktok", owner=alice)
        try:
            pace.line_up(HOST, 1.0, job)
            moments.append(0.0)
        except Later as later:
            moments.append((later.moment - clock.moment).total_seconds())
    assert moments == [0.0, 0.0, 2.0, 3.0, 4.0]  # a second is stood and waited for
