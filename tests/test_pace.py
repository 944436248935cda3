"""A host is asked at its pace by all workers together; the clock is replaced."""

from datetime import UTC, datetime, timedelta

import pytest

from ranking.jobs import Later
from scraping import pace
from scraping.models import Pace, Search

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
        pace.take_turn(HOST, 1.0)
        passed.append(clock.seconds())
    assert passed == [0, 1, 2, 3]
    pace.take_turn("elsewhere", 1.0)
    for _ in range(4):
        pace.take_turn("quick", 0)
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
