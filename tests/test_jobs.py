"""Background work as rows: claimed once, fenced, swept, cancelled, and never lost with a message."""

import base64
import json
import os
import signal
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ranking import embedded, jobs
from ranking.celery import app
from ranking.jobs import Job, JobError, Stopped
from ranking.models import Project
from ranking.sweep import MAX_LOST, recover, requeue, sweep
from rendering.models import Render, Segment
from scraping.models import Search

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(alice, valkey) -> Search:
    return Search.objects.create(query="춤", source="library", owner=alice)


def fresh(job):
    return Search.objects.get(pk=job.pk)


def messages(valkey, queue="net"):
    """Return (task, id) of the messages that wait in a queue."""
    found = [json.loads(raw) for raw in valkey.lrange(queue, 0, -1)]
    return [(one["headers"]["task"], json.loads(base64.b64decode(one["body"]))[0][0]) for one in found]


def silent_for(job, delta):
    """Let the last sign of life of a job's worker lie back by that much."""
    Search.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - delta)


@contextmanager
def broker(url):
    """Let Celery talk to another broker."""
    usual = settings.CELERY_BROKER_URL

    def use(address):
        app.conf.broker_url = address
        app._pool = app.amqp._producer_pool = None

    use(url.replace("unix://", "redis+socket://"))
    try:
        yield
    finally:
        use(usual)


# --- Claiming -------------------------------------------------------------------------------------------------------


def test_a_job_runs_from_queued_to_done(job):
    with job.running() as won:
        assert won
        assert (fresh(job).status, fresh(job).attempt) == ("running", 1)
        assert fresh(job).started_at and fresh(job).heartbeat_at
    assert (fresh(job).status, fresh(job).percent) == ("done", 100)
    assert fresh(job).finished_at


def test_a_message_that_comes_twice_is_worked_on_once(job):
    with job.running() as first, fresh(job).running() as second:
        assert (first, second) == (True, False)
    with fresh(job).running() as third:
        assert not third, "it is done"
    assert fresh(job).attempt == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_the_same_moment_one_wins(job):
    wins, start = [], threading.Barrier(8)

    def work():
        mine = fresh(job)
        start.wait()
        with mine.running() as won:
            wins.append(won)
            time.sleep(0.05)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(wins) == [False] * 7 + [True]
    assert fresh(job).attempt == 1


def test_a_sentence_for_people_is_kept_and_the_worker_goes_on(job):
    with job.running():
        raise JobError("This video is private.")
    assert (fresh(job).status, fresh(job).error) == ("failed", "This video is private.")


def test_an_unexpected_error_is_told_without_its_details_and_not_swallowed(job):
    with pytest.raises(ZeroDivisionError), job.running():
        1 / 0  # noqa: B018
    assert fresh(job).status == "failed"
    assert "log" in fresh(job).error and "division" not in fresh(job).error


# --- Fencing and cancelling -----------------------------------------------------------------------------------------


def test_a_late_worker_cannot_touch_a_job_that_was_given_to_another(job):
    late = fresh(job)
    with late.running():
        silent_for(job, jobs.LEASE + timedelta(seconds=1))
        with fresh(job).running() as won:
            assert won
        late._reported = 0
        with pytest.raises(Stopped):
            late.report(50, "I am still here")
        assert not late.finish(Job.Status.FAILED, error="late")
        assert (fresh(job).status, fresh(job).attempt, fresh(job).error) == ("done", 2, "")
    assert fresh(job).status == "done", "leaving the block changed nothing either"


def test_a_cancelled_job_stops_at_its_next_report_and_stays_cancelled(job):
    reached = []
    with job.running():
        assert fresh(job).cancel()
        job.report(10, "working")
        reached.append("after the report")
    assert reached == []
    assert (fresh(job).status, fresh(job).percent) == ("cancelled", 0)


def test_a_job_cancelled_before_its_worker_came_is_not_begun(job):
    assert fresh(job).cancel()
    with job.running() as won:
        assert not won
    assert fresh(job).status == "cancelled"
    assert not fresh(job).cancel(), "there is nothing left to cancel"


def test_reports_reach_the_row_at_most_twice_a_second_and_stay_within_bounds(job, django_assert_num_queries):
    with job.running():
        job.report(40, "forty")
        with django_assert_num_queries(0):
            for percent in range(1000):
                job.report(percent)
        assert (fresh(job).percent, fresh(job).message) == (40, "forty")
        time.sleep(jobs.REPORT_SECONDS)
        job.report(1e9, "x" * 1000)
        assert (fresh(job).percent, len(fresh(job).message)) == (100, 300)


def test_the_estimate_is_honest(job):
    assert job.seconds_left is None
    job.status, job.percent, job.started_at = "running", 1, timezone.now() - timedelta(seconds=30)
    assert job.seconds_left is None, "too little is known"
    assert job.is_measured
    job.percent = 0.4
    assert not job.is_measured, "nothing is known, and a page that stands at 0% looks dead"
    job.percent = 75
    assert job.seconds_left == pytest.approx(10, abs=0.1)


# --- Messages -------------------------------------------------------------------------------------------------------


def test_a_job_is_sent_once_its_transaction_is_committed(alice, valkey, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = Search(query="춤", source="library", owner=alice).enqueue()
        assert messages(valkey) == [], "a worker would not find the row yet"
    assert messages(valkey) == [("scrape_tiktok_task", str(job.pk))]
    assert fresh(job).nudged_at


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_job_leaves_neither_row_nor_message(alice, valkey):
    with pytest.raises(IntegrityError), transaction.atomic():
        Search(query="춤", source="library", owner=alice).enqueue()
        raise IntegrityError
    assert not Search.objects.exists()
    assert messages(valkey) == []


@pytest.mark.django_db(transaction=True)
def test_with_redis_down_a_job_is_accepted_at_once_and_sent_when_it_is_back(alice, valkey):
    with broker("unix:///nowhere/redis.sock"):
        started = time.monotonic()
        job = Search(query="춤", source="library", owner=alice).enqueue()
        assert time.monotonic() - started < 1
        assert (fresh(job).status, fresh(job).nudged_at) == ("queued", None)
        assert sweep() == 1, "it tries again, and again does not fail"
        assert fresh(job).nudged_at is None
    assert messages(valkey) == []
    assert sweep() == 1
    assert messages(valkey) == [("scrape_tiktok_task", str(job.pk))]


@pytest.mark.django_db(transaction=True)
def test_with_redis_hanging_a_job_is_accepted_within_seconds(alice, valkey):
    with embedded.redis_server() as url, redis.Redis.from_url(url) as connection, broker(url):
        process = connection.info("server")["process_id"]
        os.kill(process, signal.SIGSTOP)
        try:
            started = time.monotonic()
            job = Search(query="춤", source="library", owner=alice).enqueue()
            took = time.monotonic() - started
        finally:
            os.kill(process, signal.SIGCONT)
    assert took < 5, f"{took:.1f} s"
    assert (fresh(job).status, fresh(job).nudged_at) == ("queued", None)


# --- The sweep ------------------------------------------------------------------------------------------------------


def test_a_job_whose_worker_lives_is_left_alone(job, valkey):
    with job.running():
        silent_for(job, jobs.LEASE - timedelta(seconds=5))
        assert sweep() == 0
        assert (fresh(job).status, messages(valkey)) == ("running", [])


def test_a_job_whose_worker_vanished_is_queued_and_sent_again(job, valkey):
    job._claim()
    silent_for(job, jobs.LEASE + timedelta(seconds=1))
    assert sweep() == 1
    assert (fresh(job).status, fresh(job).lost_workers) == ("queued", 1)
    assert messages(valkey) == [("scrape_tiktok_task", str(job.pk))]
    assert sweep() == 0, "its message is on its way"


def test_a_job_that_took_three_workers_down_is_given_up(job, valkey):
    for _ in range(MAX_LOST):
        assert job._claim()
        silent_for(job, jobs.LEASE + timedelta(seconds=1))
        sweep()
    assert (fresh(job).status, fresh(job).attempt) == ("failed", MAX_LOST)
    assert "three times" in fresh(job).error and fresh(job).finished_at
    assert not fresh(job)._claim()


def test_a_message_that_was_lost_is_sent_again_after_a_while_and_not_before(job, valkey):
    job.nudge()
    valkey.flushall()
    assert sweep() == 0
    Search.objects.update(nudged_at=timezone.now() - jobs.RENUDGE - timedelta(seconds=1))
    assert sweep() == 1
    assert messages(valkey) == [("scrape_tiktok_task", str(job.pk))]


def test_a_worker_that_comes_back_to_life_during_the_sweep_keeps_its_job(job, valkey, monkeypatch):
    job._claim()
    silent_for(job, jobs.LEASE + timedelta(seconds=1))
    found = list(Search.objects.lost())
    assert found == [job]
    job._reported = 0
    job.report(50, "just slow")
    assert not requeue(found[0])
    assert (fresh(job).status, fresh(job).lost_workers) == ("running", 0)


def test_after_a_stop_of_the_studio_unfinished_jobs_are_queued_and_finished_ones_are_not(job, alice, valkey):
    running, done, cancelled = (Search.objects.create(query=name, source="library", owner=alice) for name in "abc")
    running._claim()
    with done.running():
        pass
    cancelled.cancel()
    film = Render.objects.create(owner=alice, project=Project.objects.create(owner=alice), status="running")
    part = Segment.objects.create(render=film, position=0, key="k", frames=30, status="running")
    assert recover() == 3  # as many as the page of jobs shows
    for one in (film, part):
        one.refresh_from_db()
    assert (film.status, part.status) == ("queued", "queued")
    assert [fresh(one).status for one in (job, running, done, cancelled)] == ["queued", "queued", "done", "cancelled"]
    assert sweep() == 4
    assert {pk for _, pk in messages(valkey)} == {str(one.pk) for one in (job, running)}


# --- Looking up -----------------------------------------------------------------------------------------------------


def test_a_job_is_found_by_its_id_whatever_its_kind(job):
    assert jobs.find(job.pk) == job
    assert isinstance(jobs.find(str(job.pk)), Search)
    assert jobs.find("00000000-0000-4000-8000-000000000000") is None


def test_a_job_shows_what_the_socket_tells(job):
    assert set(job.as_dict()) == {"id", "kind", "status", "percent", "stage", "message", "error", "attempt"}
    assert json.loads(json.dumps(job.as_dict()))["kind"] == "search"


def test_what_cannot_reach_the_pages_does_not_end_the_work(job, settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [{"address": "unix:///nowhere/redis.sock", "socket_timeout": None}]},
        }
    }
    with job.running():
        job.report(50, "half")
    assert fresh(job).status == "done"
