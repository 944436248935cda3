"""The page of all work: what waits and in which place, what failed and why, cancel, try again, and a job's log."""

import logging
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from ranking import job_log, line, remedies
from ranking.jobs import JobError
from ranking.models import Project, Video
from ranking.templatetags.line import in_words
from rendering.models import Render, Segment
from scraping.models import Download, Ingest, Search

pytestmark = pytest.mark.django_db


def video(number: int, **fields: Any) -> Video:
    return Video.objects.create(source="tiktok", external_id=str(number), caption=f"Clip {number}", **fields)


def film(owner: Any, **fields: Any) -> Render:
    project, _made = Project.objects.get_or_create(owner=owner, title="Cats")
    return Render.objects.create(owner=owner, project=project, **fields)


def finished(seconds: float, kind: type = Search, **fields: Any) -> Any:
    now = timezone.now()
    times = {"started_at": now - timedelta(seconds=seconds), "finished_at": now}
    return kind.objects.create(status="done", **times, **fields)


def test_the_page_shows_ones_own_work_of_every_kind_the_newest_first(client, alice, bob):
    Search.objects.create(query="cats dancing", source="auto", owner=alice, status="done")
    Download.objects.create(video=video(1), owner=alice, status="failed", error="The post is private.")
    Search.objects.create(query="secret of bob", source="auto", owner=bob)
    render = film(alice, status="running", percent=40)
    Segment.objects.create(render=render, position=0, key="k", frames=30)
    page = client.get(reverse("jobs")).content.decode()
    places = [page.index(words) for words in ("Cats", "Clip 1", "cats dancing")]
    assert places == sorted(places)
    assert "The post is private." in page and "secret of bob" not in page
    assert page.count('class="job-row') == 3  # a segment is a part of its film


def test_the_search_of_a_wish_is_not_told_beside_its_film_but_what_it_found_is(client, alice):
    search = Search.objects.create(query="춤", source="auto", owner=alice, status="failed", error="Nobody answered.")
    film(alice, status="failed", error="Nobody answered.", search=search, wish={"keyword": "춤"})
    assert client.get(reverse("jobs")).content.decode().count("Nobody answered.") == 1
    Search.objects.update(status="done", error="")
    assert search.get_absolute_url() in client.get(reverse("jobs")).content.decode()


def test_what_goes_on_comes_first_then_what_waits_in_its_order_then_what_ended_last(client, alice):
    def search(query: str, minutes: int, status: str, ended: int | None = None) -> None:
        made = Search.objects.create(query=query, source="auto", owner=alice, status=status)
        now, at = timezone.now(), timedelta(minutes=1)
        times = {"created_at": now - minutes * at, "finished_at": None if ended is None else now - ended * at}
        Search.objects.filter(pk=made.pk).update(**times)

    search("ended-late", 90, "failed", 1)
    search("waits-second", 5, "queued")
    search("ended-early", 80, "done", 60)
    search("waits-first", 10, "queued")
    Download.objects.create(video=video(1, url="https://x/1"), owner=alice, status="running")
    search("ended-between", 2, "cancelled", 2)
    page = client.get(reverse("jobs")).content.decode()
    wanted = ["Clip 1", "waits-first", "waits-second", "ended-late", "ended-between", "ended-early"]
    assert sorted(wanted, key=page.index) == wanted


def test_it_is_filtered_by_kind_and_state_and_nonsense_filters_nothing(client, alice):
    Search.objects.create(query="cats", source="auto", owner=alice, status="failed")
    Search.objects.create(query="dogs", source="auto", owner=alice)
    Download.objects.create(video=video(1), owner=alice)

    def shown(query: str) -> int:
        return client.get(reverse("jobs") + query).content.decode().count('class="job-row')

    assert shown("?kind=search") == 2 and shown("?state=active") == 2
    assert shown("?kind=search&state=failed") == 1 and shown("?kind=download&state=done") == 0
    assert shown("?kind=nonsense&state=x&page=99") == 3 and shown("?kind=segment") == 3


def test_many_jobs_take_as_many_queries_as_few(client, alice):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("jobs")).status_code == 200
        return len(seen)

    def add(number: int) -> None:
        Download.objects.create(video=video(number), owner=alice)
        Ingest.objects.create(video=video(100 + number), owner=alice, status="failed", error="x")
        Search.objects.create(query="q", source="auto", owner=alice)
        film(alice, status="done")

    add(0)
    client.get(reverse("jobs"))
    few = queries()
    for number in range(1, 5):
        add(number)
    assert queries() == few


def test_pages_follow_one_another_without_a_gap(client, alice):
    for number in range(45):
        Search.objects.create(query=f"query-{number}-", source="auto", owner=alice)
    seen = [client.get(f"{reverse('jobs')}?page={n}").content.decode() for n in (1, 2, 3)]
    assert [page.count('class="job-row') for page in seen] == [20, 20, 5]
    assert all(sum(f"query-{number}-" in page for page in seen) == 1 for number in range(45))


def test_waiting_work_is_cancelled_and_what_failed_is_done_again(client, alice, valkey):
    waiting = Download.objects.create(video=video(1), owner=alice)
    client.post(reverse("job-cancel", args=[waiting.pk]))
    waiting.refresh_from_db()
    assert waiting.status == "cancelled"
    client.post(reverse("job-retry", args=[waiting.pk]))
    again = Download.objects.active().get()
    assert (again.video, again.owner, again.pk != waiting.pk) == (waiting.video, alice, True)
    client.post(reverse("job-retry", args=[waiting.pk]))
    assert Download.objects.active().get() == again  # not twice at the same time


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (12, "12 s"), (60, "1 min"), (185, "3 min 5 s"), (7500, "2 h 5 min")]
)
def test_how_long_work_took_is_said_in_words(client, alice, seconds, words):
    finished(seconds, owner=alice, query="cat", source="auto")
    assert f"took {words}<" in client.get(reverse("jobs")).content.decode()


def test_what_waits_has_a_clock_and_what_goes_on_a_spinner(client, alice):
    job = Search.objects.create(owner=alice, query="cat", source="auto")

    def row() -> str:
        return client.get(reverse("jobs")).content.decode().partition("<article")[2].partition("</article>")[0]

    assert '#clock"' in row() and "spinner" not in row()
    Search.objects.filter(pk=job.pk).update(status="running")
    assert '#clock"' not in row() and "spinner" in row()


def test_a_first_day_without_work_leads_to_the_first_ranking_and_a_filter_does_not(client):
    offer = f'<a class="button primary" href="{reverse("home")}">Go and make a ranking</a>'
    assert offer in client.get(reverse("jobs")).content.decode()
    assert offer in client.get(reverse("channels")).content.decode()
    assert offer not in client.get(reverse("jobs") + "?state=failed").content.decode()


@pytest.mark.parametrize(("kind", "instead"), [(Download, "upload this one as a file"), (Ingest, "upload that")])
def test_what_can_never_work_is_not_offered_again_and_says_what_to_do_instead(client, alice, valkey, kind, instead):
    job = kind.objects.create(video=video(1, url="https://www.tiktok.com/@a/video/1"), owner=alice)
    with job.running():
        raise JobError("This post is removed.", for_good=True)
    for page in ("jobs", "video"):
        shown = client.get(reverse(page, args=[] if page == "jobs" else [job.video_id])).content.decode()
        assert "This post is removed." in shown and instead in shown
        assert "Try again" not in shown and "Fetch the video" not in shown
    assert instead in client.post(reverse("job-retry", args=[job.pk]), follow=True).content.decode()
    assert kind.objects.count() == 1
    kind.objects.update(stage="")
    assert "Try again" in client.get(reverse("jobs")).content.decode()


def test_the_log_tells_when_in_the_readers_words_and_time(client, alice, settings):
    settings.TIME_ZONE = "Asia/Seoul"
    log = job_log.tail(job_log.tail("older", 1, ["first: a"]), 2, ["2026-01-05 18:30:00 UTC, attempt 9", "second"])
    log = re.sub(r"(?m)^[\d-]+ [\d:]+ UTC, attempt ([12])$", r"2026-01-05 18:30:00 UTC, attempt \1", log)
    Search.objects.create(query="q", source="auto", owner=alice, status="failed", log=log)
    page = client.get(reverse("jobs"), headers={"Accept-Language": "ko"}).content.decode()
    assert "UTC" not in page and page.index("older") < page.index("first: a") < page.index("second")
    with translation.override("ko"):
        wanted = date_format(datetime(2026, 1, 6, 3, 30), "SHORT_DATETIME_FORMAT")
    assert page.count(wanted) == 3


def test_a_film_is_made_again_as_it_was_asked_for(client, alice, valkey):
    plan = {"title": ["Cats"], "clips": []}
    broken = film(alice, status="failed", plan=plan, sources=[{"rank": 1}], draft=True)
    client.post(reverse("job-retry", args=[broken.pk]))
    again = Render.objects.active().get()
    assert (again.plan, again.sources, again.draft, again.project) == (plan, [{"rank": 1}], True, broken.project)


def test_what_is_somebody_elses_is_not_there(bobs_client, alice):
    job = Download.objects.create(video=video(1), owner=alice)
    for name in ("job-cancel", "job-retry", "job"):
        ask = bobs_client.get if name == "job" else bobs_client.post
        assert ask(reverse(name, args=[job.pk])).status_code == 404
    job.refresh_from_db()
    assert job.status == "queued"


def test_what_is_at_work_or_is_no_work_of_its_own_is_not_done_again(client, alice):
    running = Search.objects.create(query="q", source="auto", owner=alice, status="running")
    answer = client.post(reverse("job-retry", args=[running.pk]), follow=True)
    assert "cannot be done again" in answer.content.decode() and Search.objects.count() == 1
    segment = Segment.objects.create(render=film(alice), position=0, key="k", frames=30, owner=alice)
    assert client.post(reverse("job-retry", args=[segment.pk])).status_code == 404


def test_the_place_in_the_line_is_that_among_all_who_wait(alice, bob):
    first, second, third = (film(owner) for owner in (bob, alice, alice))
    assert [line.place(job).number for job in (first, second, third)] == [1, 2, 3]
    assert line.place(third).seconds is None  # no film was ever made: nobody knows
    finished(60, Render, project=first.project)
    assert [round(line.place(job).seconds) for job in (first, second, third)] == [0, 60, 120]
    Render.objects.filter(pk=first.pk).update(status="running", started_at=timezone.now() - timedelta(seconds=40))
    assert line.place(third).number == 2 and 79 <= line.place(third).seconds <= 80
    assert line.place(Render.objects.get(pk=first.pk)) is None


def test_what_many_workers_do_at_a_time_waits_for_the_first_that_is_free():
    finished(30)
    for _number in range(Search.abreast):
        Search.objects.create(query="q", source="auto", status="running", started_at=timezone.now())
    waiting = [Search.objects.create(query="w", source="auto") for _number in range(Search.abreast + 1)]
    found = line.places(waiting)
    assert 29 <= found[waiting[0].pk].seconds <= 30 and 29 <= found[waiting[-2].pk].seconds <= 30
    assert 59 <= found[waiting[-1].pk].seconds <= 60


def test_the_place_is_said_in_words():
    assert in_words(line.Place(3, 119.0)) == "Third in line, begins in about 2 minutes"
    assert in_words(line.Place(1, 0.0)) == "Next in line"
    assert in_words(line.Place(12, 0.4)) == "Number 12 in line, begins in about 1 second"
    assert in_words(None) == ""


def test_a_waiting_jobs_partial_says_its_place(client, alice):
    finished(120, query="q", source="auto")
    for _number in range(Search.abreast):
        Search.objects.create(query="q", source="auto", status="running", started_at=timezone.now())
    jobs = [Download.objects.create(video=video(n), owner=alice) for n in range(3)]
    assert "Third in line" in client.get(reverse("job", args=[jobs[2].pk])).content.decode()
    search = Search.objects.create(query="q", source="auto", owner=alice)
    row = client.get(reverse("job", args=[search.pk]) + "?row=1").content.decode()
    assert "Next in line, begins in about 2 minutes" in row and f'id="row-{search.pk}"' in row


def test_a_failed_job_keeps_what_led_to_its_failure_and_not_where_files_lie(client, alice, valkey, settings):
    job = Search.objects.create(query="q", source="auto", owner=alice)
    with job.running():
        try:
            raise OSError(f"no room at {settings.DATA_DIR}/tmp/x")
        except OSError as error:
            raise JobError("There is no room left.") from error
    job.refresh_from_db()
    assert "attempt 1\nJobError: There is no room left.\nOSError: no room at DATA_DIR/tmp/x" in job.log
    assert "OSError: no room" in client.get(reverse("jobs")).content.decode()


def test_the_log_keeps_its_end_only():
    with job_log.listening() as lines:
        for number in range(500):
            logging.getLogger("somebody").warning("line %d %s", number, "x" * 50)
    log = job_log.tail("before", 2, lines)
    assert len(log) <= job_log.MOST_LETTERS and log.endswith("line 499 " + "x" * 50) and "line 1 " not in log


def test_work_that_went_well_without_a_word_has_no_log(alice, valkey):
    job = Search.objects.create(query="q", source="auto", owner=alice)
    with job.running():
        pass
    job.refresh_from_db()
    assert (job.status, job.log) == ("done", "")


def test_trying_again_keeps_to_what_one_user_may_take(client, alice, valkey, settings):
    settings.ACTIVE_JOBS = 1
    failed = Download.objects.create(video=video(1), owner=alice, status="failed")
    Search.objects.create(query="q", source="auto", owner=alice)
    page = client.post(reverse("job-retry", args=[failed.pk]), follow=True).content.decode()
    assert "At most 1 job of yours runs at a time" in page and not Download.objects.active().exists()
    Search.objects.update(status="done")
    settings.FILMS_A_DAY = 1
    broken = film(alice, status="failed", plan={"title": [], "clips": []})
    client.post(reverse("job-retry", args=[broken.pk]))
    Render.objects.active().update(status="failed")
    page = client.post(reverse("job-retry", args=[broken.pk]), follow=True).content.decode()
    assert "that you may make a day" in page and not Render.objects.active().exists()


@pytest.mark.parametrize("code", ["en", "ko"])
@pytest.mark.parametrize("sentence", remedies.REMEDIES)
def test_a_failure_that_a_page_helps_with_leads_there_whatever_language_it_was_noted_in(client, alice, sentence, code):
    with translation.override(code):
        told = f"{gettext(sentence)} More."
    remedy = remedies.REMEDIES[sentence]
    render, link = film(alice, status="failed", error=told), f'<a href="{reverse(remedy.page)}">{remedy.words}</a>'
    for address in (reverse("jobs"), render.get_absolute_url()):
        assert link in client.get(address).content.decode()
    Render.objects.filter(pk=render.pk).update(error="The post is private.")
    assert link not in client.get(reverse("jobs")).content.decode()
