"""While an editor is open and idle its film's pieces are made; real work, an edit or a closed editor ends that."""

import subprocess
import threading
import time
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse

from ranking.models import Project
from rendering import ahead, tasks
from rendering.ahead import State, ask, is_busy, make_ahead
from rendering.generate import find_clip, plan_project, start_render
from rendering.models import Render
from rendering.segments import kept, prepare
from scraping import ingest
from tests.test_film import lavfi
from tests.test_jobs import broker
from tests.test_renders import clips, project  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_project(alice, tmp_path, transactional_db, valkey) -> Project:
    """A ranking of one clip that takes some seconds to film."""
    ranking = Project.objects.create(owner=alice, title="길다 | TOP 1", seconds=20)
    noise = lavfi(tmp_path / "noise.mp4", "testsrc2=s=360x640:r=30,noise=alls=30:allf=t", seconds=20)
    ranking.add(ingest.accept(noise, owner=alice))
    return ranking


def pieces_kept(project: Project) -> list[bool]:  # noqa: F811
    plan = plan_project(project)
    return [bool(kept(prepare(plan, n, find_clip).key)) for n in range(len(plan.pieces()))]


def films_of(folder: Path) -> list[str]:
    """Return the ffmpegs that film a segment in this folder."""
    lines = subprocess.run(["ps", "-wweo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in lines if str(folder) in line and "segment.mp4" in line]


def begin(project: Project, folder: Path) -> tuple[threading.Thread, list[bool]]:  # noqa: F811
    """Make ahead in a thread, as a worker would; return once ffmpeg runs."""
    answers: list[bool] = []
    ask(project)
    thread = threading.Thread(target=lambda: answers.append(make_ahead(project.pk)))
    thread.start()
    deadline = time.monotonic() + 60  # on a busy machine; how soon it stops is what is measured
    while not films_of(folder):
        assert time.monotonic() < deadline and thread.is_alive()
        time.sleep(0.05)
    return thread, answers


def end(thread: threading.Thread, answers: list[bool], folder: Path, seconds: float = 6) -> bool:
    """Wait for the end; return what make_ahead answered. Nothing may be left."""
    thread.join(seconds)
    assert not thread.is_alive(), f"still at work after {seconds} s"
    assert films_of(folder) == [] and list(folder.iterdir()) == []
    return answers[0]


def test_what_was_made_ahead_leaves_only_the_join(project, valkey):  # noqa: F811
    assert ask(project) == State.WORKING
    assert valkey.llen("media\x06\x169") == 1  # behind everything else in the queue of the media workers
    assert make_ahead(project.pk)
    assert pieces_kept(project) == [True, True, True]
    assert ask(project) == State.READY
    render = start_render(project)
    tasks.generate_ranking_video_task(str(render.pk))
    render.refresh_from_db()
    assert (render.status, render.rendered, render.reused) == ("done", 0, 3)


def test_an_edit_makes_it_unready_and_only_the_changed_pieces_are_filmed_anew(project, valkey):  # noqa: F811
    ask(project)
    make_ahead(project.pk)
    best = project.ranked().first()
    best.label = "다른 자막"
    best.save()
    assert pieces_kept(project) == [True, True, False]
    assert ask(project) == State.WORKING
    assert make_ahead(project.pk) and ask(project) == State.READY


def test_nothing_is_made_for_a_closed_editor(project, valkey):  # noqa: F811
    assert not make_ahead(project.pk)
    assert pieces_kept(project) == [False, False, False]


def test_nothing_is_made_while_there_is_real_work(project, valkey, alice):  # noqa: F811
    other = Project.objects.create(owner=alice)
    Render.objects.create(project=other, owner=alice)
    ask(project)
    assert is_busy() and not make_ahead(project.pk)
    assert pieces_kept(project) == [False, False, False] and ask(project) == State.WORKING


def test_real_work_stops_it_at_once(long_project, alice, settings):
    thread, answers = begin(long_project, settings.TEMP_DIR)
    Render.objects.create(project=long_project, owner=alice)
    assert end(thread, answers, settings.TEMP_DIR) is False


def test_a_closed_editor_stops_it(long_project, settings):
    thread, answers = begin(long_project, settings.TEMP_DIR)
    cache.delete(ahead._wanted(long_project.pk))  # as after SEEN_SECONDS
    assert end(thread, answers, settings.TEMP_DIR) is False


@pytest.mark.long
def test_an_edit_meanwhile_has_the_new_film_made_instead(long_project, settings):
    thread, answers = begin(long_project, settings.TEMP_DIR)
    long_project.title, long_project.seconds = "짧다", 3
    long_project.save()
    ask(long_project)
    assert end(thread, answers, settings.TEMP_DIR, seconds=30) is True
    assert pieces_kept(long_project) == [True] and ask(long_project) == State.READY


def test_a_second_worker_leaves_it_to_the_first(long_project, settings):
    thread, answers = begin(long_project, settings.TEMP_DIR)
    assert make_ahead(long_project.pk) is False
    cache.clear()
    end(thread, answers, settings.TEMP_DIR)


def test_a_damaged_clip_is_not_tried_again_and_again(project, valkey):  # noqa: F811
    path = Path(project.ranked().last().video.file.path)
    path.write_bytes(path.read_bytes()[:3000])
    ask(project)
    assert not make_ahead(project.pk)
    assert ask(project) == State.READY  # as far as it can be: Generate says what is wrong


def test_it_can_be_switched_off_and_needs_a_ranking_that_can_be_filmed(project, alice, settings, valkey):  # noqa: F811
    assert ask(Project.objects.create(owner=alice)) == State.OFF
    settings.MAKE_AHEAD = False
    assert ask(project) == State.OFF
    assert valkey.llen("media\x06\x169") == 0


def test_a_broker_that_is_down_does_the_page_no_harm(project, client):  # noqa: F811
    with broker("unix:///nowhere/redis.sock"):
        answer = client.post(reverse("render-ahead", args=[project.pk]))
    assert answer.status_code == 200 and "load delay" not in answer.content.decode()


def test_the_open_editor_asks_by_itself_and_only_its_owner_may(project, client, bobs_client, valkey):  # noqa: F811
    address = reverse("render-ahead", args=[project.pk])
    assert f'hx-post="{address}"' in client.get(project.get_absolute_url()).content.decode()
    assert "load delay:8s" in client.post(address).content.decode()
    make_ahead(project.pk)
    page = client.post(address).content.decode()
    assert "load delay" not in page and "Filmed ahead" in page
    assert bobs_client.post(address).status_code == 404
    assert client.get(address).status_code == 405
