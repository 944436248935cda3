"""A search asks its sources in order: what each one's line says, what is kept, and who rests for how long."""

import json
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

from ranking.models import Video
from scraping import asked, chain, cookies, pace, posts, sources
from scraping.asked import words
from scraping.downloading import run_download, start_download
from scraping.fetch_errors import GONE, RATE_LIMITED
from scraping.health import source_now
from scraping.models import Pace, Result, Search, Source
from scraping.pages import Pages
from scraping.providers import asking
from scraping.providers.base import Post, ProviderError
from scraping.searching import run_search, run_to_end
from scraping.standin import cdn
from scraping.standin.wire import Reply
from tests.standin import VIDEO_ID, StandIn

LOGIN = ".tiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tof-the-stand-in\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def network(site: StandIn, settings, monkeypatch) -> None:
    """All that is asked goes to the stand-in, without a pause between two requests."""
    settings.TIKTOK_PROXY, settings.TIKTOK_INSECURE_TLS, settings.HOST_SPACING = site.url, True, 0
    settings.SOURCES = ["tiktok", "tikwm", "library"]
    monkeypatch.setattr(pace, "SPACING", {})
    monkeypatch.setattr(asking, "sleep", lambda seconds: None)


@pytest.fixture
def pictures() -> None:
    """For a test that is about covers; for the others there are none, which is sooner said."""


@pytest.fixture(autouse=True)
def _no_pictures(request, monkeypatch) -> None:
    if "pictures" not in request.fixturenames:
        monkeypatch.setattr(cdn, "picture", lambda site, asked: Reply(404))


@pytest.fixture
def logged_in(alice) -> None:
    cookies.keep(alice, LOGIN)


def search(alice, query: str, source: str = "auto", **more: int) -> Search:
    """A search, worked on to its end."""
    made = Search.objects.create(query=query, source=source, owner=alice, **more)
    run_to_end(made)
    return made


def lines(found: Search) -> list[tuple[str, str]]:
    return [(told["source"], told["kind"]) for told in found.asked]


def asked_for(site: StandIn) -> int:
    """How many requests for results the site had."""
    return sum("/api/" in request.path for request in site.requests)


def test_thirty_are_found_by_the_first_source_that_has_some_and_no_other_is_asked(site, alice, logged_in):
    found = search(alice, "춤")

    assert (found.status, found.answered, lines(found)) == ("done", "tiktok", [("tiktok", "found")])
    assert found.found.count() == 30 and set(found.found.values_list("source", flat=True)) == {"tiktok"}
    assert {request.host for request in site.requests if "/api/" in request.path} == {"www.tiktok.com"}
    rows = Result.objects.filter(search=found)
    assert [row.position for row in rows] == list(range(1, 31))
    assert all(row.play_count == site.known[row.video.external_id].plays for row in rows.select_related("video"))


def test_each_source_that_could_not_answer_has_its_line_and_the_next_is_asked(site, alice):
    sources.switch("tikwm", True)
    found = search(alice, "춤")

    assert lines(found) == [("tiktok", "login_required"), ("tikwm", "found")]
    assert [words(told) for told in found.asked] == [
        "TikTok answers a keyword only with the cookies of a logged-in session. Add them first.",
        "30 found",
    ]
    assert (found.status, found.answered) == ("done", "tikwm")


def test_a_source_that_goes_to_a_stranger_is_off_until_it_is_switched_on(site, alice):
    found = search(alice, "춤", "tikwm")

    assert (found.status, found.error) == (
        "failed",
        "This source is switched off. Switch it on under Sources, or choose another one.",
    )
    assert site.connects == []
    sources.switch("tikwm", True)
    assert search(alice, "춤", "tikwm").found.count() == 30


def test_a_chosen_source_is_asked_alone(site, alice, logged_in):
    sources.switch("tikwm", True)
    found = search(alice, "춤 !captcha", "tiktok")

    assert lines(found) == [("tiktok", "verification")]
    assert found.status == "failed" and found.error == found.asked[0]["message"]


def test_where_no_source_answers_the_search_fails_with_the_first_useful_step(site, alice):
    assert search(alice, "춤").error == (
        "No source answered. TikTok answers a keyword only with the cookies of a logged-in session. Add them first."
    )


def test_without_a_connection_that_is_what_is_said_first(site, settings, alice):
    sources.switch("tikwm", True)
    settings.TIKTOK_PROXY = "http://127.0.0.1:9"
    found = search(alice, "춤")

    assert lines(found) == [("tiktok", "login_required"), ("tikwm", "network"), ("library", "empty")]
    assert found.error == "No source answered. tikwm could not be reached. Check the connection and try again."


def test_nothing_found_is_said_only_where_a_source_out_there_said_so(site, alice, logged_in):
    none = search(alice, "없는말 !none")
    assert (none.status, none.error, lines(none)) == (
        "done",
        "",
        [("tiktok", "empty"), ("tikwm", "off"), ("library", "empty")],
    )

    refused = search(alice, "없는말 !captcha")
    assert refused.status == "failed" and refused.error.startswith("No source answered. TikTok refused this session.")


def test_the_library_answers_where_no_other_can_and_its_posts_are_not_counted_anew(site, alice):
    known = Video.objects.create(source="tiktok", external_id="1", caption="춤", search_text="춤", play_count=7)
    found = search(alice, "춤")
    known.refresh_from_db()

    assert (found.answered, list(found.found.all())) == ("library", [known])
    assert known.fetched_at is None
    assert Result.objects.get().play_count == 7


def test_the_same_question_is_answered_from_the_cache_and_says_since_when(site, alice, logged_in, monkeypatch):
    first = search(alice, "춤")
    count = asked_for(site)
    later = timezone.now() + timedelta(minutes=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    again = search(alice, "춤")

    assert asked_for(site) == count == 3
    assert list(again.videos()) == list(first.videos())
    assert words(again.asked[0]) == "30 found (from 3 minutes ago)"


def test_an_answer_is_good_for_twelve_minutes(site, alice, logged_in, valkey):
    search(alice, "춤")
    count, kept = asked_for(site), valkey.keys("*answer:*")
    assert len(kept) == count == 3
    assert all(12 * 60 - 60 < valkey.ttl(name) <= 12 * 60 for name in kept)

    for name in kept:  # the clock that counts is Valkey's
        valkey.pexpire(name, 1)
    time.sleep(0.05)
    assert search(alice, "춤").found.count() == 30 and asked_for(site) == 2 * count


def test_an_answer_that_needed_somebodys_session_is_not_anothers(site, alice, bob, logged_in):
    search(alice, "춤")
    other = search(bob, "춤")

    assert lines(other)[0] == ("tiktok", "login_required")


def test_a_refusal_is_not_kept(site, alice, logged_in):
    search(alice, "춤 !403", "tiktok")
    search(alice, "춤 !403", "tiktok")

    assert asked_for(site) == 2


def test_a_cache_that_is_down_costs_a_request_and_nothing_else(site, alice, logged_in, monkeypatch, caplog):
    def down(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("nobody there")

    for name in ("get", "set"):
        monkeypatch.setattr(cache, name, down)

    assert search(alice, "춤").found.count() == 30
    assert "the cache of answers is not there" in caplog.text


def test_after_three_refusals_in_a_row_a_source_rests_longer_each_time(site, alice, logged_in):
    for expected in (None, None, 60, 120, 240, 480, 900, 900):
        Source.objects.update(parked_until=None)
        found = search(alice, "춤 !captcha", "tiktok")
        row = Source.objects.get(name=f"tiktok @{alice.pk}")
        assert (row.parked_until and (row.parked_until - row.refused_at).total_seconds()) == expected
    until = timezone.localtime(row.parked_until)
    assert words(found.asked[0]).endswith(f"It is asked again from {until:%H:%M}.")
    assert (row.failures, row.refusal, row.failing_since < row.refused_at) == (8, "verification", True)


def test_a_resting_source_is_not_asked_and_an_answer_ends_its_count(site, alice, logged_in):
    for _ in range(3):
        search(alice, "춤 !captcha", "tiktok")
    count = len(site.requests)
    resting = search(alice, "춤", "tiktok")

    assert len(site.requests) == count
    assert (resting.status, lines(resting)) == ("failed", [("tiktok", "verification")])
    assert "It is asked again from " in resting.error and resting.asked[0]["until"]
    Source.objects.update(parked_until=None)
    assert search(alice, "춤", "tiktok").found.count() == 30
    row = Source.objects.get(name="tiktok")
    assert (row.failures, row.failing_since, row.parked_until) == (0, None, None)
    assert row.latency > 0 and row.answered_at > row.refused_at


def test_a_source_that_asks_for_a_long_pause_gets_it_at_once(site, alice, logged_in):
    site.answers["www.tiktok.com/api/search/item/full/"] = (429, {"Retry-After": "200"}, b"")
    found = search(alice, "춤", "tiktok")
    row = Source.objects.get(name="tiktok")

    assert lines(found) == [("tiktok", "rate_limited")]
    assert (row.parked_until - row.refused_at).total_seconds() == 200
    assert asked_for(site) == 1  # too long for a worker to wait


def test_a_pause_that_a_host_asks_a_search_for_is_kept_by_downloads_and_links_and_the_other_way_round(
    site, alice, logged_in
):
    site.answers["www.tiktok.com/api/search/item/full/"] = (429, {"Retry-After": "200"}, b"")
    search(alice, "춤", "tiktok")
    count = len(site.requests)
    url = f"https://www.tiktok.com/@x/video/{VIDEO_ID}"
    (video,) = posts.store([Post("tiktok", VIDEO_ID, url)])
    run_download((job := start_download(video, alice)).pk)
    job.refresh_from_db()
    assert job.status == "queued" and 190 < (job.not_before - timezone.now()).total_seconds() <= 200
    links = search(alice, f"{url} https://www.youtube.com/shorts/abcdefghij1", "links")
    assert links.status == "failed" and {row["reason"] for row in links.skipped} == {RATE_LIMITED, GONE}
    assert {request.host for request in site.requests[count:]} == {"www.youtube.com"}

    Source.objects.update(parked_until=None)
    resting = search(alice, "노래", "tiktok")
    until = timezone.localtime(Pace.objects.get(pk="www.tiktok.com (pause)").next_at)
    assert words(resting.asked[0]) == f"{RATE_LIMITED} It is asked again from {until:%H:%M}."
    assert asked_for(site) == 1


def test_what_is_the_askers_own_matter_parks_nobody(site, alice, bob, logged_in):
    for _ in range(4):
        search(alice, "춤 !2483", "tiktok")
        search(bob, "춤", "tiktok")

    assert sources.parked("tiktok") is None
    assert Source.objects.get(name="tiktok").refusal == "login_required"


@pytest.mark.parametrize("mode", ["captcha", "-2", "empty"])
def test_a_session_that_is_refused_rests_for_its_owner_only(site, alice, bob, logged_in, mode):
    cookies.keep(bob, LOGIN)
    for _ in range(3):
        found = search(alice, f"춤 !{mode}", "tiktok")
    count = asked_for(site)
    assert found.asked[0]["until"] and search(alice, "노래", "tiktok").status == "failed"
    assert asked_for(site) == count  # hers is left alone
    assert source_now("tiktok", alice).state == "resting" and source_now("tiktok", bob).state != "resting"
    assert search(bob, "춤", "tiktok").found.count() == 30
    assert sources.parked("tiktok") is None and sources.parked("tiktok", alice.pk)
    Source.objects.update(parked_until=None)
    assert search(alice, "노래", "tiktok").found.count() == 30
    assert not Source.objects.filter(name__contains="@").exists()


def test_what_a_site_says_to_all_rests_for_all(site, alice, bob, logged_in):
    cookies.keep(bob, LOGIN)
    for _ in range(3):
        search(alice, "춤 !403", "tiktok")
    assert sources.parked("tiktok", bob.pk)


def test_more_asks_the_same_source_for_the_next_page_and_appends(site, alice, logged_in):
    found = search(alice, "춤")
    first = list(found.videos())
    assert chain.more(found, 30) and found.status == "queued"
    run_to_end(found)

    assert list(found.videos())[:30] == first and found.found.count() == 40
    assert words(found.asked[0]).startswith("40 found") and found.next_cursor == ""
    assert not chain.more(found, 30) and found.status == "done"


def test_what_was_over_in_a_page_comes_first_when_more_is_asked_for(site, alice, logged_in):
    found = search(alice, "춤", limit=5)
    assert found.found.count() == 5 and asked_for(site) == 1
    chain.more(found, 5)
    run_to_end(found)

    assert asked_for(site) == 1  # the rest of that page was here already
    assert [video.external_id for video in found.videos()] == [facts.id for facts in site.find("춤")[:10]]


def test_a_refusal_after_the_first_page_costs_nothing_of_what_is_there(site, alice, logged_in):
    found = search(alice, "춤", limit=12)
    site.mode = "captcha"
    chain.more(found, 30)
    run_to_end(found)

    assert (found.status, found.found.count()) == ("done", 12)
    assert lines(found) == [("tiktok", "found"), ("tiktok", "verification")]
    site.mode = ""
    chain.more(found, 30)
    run_to_end(found)
    assert lines(found) == [("tiktok", "found")]
    assert found.found.count() == 40


def test_a_source_that_goes_in_circles_is_asked_twice_and_no_more(site, alice, logged_in):
    found = search(alice, "춤 !loop", limit=100)

    assert (found.found.count(), asked_for(site), found.next_cursor) == (12, 2, "")


def test_rows_that_are_wrong_never_end_a_search(site, alice, logged_in):
    found = search(alice, "춤 !odd", limit=7)
    bent = found.videos()[0]

    assert found.status == "done" and found.found.count() == 7
    assert (bent.play_count, bent.rounded) == (1_200_000, True)
    assert any("number" in row["reason"] for row in found.skipped)


def test_a_search_that_lost_its_worker_goes_on_where_it_stopped(site, alice, logged_in):
    found = search(alice, "춤", limit=12)
    count = asked_for(site)
    Search.objects.filter(pk=found.pk).update(status="queued", limit=24)
    run_search(found.pk)
    found.refresh_from_db()

    assert found.found.count() == 24 and asked_for(site) == count + 1


def test_a_search_that_was_cancelled_asks_for_nothing_more(site, alice, logged_in, monkeypatch):
    made = Search.objects.create(query="춤", source="tiktok", owner=alice)
    monkeypatch.setattr("ranking.jobs.REPORT_SECONDS", 0)
    ask = Pages.read

    def cancel_after_the_first(pages: Pages, cursor: str | None) -> object:
        page = ask(pages, cursor)
        made.cancel()
        return page

    monkeypatch.setattr(Pages, "read", cancel_after_the_first)
    run_search(made.pk)
    made.refresh_from_db()

    assert (made.status, asked_for(site), made.found.count()) == ("cancelled", 1, 0)


def test_a_worker_that_was_given_up_writes_nothing_into_anothers_search(site, alice, logged_in, monkeypatch):
    made = Search.objects.create(query="춤", source="tiktok", owner=alice)
    ask = Pages.read

    def taken_over(pages: Pages, cursor: str | None) -> object:
        Search.objects.filter(pk=made.pk).update(attempt=2)
        return ask(pages, cursor)

    monkeypatch.setattr(Pages, "read", taken_over)
    run_search(made.pk)
    made.refresh_from_db()

    assert (made.status, made.answered, made.found.count(), made.asked) == ("running", "", 0, [])


def test_covers_are_fetched_after_the_results_stand(site, alice, logged_in, pictures, monkeypatch):
    stood: list[int] = []
    fetch = chain.posts.fetch_covers

    def looked_at(few: list[Video], job: Search) -> None:
        stood.append(Result.objects.count())
        fetch(few, job)

    monkeypatch.setattr(chain.posts, "fetch_covers", looked_at)
    found = search(alice, "춤", limit=12)

    assert stood == [12, 12, 12]
    assert found.found.exclude(cover="").count() == 12


def test_the_first_step_is_the_connection_only_where_no_source_was_reached():
    network = asked.line("youtube", "network", "YouTube could not be reached. Check the connection and try again.")
    login, captcha = asked.line("tiktok", "login_required", "Add."), asked.line("tiktok", "verification", "Verify.")

    assert asked.problem([login, network]) == network["message"]
    assert asked.problem([captcha, network]) == "Verify."
    assert asked.problem([asked.line("tiktok", "empty"), asked.line("tikwm", "off")]) == ""


def test_a_source_that_is_not_there_any_more_is_passed_over_and_said_in_the_log(settings, alice, caplog):
    settings.SOURCES = ["atlantis", "library"]

    assert lines(search(alice, "춤")) == [("library", "empty")]
    assert "there is no source “atlantis”" in caplog.text


def test_the_api_tells_what_each_source_said(client, alice, logged_in):
    found = search(alice, "춤", limit=12)
    told = client.get(f"/api/v1/search/{found.pk}").json()

    assert (told["answered"], len(told["videos"])) == ("tiktok", 12)
    assert told["asked"] == [
        {"source": "tiktok", "kind": "found", "message": "", "found": 12, "until": "", "age": 0},
    ]


def test_the_command_tells_what_each_source_said_and_fails_where_none_answered(settings, capsys):
    sources.switch("tikwm", True)
    call_command("search", "춤", limit=3, json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["answered"], len(told["videos"]), told["error"]) == ("tikwm", 3, "")
    assert [line["words"] for line in told["asked"]][-1] == "3 found"

    settings.TIKTOK_PROXY = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match=r"^No source answered\. tikwm could not be reached\.") as failed:
        call_command("search", "노래")
    assert failed.value.returncode == 2
    assert "TikTok: TikTok answers a keyword only with the cookies" in capsys.readouterr().err


def test_the_refusals_of_several_workers_are_all_counted(alice):
    error = ProviderError("blocked", "No.")
    for _ in range(3):
        until = sources.refused("tiktok", error)

    assert Source.objects.get(name="tiktok").failures == 3
    assert until is not None and sources.parked("tiktok").parked_until == until
