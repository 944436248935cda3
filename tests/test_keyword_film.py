"""A film from a keyword: the stand-in is searched, the best are fetched side by side, and a film comes out."""

import json

import pytest

from ranking.models import Project, User, Video
from rendering.choosing import pick_by_keyword
from scraping import cookies
from scraping.models import Download, Ingest
from scraping.standin import catalogue, cdn
from scraping.standin.wire import Reply
from tests.clips import make_clip
from tests.standin import StandIn
from tests.test_make_ranking import run

# Downloads run in threads, with connections of their own.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.film, pytest.mark.whole]
LOGIN = "# Netscape HTTP Cookie File\n.tiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tof-the-stand-in\n"


@pytest.fixture
def owner() -> User:
    owner = User.objects.local_owner()
    cookies.keep(owner, LOGIN)
    return owner


@pytest.fixture
def drawn(tmp_path, settings, owner):
    """The stand-in with its own clips."""
    (tmp_path / "standin").mkdir()
    with StandIn(folder=tmp_path / "standin") as site:
        settings.TIKTOK_PROXY, settings.TIKTOK_INSECURE_TLS, settings.HOST_SPACING = site.url, True, 0
        yield site


@pytest.fixture
def without_covers(monkeypatch) -> None:
    monkeypatch.setattr(cdn, "picture", lambda site, asked: Reply(404))


def heard(percents: list[float]):
    return lambda percent, message: percents.append(percent)


def test_a_keyword_becomes_a_film_of_the_best_five(drawn):
    status, out, err = run("춤", "--source=tiktok", "--top=5", "--seconds=5", "--json")

    told = json.loads(out)
    assert status == 0 and told["segments"] == {"rendered": 5, "reused": 0} and told["seconds"] == 5.0
    entries = list(Project.objects.get(pk=told["project"]).ranked())
    assert [entry.rank for entry in entries] == [1, 2, 3, 4, 5] and all(entry.label for entry in entries)
    facts = {facts.id: facts for facts in catalogue.about("춤")}
    shown = [facts[entry.video.external_id] for entry in entries]
    assert len({one.clip % catalogue.CLIPS for one in shown}) == 5  # no re-upload, mirrored or not, beside its original
    assert not any(one.photo or one.mode for one in shown)
    reasons = [item["reason"] for item in told["skipped"]]
    assert sum(reason.startswith("It shows the same as https://") for reason in reasons) == 3
    assert "A photo slideshow: there is no video in it." in reasons and "left out: " in err
    assert not Download.objects.active().exists() and not Ingest.objects.active().exists()


@pytest.mark.long
def test_what_is_refused_gives_its_place_to_the_next_best_and_is_told(drawn, owner, without_covers):
    best = pick_by_keyword("춤", "tiktok", 2, owner, heard(percents := []))
    first, second = (video for video, _label in best.videos)
    assert percents == sorted(percents) and percents[-1] == 100
    Video.objects.all().delete()
    drawn.status_codes[first.external_id] = 10204

    again = pick_by_keyword("춤", "tiktok", 2, owner, heard([]))

    chosen = [video.external_id for video, _label in again.videos]
    assert first.external_id not in chosen and chosen[0] == second.external_id and len(chosen) == 2
    assert {"clip": first.url, "reason": Download.objects.get(status="failed").error} in again.skipped
    assert Video.objects.get(external_id=first.external_id).refused == "unavailable"


@pytest.mark.long
def test_videos_that_prove_to_be_the_same_once_they_are_here_count_once(tmp_path, drawn, owner, without_covers):
    drawn.video, drawn.clips = make_clip(tmp_path / "one.mp4", seconds=1).read_bytes(), None

    picked = pick_by_keyword("춤", "tiktok", 2, owner, heard([]))

    assert len(picked.videos) == 1  # of all that were found
    assert sum("It shows the same as" in item["reason"] for item in picked.skipped) > 20


@pytest.mark.long
def test_where_no_file_can_be_had_there_is_no_film(drawn, owner, without_covers):
    status, out, err = run("!removed 춤", "--source=tiktok", "--top=2", "--json")
    told = json.loads(out)
    assert (status, told["error"]) == (2, "Nothing usable is left.")
    assert err.strip().endswith("Nothing usable is left.") and len(told["skipped"]) > 20
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("C.UTF-8", "YouTube could not be reached. Check the connection and try again."),
        ("ko_KR.UTF-8", "YouTube에 연결할 수 없어요. 연결을 확인하고 다시 시도해 주세요."),
    ],
)
def test_without_a_network_it_says_so_and_ends_with_2(monkeypatch, settings, language, sentence):
    monkeypatch.setenv("LC_ALL", language)
    settings.TIKTOK_PROXY = "http://127.0.0.1:9"  # nobody listens there
    status, out, err = run("춤", "--json")
    assert status == 2 and sentence in json.loads(out)["error"] and sentence in err
    assert not Project.objects.exists()
