"""Saved searches: asked again each morning, once a day, with what is new and what rose."""

import re
from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from ranking.celery import app
from ranking.models import Video
from scraping import saved
from scraping.models import SavedSearch, Search
from scraping.tasks import repeat_saved_searches_task
from tests.found import make_post, make_search

pytestmark = pytest.mark.django_db


def on_day(search: Search, days_ago: int) -> Search:
    Search.objects.filter(pk=search.pk).update(created_at=timezone.now() - timedelta(days=days_ago))
    search.refresh_from_db()
    return search


@pytest.fixture
def twice(alice) -> tuple[Search, Search]:
    """A saved search that ran yesterday and today: one video rose, one fell, one is new, of one nobody knows."""
    kept = SavedSearch.objects.create(owner=alice, query="춤")
    videos = [make_post(1, play_count=1_000), make_post(2, play_count=5_000), make_post(4, play_count=None)]
    before = on_day(make_search(alice, videos, saved=kept), 1)
    Video.objects.filter(pk=videos[0].pk).update(play_count=13_345)
    Video.objects.filter(pk=videos[1].pk).update(play_count=4_000)
    videos = [Video.objects.get(pk=video.pk) for video in videos]
    return before, make_search(alice, [videos[1], videos[0], make_post(3), videos[2]], saved=kept)


def test_saving_keeps_the_question_once_and_this_search_as_its_first_run(client, bobs_client, alice):
    search, again = make_search(alice, []), make_search(alice, [])
    assert bobs_client.post(reverse("search-save", args=[search.pk])).status_code == 404
    for each in (search, again, again):
        answer = client.post(reverse("search-save", args=[each.pk]), follow=True)
    assert "asked again each morning" in answer.content.decode() and "asked each morning" in answer.content.decode()
    kept = SavedSearch.objects.get()
    assert (kept.owner, kept.query, kept.source) == (alice, "춤", "auto")
    assert set(kept.searches.all()) == {search, again}


def test_htmx_is_sent_to_the_search_that_was_saved(client, alice):
    search = make_search(alice, [])
    answer = client.post(reverse("search-save", args=[search.pk]), headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == search.get_absolute_url()


def test_each_morning_every_saved_search_is_asked_once_however_often_the_timer_comes(alice, bob):
    for owner in (alice, bob):
        kept = SavedSearch.objects.create(owner=owner, query="춤", source="tiktok")
        on_day(make_search(owner, [], saved=kept, language="ko"), 1)
    for _beat in range(2):
        repeat_saved_searches_task()
    runs = Search.objects.filter(status="queued")
    assert {(run.owner, run.query, run.source, run.language) for run in runs} == {
        (alice, "춤", "tiktok", "ko"),
        (bob, "춤", "tiktok", "ko"),
    }
    assert runs.count() == 2


def test_the_timer_comes_each_morning_at_half_past_six_of_the_studios_own_time():
    app.finalize()
    entry = app.conf.beat_schedule["saved-searches"]
    assert entry["task"] in app.tasks and app.tasks[entry["task"]].name == repeat_saved_searches_task.name
    seoul = timezone.get_fixed_timezone(9 * 60)
    assert str(app.timezone) == "Asia/Seoul"
    due = entry["schedule"]
    due.app = app
    for moment, expected in ((datetime(2026, 11, 24, 6, 29), False), (datetime(2026, 11, 24, 6, 30, 5), True)):
        due.nowfun = lambda moment=moment: moment.replace(tzinfo=seoul)
        assert due.is_due(datetime(2026, 11, 23, 6, 30, 1, tzinfo=seoul)).is_due == expected, moment


def test_today_is_a_day_of_the_studios_own_time_zone(alice, monkeypatch):
    kept = SavedSearch.objects.create(owner=alice, query="춤")
    search = make_search(alice, [], saved=kept)
    seoul = timezone.get_fixed_timezone(9 * 60)
    morning = datetime(2026, 11, 24, 6, 30, tzinfo=seoul)
    monkeypatch.setattr(saved.timezone, "now", lambda: morning)
    for hour, day, asked in ((23, 23, True), (0, 24, False)):
        Search.objects.exclude(pk=search.pk).delete()
        Search.objects.filter(pk=search.pk).update(created_at=datetime(2026, 11, day, hour, 10, tzinfo=seoul))
        assert (saved.repeat(kept.pk) is not None) == asked, (day, hour)


@pytest.mark.django_db(transaction=True)
def test_two_timers_at_the_same_moment_ask_once(alice):
    kept = SavedSearch.objects.create(owner=alice, query="춤")

    def beat():
        saved.repeat(kept.pk)
        connection.close()

    beats = [Thread(target=beat) for _ in range(4)]
    for each in beats:
        each.start()
    for each in beats:
        each.join()
    assert kept.searches.count() == 1


def test_the_page_marks_what_is_new_and_what_rose_since_the_last_run(client, twice):
    page = client.get(twice[1].get_absolute_url()).content.decode()
    cards = {pk: re.sub(r"\s+", " ", card) for pk, card in re.findall(r'id="video-(\d+)"(.*?)</li>', page, re.S)}
    known = {Video.objects.get(pk=pk).caption: card for pk, card in cards.items()}
    assert '<span class="tag gold">new</span>' in known["clip 3"] and page.count(">new</span>") == 1
    assert "</svg>12.3K</span>" in known["clip 1"]
    assert page.count("more plays than at the last search") == 2, "as a title and as the icon's words, on one card"
    assert "more plays" not in client.get(twice[0].get_absolute_url()).content.decode(), "nothing was before the first"


def test_the_first_page_says_what_rose_and_nothing_of_others(client, bobs_client, twice):
    page = re.sub(r"<[^>]+>", " ", client.get("/").content.decode())
    shelf = " ".join(page[page.index("Saved searches") :].split())
    assert shelf.startswith("Saved searches 춤 just now · 1 new 12.3K @dancer1")
    assert "Saved searches" not in bobs_client.get("/").content.decode()


def test_the_list_costs_the_same_queries_however_many_are_saved(alice, twice, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert len(saved.changes(alice)) == 1
    for number in range(5):
        kept = SavedSearch.objects.create(owner=alice, query=f"word {number}")
        for days in (9, 2, 1):
            on_day(make_search(alice, list(Video.objects.all()), saved=kept, query=kept.query), days)
    with django_assert_num_queries(3):
        found = saved.changes(alice)
    assert [change.last is not None for change in found] == [True] * 6


def test_a_saved_search_can_be_given_up_and_what_it_found_stays(client, bobs_client, twice):
    kept = SavedSearch.objects.get()
    assert bobs_client.post(reverse("saved-delete", args=[kept.pk])).status_code == 404
    client.post(reverse("saved-delete", args=[kept.pk]))
    assert not SavedSearch.objects.exists() and Search.objects.count() == 2


def test_what_was_not_answered_yet_can_be_asked_at_once(client, alice):
    SavedSearch.objects.create(owner=alice, query="춤", source="youtube")
    page = client.get(reverse("home")).content.decode()
    listed = page.split('class="saved-searches"')[1].split("</li>")[0]
    client.post(reverse("search-start"), dict(re.findall(r'name="(q|source)" value="([^"]*)"', listed)))
    assert Search.objects.values_list("query", "source").get() == ("춤", "youtube")
