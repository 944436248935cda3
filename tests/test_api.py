"""The REST API: what a program can ask of the studio, and how it is refused."""

import base64
import json
import re
import time
import uuid
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.test import Client

from ranking import heartbeat
from ranking.celery import app
from ranking.channels import Channel
from ranking.models import Project, Video
from rendering.models import Render
from tests.clips import make_clip
from tests.examined import video_of


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clips")
    return [make_clip(folder / f"{color}.mp4", 2, color=color) for color in ("red", "blue")]


@pytest.fixture
def videos(alice, clips):
    """Two short videos of alice's that can be filmed."""
    return [video_of(clip, alice) for clip in clips]


def post(client, path, data=None, **options):
    return client.post(f"/api/v1{path}", json.dumps(data or {}), content_type="application/json", **options)


def ranked(*videos, **fields):
    return {"title": "심장이 뛰는 순간 TOP 2", "videos": [{"id": video.pk} for video in videos]} | fields


def error_of(answer):
    assert set(answer.json()) == {"error"}, answer.json()
    return answer.json()["error"]


@pytest.mark.django_db
def test_health_is_503_and_says_which_part_is_down(stranger, valkey):
    answer = stranger.get("/api/v1/health")
    parts = answer.json()["parts"]
    assert answer.status_code == 503
    assert answer.json()["status"] == "degraded"
    assert parts["database"]["ok"] and parts["redis"]["ok"]
    assert not parts["media"]["ok"]
    assert "no sign of life" in parts["media"]["detail"]


@pytest.mark.django_db
def test_health_is_200_when_all_have_signed(stranger, valkey):
    for name in heartbeat.EXPECTED:
        heartbeat.sign(name)
    answer = stranger.get("/api/v1/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.django_db
def test_health_tells_of_a_dead_redis_and_answers(stranger, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock",
        }
    }
    answer = stranger.get("/api/v1/health")
    assert answer.status_code == 503
    assert answer.json()["parts"]["redis"] == {"ok": False, "detail": "ConnectionError"}


@pytest.mark.django_db
def test_a_full_disk_is_told(stranger, monkeypatch):
    monkeypatch.setattr("ranking.api.LEAST_FREE_BYTES", 2**60)
    assert not stranger.get("/api/v1/health").json()["parts"]["disk"]["ok"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/search"),
        ("get", f"/search/{uuid.UUID(int=1)}"),
        ("post", "/projects"),
        ("get", "/projects"),
        ("get", "/projects/1"),
        ("post", "/projects/1/generate"),
        ("post", "/wishes"),
        ("get", f"/renders/{uuid.UUID(int=1)}"),
        ("get", f"/jobs/{uuid.UUID(int=1)}"),
    ],
)
def test_a_stranger_gets_401_in_json_and_no_login_page(stranger, method, path):
    answer = getattr(stranger, method)(f"/api/v1{path}", content_type="application/json")
    assert answer.status_code == 401
    assert error_of(answer)["code"] == "not_logged_in"


def test_a_post_without_the_csrf_token_is_refused_and_with_it_accepted(alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    refused = post(browser, "/projects", ranked())
    assert refused.status_code == 403
    assert error_of(refused)["code"] == "forbidden"
    browser.get("/api/v1/health")
    token = browser.cookies["csrftoken"].value
    assert post(browser, "/projects", ranked(), headers={"X-CSRFToken": token}).status_code == 201


def test_a_project_is_made_with_its_ranking_labels_and_cuts(client, videos):
    first, second = videos
    data = ranked(first, second, target="tiktok", order="listed", seconds=30)
    data["videos"][1] |= {"label": "점프", "reason": "높아서", "start": 0.5, "end": 1.5}
    answer = post(client, "/projects", data)
    assert answer.status_code == 201, answer.json()
    project = Project.objects.get(pk=answer.json()["id"])
    assert (project.title, project.target, project.order, project.seconds) == (data["title"], "tiktok", "listed", 30)
    assert [(entry.rank, entry.video, entry.label) for entry in project.ranked()] == [
        (1, first, ""),
        (2, second, "점프"),
    ]
    assert client.get(f"/api/v1/projects/{project.pk}").json() == answer.json()
    entry = {"rank": 2, "video": second.pk, "label": "점프", "reason": "높아서", "start": 0.5, "end": 1.5}
    assert entry.items() <= answer.json()["entries"][1].items()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"videos": [{"id": 999_999}]}, "no video 999999"),
        ({"target": "cinema"}, "cinema"),
        ({"style": "none"}, "none"),
        ({"order": "sideways"}, "order"),
        ({"seconds": 1}, "3"),
        ({"seconds": "NaN"}, ""),
        ({"videos": "all"}, "videos"),
        ({"videos": None}, "videos"),
        ({"title": "x" * 201}, "title"),
    ],
)
def test_a_wrong_project_is_refused_in_one_sentence_and_nothing_is_stored(client, change, words):
    answer = post(client, "/projects", ranked() | change)
    assert answer.status_code == 422, answer.json()
    assert words in error_of(answer)["message"]
    assert "\n" not in error_of(answer)["message"]
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("cut", "words"),
    [({"start": 1.5, "end": 0.5}, "after"), ({"start": 60}, "seconds"), ({"start": -1}, "start")],
)
def test_a_wrong_cut_is_refused_and_nothing_is_stored(client, videos, cut, words):
    data = ranked(*videos)
    data["videos"][1] |= cut
    answer = post(client, "/projects", data)
    assert answer.status_code == 422
    assert words in error_of(answer)["message"]
    assert not Project.objects.exists()


def test_a_video_ranked_twice_is_refused(client, videos):
    answer = post(client, "/projects", ranked(videos[0], videos[0]))
    assert answer.status_code == 422
    assert "twice" in error_of(answer)["message"]
    assert not Project.objects.exists()


@pytest.mark.parametrize("body", ["", "{", "[1]", "null", '{"videos": [1e400]}', "\udcff", "[" * 10_000])
def test_what_is_no_project_at_all_is_refused_without_a_crash(client, body):
    data = body.encode("utf-8", "surrogateescape")
    answer = client.post("/api/v1/projects", data, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert error_of(answer)["message"]


def test_generate_answers_202_with_a_job_at_once_and_sends_one_message(
    client, videos, valkey, django_capture_on_commit_callbacks
):
    project = post(client, "/projects", ranked(*videos)).json()
    generate = f"/projects/{project['id']}/generate"
    with django_capture_on_commit_callbacks(execute=True):
        post(client, generate)  # fonts are read and the broker is found once in the life of the server
    Render.objects.all().delete()
    valkey.flushall()
    started = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(client, generate)
    took = time.monotonic() - started
    assert answer.status_code == 202
    job = Render.objects.get(pk=answer.json()["id"])
    assert (job.status, job.project_id) == ("queued", project["id"])
    assert valkey.llen("media") == 1
    message = json.loads(valkey.lindex("media", 0))
    assert message["headers"]["task"] == "generate_ranking_video_task"
    assert json.loads(base64.b64decode(message["body"]))[0] == [str(job.pk)]
    assert took < 0.1, f"{took:.3f} s"
    state = client.get(f"/api/v1/jobs/{job.pk}").json()
    assert (state["kind"], state["status"]) == ("render", "queued")
    assert client.get(f"/api/v1/renders/{job.pk}").json()["film"] is None


def test_generate_twice_is_one_film(client, videos):
    project = post(client, "/projects", ranked(*videos)).json()
    first, second = (post(client, f"/projects/{project['id']}/generate").json()["id"] for _ in range(2))
    assert first == second


def test_generate_of_an_empty_project_is_409_with_the_reason(client):
    project = post(client, "/projects", ranked()).json()
    answer = post(client, f"/projects/{project['id']}/generate")
    assert answer.status_code == 409
    assert error_of(answer) == {"code": "not_ready", "message": "Add at least one video first."}
    assert not Render.objects.exists()


def test_generate_of_a_video_that_is_not_fetched_is_409(client, alice):
    video = Video.objects.create(source="tiktok", external_id="7", caption="to come")
    project = post(client, "/projects", ranked(video)).json()
    answer = post(client, f"/projects/{project['id']}/generate")
    assert answer.status_code == 409
    assert "not here yet: 1" in error_of(answer)["message"]


def test_bob_sees_and_films_nothing_of_alices(client, bobs_client, videos):
    project = post(client, "/projects", ranked(*videos)).json()
    job = post(client, f"/projects/{project['id']}/generate").json()
    for answer in (
        bobs_client.get(f"/api/v1/projects/{project['id']}"),
        post(bobs_client, f"/projects/{project['id']}/generate"),
        bobs_client.get(f"/api/v1/renders/{job['id']}"),
        bobs_client.get(f"/api/v1/jobs/{job['id']}"),
    ):
        assert (answer.status_code, error_of(answer)["code"]) == (404, "not_found")
    assert bobs_client.get("/api/v1/projects").json() == []
    assert post(bobs_client, "/projects", ranked(videos[0])).status_code == 422


def test_a_search_is_accepted_and_read_back(client):
    answer = post(client, "/search", {"keyword": "춤", "source": "library"})
    assert answer.status_code == 202
    assert client.get(f"/api/v1/search/{answer.json()['id']}").json()["query"] == "춤"
    assert error_of(post(client, "/search", {"keyword": "   "}))["code"] == "empty_keyword"


def test_a_wish_is_accepted_as_a_film_of_a_new_ranking(client, alice, valkey):
    answer = post(
        client, "/wishes", {"keyword": "#춤", "source": "library", "top": 3, "target": "tiktok", "seconds": 62}
    )
    job = answer.json()
    assert answer.status_code == 202 and (job["status"], job["stage"]) == ("queued", "look")
    project = Project.objects.get(pk=job["project"])
    assert (project.owner, project.title, project.target, project.seconds) == (alice, "춤 | TOP 3", "tiktok", 62)
    assert Render.objects.get(pk=job["id"]).wish == {"keyword": "#춤", "source": "library", "top": 3}
    assert client.get(f"/api/v1/renders/{job['id']}").json()["id"] == job["id"]
    assert client.get(f"/api/v1/jobs/{job['id']}").json()["kind"] == "render"


def test_a_wish_of_a_channel_begins_as_its_films_do_and_others_have_none(client, alice, bobs_client, valkey):
    alice.channel = Channel.objects.create(owner=alice, name="last on the pages", card="no")
    alice.save()
    Channel.objects.create(owner=alice, name="춤 채널", top=4, target="reels", card="팔로우!", seconds=30)
    job = post(client, "/wishes", {"keyword": "춤", "channel": "춤 채널", "seconds": 20}).json()
    made = Project.objects.get(pk=job["project"])
    assert (made.channel.name, made.target, made.card, made.seconds) == ("춤 채널", "reels", "팔로우!", 20)
    assert Render.objects.get().wish["top"] == 4
    plain = Project.objects.get(pk=post(client, "/wishes", {"keyword": "춤"}).json()["project"])
    assert (plain.channel, plain.card) == (None, "")
    refused = post(bobs_client, "/wishes", {"keyword": "춤", "channel": "춤 채널"})
    assert refused.status_code == 422 and "no channel" in error_of(refused)["message"]


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ({"keyword": " \0 "}, "empty_keyword", "empty"),
        ({}, "invalid", "keyword"),
        ({"keyword": "x", "top": 11}, "invalid", "top"),
        ({"keyword": "x", "target": "vimeo"}, "invalid", "vimeo"),
        ({"keyword": "x", "seconds": 90}, "invalid", "at most 60"),
        ({"keyword": "x", "seconds": 1}, "invalid", "at least 3"),
        ({"keyword": "x", "source": "altavista"}, "invalid", "altavista"),
        ({"keyword": "https://vm.tiktok.com/ZM1"}, "invalid", "three"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_and_leaves_nothing(client, said, code, words):
    answer = post(client, "/wishes", said)
    assert answer.status_code == 422 and error_of(answer)["code"] == code and words in error_of(answer)["message"]
    assert not Project.objects.exists() and not Render.objects.exists()


def test_a_wish_counts_as_a_film_of_the_day(client, settings, valkey):
    settings.FILMS_A_DAY = 1
    assert post(client, "/wishes", {"keyword": "x"}).status_code == 202
    answer = post(client, "/wishes", {"keyword": "x"})
    assert (answer.status_code, error_of(answer)["code"]) == (429, "quota") and Project.objects.count() == 1


@pytest.mark.django_db
def test_openapi_describes_every_address_of_the_specification(stranger):
    answer = stranger.get("/api/v1/openapi.json")
    paths = answer.json()["paths"]
    assert answer.status_code == 200
    assert {
        ("/api/v1/health", "get"),
        ("/api/v1/search", "post"),
        ("/api/v1/search/{pk}", "get"),
        ("/api/v1/projects", "post"),
        ("/api/v1/projects/{pk}/generate", "post"),
        ("/api/v1/wishes", "post"),
    } <= {(path, method) for path, methods in paths.items() for method in methods}
    assert {"202", "422", "429"} <= set(paths["/api/v1/wishes"]["post"]["responses"])
    assert {"202", "409"} <= set(paths["/api/v1/projects/{pk}/generate"]["post"]["responses"])


@pytest.mark.django_db
def test_the_documentation_page_needs_no_cdn(stranger):
    page = stranger.get("/api/v1/docs").content.decode()
    assert "openapi.json" in page
    for path in re.findall(r'"(/static/[^"]+)"', page):
        assert finders.find(path.removeprefix("/static/").partition("?")[0]), path
    assert "cdn." not in page and "jsdelivr" not in page


def test_the_specifications_tasks_have_their_fixed_names():
    app.loader.import_default_modules()
    names = {
        *("scrape_tiktok_task", "download_video_task", "download_videos_batch_task", "generate_ranking_video_task"),
        *("cleanup_temp_files", "ingest_video_task", "render_segment_task", "join_film_task"),
    }
    assert names <= set(app.tasks)
    routes = {name for name, route in django_settings.CELERY_TASK_ROUTES.items() if route["queue"] == "media"}
    on_media = {"ingest_video_task", "generate_ranking_video_task", "render_segment_task", "join_film_task"}
    assert routes & names == on_media
