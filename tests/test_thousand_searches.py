"""A thousand searches queued at once: none is lost, and the source is never asked sooner than it may be."""

import json
from collections import Counter
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from scraping import pace, sources
from scraping.models import Result, Search, Source
from scraping.searching import run_search

EVERY = pace.SPACING["www.tikwm.com"]


class Clock:
    """The time, which passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Tikwm:
    """The network's edge: one video for each keyword, and when each was asked for."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.moments, self.keywords = clock, [], []

    def answer(self, transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        keyword = request.url.params["keywords"]
        self.moments.append(self.clock.now)
        self.keywords.append(keyword)
        row = {"video_id": str(7_000_000_000_000_000_000 + int(keyword)), "title": keyword, "play_count": int(keyword)}
        data = {"videos": [{**row, "author": {"unique_id": "mina"}}], "cursor": 1, "hasMore": 0}
        body = json.dumps({"code": 0, "msg": "success", "data": data}).encode()
        return httpx.Response(200, content=body, request=request)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    monkeypatch.setattr(pace, "now", lambda: clock.now)
    monkeypatch.setattr(pace, "sleep", clock.sleep)
    return clock


def work(clock: Clock) -> int:
    """What the workers do: each job that is due, in no order of ours; return how often one was taken up."""
    turns = 0
    while waiting := Search.objects.active():
        due = list(waiting.exclude(not_before__gt=clock.now).values_list("pk", flat=True))
        for pk in due:
            run_search(pk)
        turns += len(due)
        if not due:
            clock.now = waiting.order_by("not_before").values_list("not_before", flat=True).first()
    return turns


@pytest.mark.django_db
@pytest.mark.parametrize("count", [40, pytest.param(1000, marks=pytest.mark.long)])
def test_searches_queued_at_once_are_all_answered_each_in_its_turn(alice, clock, settings, monkeypatch, count):
    settings.REDIS_URL = ""  # nobody is nudged: this test takes up what is due
    tikwm = Tikwm(clock)
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda *given: tikwm.answer(*given))
    sources.switch("tikwm", True)
    began = clock.now
    Search.objects.bulk_create(Search(query=str(n), source="tikwm", owner=alice) for n in range(count))

    turns = work(clock)

    assert Counter(Search.objects.values_list("status", flat=True)) == {"done": count}
    assert sorted(tikwm.keywords, key=int) == [str(n) for n in range(count)]  # each once
    gaps = [(later - sooner).total_seconds() for sooner, later in zip(tikwm.moments, tikwm.moments[1:], strict=False)]
    assert min(gaps) >= EVERY
    assert (tikwm.moments[-1] - began).total_seconds() < count * EVERY * 1.05  # and no time is lost
    assert turns <= 2 * count  # none is taken up in vain again and again
    for result in Result.objects.select_related("search", "video"):
        assert result.video.caption == result.search.query and result.play_count == int(result.search.query)
    assert Result.objects.count() == count
    assert Source.objects.get(name="tikwm").failures == 0
