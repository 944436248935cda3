"""A person looks at how the sources do: what each last said, what helps, how it does now; and programs watch it."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from scraping import downloading, fetch_words, health, sources
from scraping.fetch_errors import BLOCKED
from scraping.models import Search, Source, Trial
from scraping.pages import Pages
from scraping.providers.base import KINDS, ProviderError
from scraping.providers.tikwm import RATE_LIMITED
from scraping.searching import run_to_end
from tests.clips import make_clip
from tests.found import make_post, make_search
from tests.standin import VIDEO_ID, StandIn, item

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def staff(alice):
    alice.is_staff = True
    alice.save()
    return alice


@pytest.fixture
def reached(site: StandIn, settings) -> StandIn:
    """The stand-in, where the studio believes the internet to be."""
    settings.TIKTOK_PROXY, settings.TIKTOK_INSECURE_TLS = site.url, True
    return site


def page(client) -> str:
    return client.get(reverse("health")).content.decode()


def tried(client, name: str) -> Trial:
    """Press “Try it now” and do what the worker does."""
    client.post(reverse("source-try", args=[name]), headers=HTMX)
    trial = Trial.objects.active().get()
    health.run_trial(trial.pk)
    trial.refresh_from_db()
    return trial


def test_each_source_says_what_it_is_and_one_that_was_never_asked_says_so(client):
    told = page(client)
    for name in health.SHOWN:
        assert f'id="source-{name}"' in told
    assert "your keyword goes to them" in told and "Switched off" in told and "Not tried yet" in told


def test_for_every_kind_of_refusal_it_says_what_to_do_next(client):
    assert set(health.NEXT) == set(KINDS)
    for name, kind in health.NEXT_AT:
        assert name in health.SHOWN and kind in KINDS
    for kind in KINDS:
        sources.refused("youtube", ProviderError(kind, "It said something."))
        found = next(source for source in health.sources_now(None) if source.name == "youtube")
        assert found.state in ("refused", "resting") and found.next.endswith(".") and found.refusal


def test_a_refusal_is_shown_since_when_and_until_when_it_rests_and_is_over_with_an_answer(client, settings):
    settings.TIME_ZONE = "UTC"
    for _time in range(3):
        until = sources.refused("youtube", ProviderError("blocked", "YouTube refused this server."))
    told = page(client)
    assert "YouTube refused this server." in told and "Refuses since" in told
    assert f"Rests until {timezone.localtime(until):%H:%M}" in told
    assert "Try another network or a proxy, or use another source." in told
    sources.answered("youtube", 0.84, left=17)
    told = page(client)
    assert "Refuses since" not in told and "Rests until" not in told
    assert "Answers" in told and "0.8 s" in told and "<dd>17</dd>" in told and "Last refused" in told


def test_only_staff_switch_a_source(client, alice):
    switch = reverse("source-switch", args=["tikwm"])
    assert "Switch on" not in page(client)
    assert client.post(switch, {"on": "1"}).status_code == 403 and not sources.is_on("tikwm")
    alice.is_staff = True
    alice.save()
    assert "Switch off" in client.post(switch, {"on": "1"}, headers=HTMX).content.decode() and sources.is_on("tikwm")
    assert client.post(switch, {"on": "0"}).url == reverse("health") and not sources.is_on("tikwm")
    assert client.post(reverse("source-switch", args=["library"])).status_code == 403
    assert client.post(reverse("source-switch", args=["nowhere"])).status_code == 404


def test_trying_asks_the_source_a_real_question_and_shows_what_came(client, staff, reached):
    sources.switch("tikwm", True)
    trial = tried(client, "tikwm")
    assert (trial.status, trial.found, trial.error) == ("done", 30, "")
    assert [request.host for request in reached.requests] == ["www.tikwm.com"]
    row = Source.objects.get(name="tikwm")
    assert row.answered_at and row.latency > 0
    assert "Tried: 30 videos found" in page(client)


def test_trying_is_fresh_whatever_is_kept_and_though_the_source_rests(client, staff, alice, reached):
    sources.switch("tikwm", True)
    tried(client, "tikwm")
    search = make_search(alice, [], query=health.WORD)
    Pages(search, "tikwm").read(None)
    asked = len(reached.requests)
    Source.objects.filter(name="tikwm").update(
        parked_until=timezone.now() + timedelta(minutes=5), refusal="blocked", refusal_message="No."
    )
    Trial.objects.all().delete()
    assert tried(client, "tikwm").status == "done" and len(reached.requests) == asked + 1


def test_a_refusal_is_told_in_the_sources_words_and_stays_with_it(client, staff, reached):
    sources.switch("tikwm", True)
    reached.mode = "tikwm-limit"
    trial = tried(client, "tikwm")
    assert (trial.status, trial.error) == ("failed", RATE_LIMITED)
    told = page(client)
    assert told.count(RATE_LIMITED) == 2  # as the refusal, and among the details; not a third time as the trial's
    assert "Wait a few minutes; it is asked again by itself." in told


def test_tiktok_without_cookies_is_not_asked_and_says_what_is_missing(client, reached):
    trial = tried(client, "tiktok")
    assert trial.status == "failed" and "Add them first." in trial.error and reached.requests == []
    told = page(client)
    assert trial.error in told and f'<a href="{reverse("cookies")}">For keywords, add the cookies' in told


def test_two_presses_are_one_trial_and_what_cannot_be_tried_says_so(client, staff, reached):
    for _press in range(2):
        client.post(reverse("source-try", args=["youtube"]))
    assert Trial.objects.count() == 1
    for name, words in (("library", "cannot be tried"), ("tikwm", "is switched off")):
        client.post(reverse("source-try", args=[name]))
        assert words in page(client)
    assert Trial.objects.count() == 1


def test_links_are_told_as_asked_and_one_site_that_refuses_lets_nobody_wait(client, alice, reached):
    assert health.source_now("links", alice).state == "unasked"
    link = f"https://www.tiktok.com/@x/video/{VIDEO_ID}"

    def ask() -> Search:
        search = Search.objects.create(query=link, source="links", owner=alice)
        run_to_end(search)
        return search

    assert ask().found.count() == 1
    row = Source.objects.get(name="links")
    assert health.source_now("links", alice).state == "ok" and row.latency > 0 and row.answered_at
    reached.pages[VIDEO_ID] = (200, {}, b"<html>captcha</html>")
    for _time in range(4):
        assert ask().status == "failed"
    found = health.source_now("links", alice)
    assert (found.state, found.row.refusal, found.row.parked_until) == ("refused", "verification", None)
    assert found.next == "Add the cookies of a TikTok session, or try again later." and found.next in page(client)
    reached.pages[VIDEO_ID] = (404, {}, b"")
    assert ask().status == "failed"  # the post is gone: that is an answer
    assert health.source_now("links", alice).state == "ok"


def test_a_pause_that_a_source_asks_for_is_told_with_its_end_on_the_page_of_the_search(client, alice, reached):
    sources.switch("tikwm", True)
    reached.answers["www.tikwm.com/api/feed/search"] = (429, {"Retry-After": "600"}, b"")
    search = Search.objects.create(query="춤", source="tikwm", owner=alice)
    run_to_end(search)
    until = timezone.localtime(Source.objects.get(name="tikwm").parked_until)
    address = reverse("search", args=[search.pk])
    assert f"rests until {until:%H:%M}" in client.get(address).content.decode()
    korean = client.get(address, headers={"Accept-Language": "ko"}).content.decode()
    assert f"{until:%H:%M}까지 쉬는 중" in korean
    assert 590 < (until - timezone.now()).total_seconds() <= 600


def test_what_a_source_says_is_left_of_its_requests_is_shown(client, staff, reached):
    sources.switch("tikwm", True)
    body = json.dumps({"code": 0, "msg": "success", "data": {"videos": [], "hasMore": 0}}).encode()
    reached.answers["www.tikwm.com/api/feed/search"] = (200, {"X-RateLimit-Remaining": "4711"}, body)
    tried(client, "tikwm")
    assert "<dt>Requests left</dt><dd>4711</dd>" in page(client)


def test_the_data_apis_quota_is_counted_here_and_begins_anew_at_its_own_midnight(
    client, alice, reached, settings, monkeypatch
):
    settings.YOUTUBE_API_KEY = "key"
    row = {"id": "abcdefghij1", "snippet": {"title": "춤"}, "contentDetails": {}, "statistics": {}}
    found, told = {"items": [{"id": {"videoId": row["id"]}}]}, {"items": [row]}
    for name, body in (("search", found), ("videos", told)):
        reached.answers[f"www.googleapis.com/youtube/v3/{name}"] = (200, {}, json.dumps(body).encode())
    noon = datetime(2026, 11, 24, 20, tzinfo=UTC)  # of California
    monkeypatch.setattr(timezone, "now", lambda: noon)
    assert "10,000 of 10,000 units" in page(client)
    for word in ("춤", "노래"):
        run_to_end(Search.objects.create(query=word, source="youtube", owner=alice))
    assert health.source_now("youtube", alice).units_left == 10_000 - 2 * 101
    assert "9,798 of 10,000 units, as counted here; a search costs 101" in page(client)
    reached.answers["www.googleapis.com/youtube/v3/search"] = (
        403,
        {},
        b'{"error": {"errors": [{"reason": "quotaExceeded"}]}}',
    )
    run_to_end(Search.objects.create(query="다른 말", source="youtube", owner=alice))
    assert client.get("/api/v1/sources").json()["sources"][2]["units_left"] == 10_000 - 2 * 101 - 100
    midnight = datetime(2026, 11, 25, 8, 1, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: midnight)
    assert health.source_now("youtube", alice).units_left == 10_000
    settings.YOUTUBE_API_KEY = ""
    assert "of 10,000 units" not in page(client)


def test_the_page_is_korean_for_a_korean(client, alice, reached):
    sources.refused("youtube", ProviderError("blocked", fetch_words.YOUTUBE[BLOCKED]))
    sources.answered("links", 0.84)
    told = client.get(reverse("health"), headers={"Accept-Language": "ko"}).content.decode()
    main = re.sub(r"<[^>]+>", " ", told[told.index("<main") : told.index("</main")])
    for words in ("안 돼요", "아직 써 보지 않았어요", "꺼져 있어요", "지금 시험해 보기"):
        assert words in main, words
    with translation.override("ko"):
        for name in health.SHOWN:
            assert translation.gettext(health.ABOUT[name]) in main and health.ABOUT[name] not in main
        for sentence in (fetch_words.YOUTUBE[BLOCKED], health.NEXT["blocked"]):
            assert translation.gettext(sentence) in main and sentence not in main
    english = re.findall(r"\b[A-Za-z]{3,}\b(?: [A-Za-z]{2,}\b){2,}", main)
    assert english == [], "three words of English in a row"


def test_the_socket_sends_the_line_as_the_page_has_it(client, staff):
    client.post(reverse("source-try", args=["youtube"]))
    trial = Trial.objects.get()
    line = render_to_string(trial.template, {"job": trial, "live": True})
    assert f'data-job="{trial.pk}"' in line and 'data-status="queued"' in line and "Switch off" in line


def test_one_persons_trials_and_cookies_are_not_anothers(client, bobs_client, reached):
    tried(client, "tiktok")
    assert "Tried:" in page(client) and "Tried:" not in page(bobs_client)


def test_monitoring_reads_it_as_json_and_strangers_do_not(client, stranger, alice, capsys):
    assert stranger.get("/api/v1/sources").status_code == 401
    told = client.get("/api/v1/sources").json()
    assert told["status"] == "ok" and told["ytdlp"]["version"] and told["ytdlp"]["age"] >= 0
    assert {source["name"]: source["state"] for source in told["sources"]} == {
        **{"tiktok": "unasked", "tikwm": "off", "youtube": "unasked", "links": "unasked"},
        **{"capture": "local", "library": "local"},
    }
    sources.refused("youtube", ProviderError("network", "YouTube could not be reached."))
    told = client.get("/api/v1/sources").json()
    youtube = next(source for source in told["sources"] if source["name"] == "youtube")
    assert told["status"] == "degraded" and youtube["refusal"] == "network" and youtube["failing_since"]
    call_command("sources", "--json")
    assert json.loads(capsys.readouterr().out)["sources"][2]["refusal_message"] == "YouTube could not be reached."
    call_command("sources")
    assert "YouTube Shorts: Refuses: YouTube could not be reached." in capsys.readouterr().out


def plain(html: str) -> str:
    """Return what is read where a moment stands, without what tells it exactly."""
    return re.sub(r"</?time[^>]*>", "", html)


def test_fetching_that_fails_is_told_beside_yt_dlp_until_a_file_comes(client, alice, reached, tmp_path):
    video = make_post(1)
    reached.items[video.external_id] = item(video.external_id)
    reached.pages[video.external_id] = (200, {}, b"<html>Something new</html>")

    def fetched() -> str:
        job = downloading.start_download(video, alice)
        downloading.run_download(job.pk, in_place=True)
        job.refresh_from_db()
        return job.error

    why = fetched()
    told = plain(page(client))
    assert why and f"Fetching fails since just now: {why}".replace("'", "&#x27;") in told
    assert "A newer version may help" in told
    assert client.get("/api/v1/sources").json()["status"] == "degraded"
    reached.pages[video.external_id] = (404, {}, b"")
    assert "removed" in fetched() and "Fetching fails since" in page(client)  # about the post: says nothing new
    del reached.pages[video.external_id]
    reached.video = make_clip(tmp_path / "clip.mp4").read_bytes()
    assert fetched() == ""
    assert "Last video fetched just now" in plain(page(client)) and "Fetching fails" not in page(client)


def test_the_page_asks_the_database_no_more_the_more_there_is(client, staff, django_assert_max_num_queries):
    def ask() -> None:
        with django_assert_max_num_queries(9):
            page(client)

    ask()
    for name in ("tiktok", "tikwm", "youtube", "links"):
        sources.answered(name, 1.0)
        Trial.objects.create(source=name, owner=staff, status="done", found=3, finished_at=timezone.now())
    ask()


def test_each_page_leads_there(client):
    assert f'href="{reverse("health")}"' in client.get("/").content.decode()
