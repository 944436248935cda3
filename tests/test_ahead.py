"""While an editor is open and idle its film's pieces are made; real work, an edit or a closed editor ends that."""

import base64
import json
import os
import subprocess
import threading
import time
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse

from ranking.models import Project, Video
from rendering import ahead, tasks
from rendering.ahead import State, ask, is_busy, make_ahead, why
from rendering.aiming import LOOKING
from rendering.generate import find_clip, plan_project, start_render
from rendering.models import Render
from rendering.segments import kept, prepare
from scraping import ingest
from tests.clips import run
from tests.test_film import lavfi
from tests.test_jobs import broker
from tests.test_renders import clips, project  # noqa: F401 (fixtures)
from tests.test_studio import busyness

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
    began = time.monotonic()
    thread.join(seconds)
    if thread.is_alive():  # on a machine that does much besides, the same takes longer
        thread.join(began + seconds * busyness() - time.monotonic())
    assert not thread.is_alive(), f"still at work after {time.monotonic() - began:.1f} s"
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


@pytest.mark.long
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
    assert ask(project) == State.STUCK and why(project) == "The video at rank 3 cannot be filmed: its file is damaged."
    assert valkey.llen("media\x06\x169") == 1, "nobody is asked a second time"


KOREAN = {"Accept-Language": "ko"}


def work_off(valkey) -> None:
    """Do what the one message that waits asks a worker for."""
    message = json.loads(valkey.lpop("media\x06\x169"))
    asked, _options, _embedded = json.loads(base64.b64decode(message["body"]))
    tasks.make_ahead_task(*asked)


@pytest.mark.long
def test_credits_are_made_ahead_in_the_language_of_the_page(project, client, valkey):  # noqa: F811
    Video.objects.update(source="tiktok", author="mina", play_count=1_230_000)
    client.post(reverse("render-ahead", args=[project.pk]), headers=KOREAN)
    work_off(valkey)
    client.post(reverse("render-start", args=[project.pk]), headers=KOREAN)
    render = Render.objects.get()
    tasks.generate_ranking_video_task(str(render.pk))
    render.refresh_from_db()
    assert "조회수 123만" in str(render.plan)
    assert (render.status, render.rendered, render.reused) == ("done", 0, 3)


def test_what_cannot_be_filmed_is_said_on_the_page_in_its_readers_language(project, client, valkey):  # noqa: F811
    for entry in project.ranked():
        Path(entry.video.file.path).unlink()
    address = reverse("render-ahead", args=[project.pk])
    client.post(address, headers=KOREAN)
    work_off(valkey)
    page = client.post(address, headers=KOREAN).content.decode()
    assert "영상 파일이 사라졌어요" in page and "load delay" not in page and "Filmed ahead" not in page


@pytest.mark.long
def test_a_film_whose_sound_cannot_be_made_is_not_called_ready(project, valkey):  # noqa: F811
    """Its pictures are whole, its sound is not: the join would fail."""
    video = project.ranked().last().video
    path = Path(video.file.path)
    silent = path.with_name("silent.mp4")
    run("-i", path, "-an", "-c", "copy", silent)  # the row still says that it has sound
    silent.replace(path)
    ask(project)
    assert not make_ahead(project.pk)
    assert pieces_kept(project) == [True, True, True]
    assert ask(project) == State.STUCK and "sound of a clip" in why(project)


@pytest.mark.long
def test_the_store_is_bounded_after_making_ahead_too(project, valkey, settings):  # noqa: F811
    settings.SEGMENTS_BYTES = 0
    ask(project)
    assert make_ahead(project.pk)
    assert pieces_kept(project) == [False, False, False]


@pytest.mark.long
def test_every_part_of_it_gives_way_to_all_others_and_none_is_more_than_the_cores(long_project, settings):
    """Looking for the subject, filming and sound: each ffmpeg is nicer than the worker, which stays as it was."""
    long_project.entries.update(fit="smart")
    seen, own = {}, os.getpriority(os.PRIO_PROCESS, 0)
    ask(long_project)
    thread = threading.Thread(target=make_ahead, args=[long_project.pk])
    thread.start()
    while thread.is_alive():
        running = nice_ffmpegs(settings.TEMP_DIR)
        assert len(running) <= settings.MEDIA_WORKERS
        seen |= running
        time.sleep(0.02)
    assert {kind for kind, _level in seen.values()} >= {"looks.raw", "segment.mp4", ".raw"}
    assert {level for _kind, level in seen.values()} == {min(own + ahead.NICENESS, 19)}
    assert os.getpriority(os.PRIO_PROCESS, 0) == own


def nice_ffmpegs(folder: Path) -> dict[int, tuple[str, int]]:
    """Return what each ffmpeg writes into this folder, and how nice it is, by its process."""
    argv = ["ps", "-wweo", "pid,ni,args"]
    lines = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()
    found = {}
    for line in lines:
        if str(folder) in line and "-progress pipe:1" in line:
            kind = next(name for name in ("looks.raw", "segment.mp4", ".m4a", ".raw") if name in line)
            found[int(line.split()[0])] = kind, int(line.split()[1])
    return found


@pytest.mark.long
@pytest.mark.parametrize("part", ["looks.raw", ".raw"])
def test_real_work_stops_the_look_and_the_sound_at_once_too(long_project, alice, settings, part):
    long_project.entries.update(fit="smart")
    ask(long_project)
    thread = threading.Thread(target=make_ahead, args=[long_project.pk])
    thread.start()
    deadline = time.monotonic() + 60
    while all(kind != part for kind, _level in nice_ffmpegs(settings.TEMP_DIR).values()):
        assert time.monotonic() < deadline and thread.is_alive()
        time.sleep(0.005)
    Render.objects.create(project=long_project, owner=alice)
    end(thread, [False], settings.TEMP_DIR)


def test_somebody_who_waits_for_a_smart_crop_goes_first(project, valkey):  # noqa: F811
    cache.set(LOOKING, True)
    ask(project)
    assert is_busy() and not make_ahead(project.pk)
    assert pieces_kept(project) == [False, False, False]


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
