"""The store holds no more than it may, gives up the longest unused first, and never what a film needs."""

import os
import threading
import time
from pathlib import Path

import pytest

from ranking.tasks import cleanup_temp_files
from rendering import store, tasks
from rendering.models import Render, Segment
from rendering.segments import kept, place_of
from tests.films import faults
from tests.test_renders import clips, drain, project, render  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


def put(name: str, size: int, age: float) -> Path:
    """Keep a file of so many bytes that was last used `age` seconds ago."""
    path = store.settings.SEGMENTS_DIR / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


def left() -> set[str]:
    folder = store.settings.SEGMENTS_DIR
    return {path.name for path in folder.rglob("*") if path.is_file() and path.parent.name != "locks"}


def test_the_longest_unused_goes_first_whatever_it_is():
    for age, name in enumerate(("aa/a.mp4", "art/b.png", "sound/c.m4a", "loudness/d.json", "camera/e.json")):
        put(name, 100, age * 60)
    assert store.trim(limit=400) == 2
    assert left() == {"a.mp4", "b.png", "c.m4a"}
    assert store.trim(limit=400) == 0


def test_using_a_file_keeps_it():
    old = put("aa/old.mp4", 100, 600)
    put("aa/young.mp4", 100, 60)
    assert store.used(old) and not store.used(old.with_name("none.mp4"))
    store.trim(limit=150)
    assert left() == {"old.mp4"}


def test_the_hourly_cleaning_bounds_the_store(settings):
    settings.SEGMENTS_BYTES = 150
    put("aa/old.mp4", 100, 600)
    put("aa/young.mp4", 100, 60)
    assert cleanup_temp_files() == 1
    assert left() == {"young.mp4"}


@pytest.mark.long
def test_what_a_film_in_the_making_needs_stays(alice, render, settings):  # noqa: F811
    tasks.generate_ranking_video_task(str(render.pk))
    segment = render.segments.first()
    needed = put(str(place_of(segment.key).relative_to(settings.SEGMENTS_DIR)), 100, 9000)
    art = {path.name for path in (settings.SEGMENTS_DIR / "art").iterdir()}
    other = put("aa/other.mp4", 100, 8000)
    store.trim(limit=1)
    assert needed.exists() and not other.exists() and art <= left()
    Render.objects.filter(pk=render.pk).update(status=Render.Status.CANCELLED)
    store.trim(limit=1)
    assert left() == set()


@pytest.mark.long
def test_a_piece_that_went_missing_before_the_join_is_filmed_again(render, settings):  # noqa: F811
    tasks.generate_ranking_video_task(str(render.pk))
    first, second, third = render.segments.all()
    tasks.render_segment_task(str(first.pk))
    tasks.render_segment_task(str(second.pk))
    place_of(first.key).unlink()
    Segment.objects.filter(pk=third.pk).update(status=Segment.Status.DONE)
    from rendering.generate import join

    with render.running() as claimed:
        assert claimed
        join(render)
    render.refresh_from_db()
    assert (render.status, render.error) == ("done", "")
    assert faults(Path(render.film.path), seconds=3) == []


@pytest.mark.long
def test_after_a_film_the_store_is_made_small_again(render, settings):  # noqa: F811
    settings.SEGMENTS_BYTES = 0
    assert drain(render).status == "done"
    assert faults(Path(render.film.path), seconds=3) == []
    assert left() == set() and kept(render.segments.first().key) is None


@pytest.mark.django_db(transaction=True)
def test_several_workers_trim_at_once_without_harm():
    for number in range(200):
        put(f"aa/{number:03}.mp4", 10, 1000 - number)
    trouble, counts = [], []

    def work() -> None:
        try:
            counts.append(store.trim(limit=1000))
        except BaseException as error:
            trouble.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == [] and sum(counts) == 110
    assert left() == {f"{number:03}.mp4" for number in range(110, 200)}


def test_only_one_worker_is_alone():
    with store.alone("sound") as first, store.alone("sound", wait=False) as second:
        assert (first, second) == (True, False)
    with store.alone("sound", wait=False) as free:
        assert free
