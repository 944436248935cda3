"""The camera of a smart crop: it keeps the subject in sight, holds still when it can, and knows where shots begin."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from django.urls import reverse

from bench import reframe as films
from ranking.jobs import JobError
from ranking.models import Entry, Project
from rendering.aiming import find_subject
from rendering.generate import plan_project
from rendering.plan import Clip, Mask, Plan
from rendering.reframe import SPEED, aimed, camera, camera_of, crop_share, fewer
from rendering.segments import prepare
from rendering.style import style
from rendering.subject import Subject, find_cuts, kept_at, look, subject_of
from rendering.timeline import timeline_of
from scraping.ingest import ingest_file

CROP = films.HEIGHT / films.WIDTH * 940 / 1240
SCENES = {scene.name: scene for scene in films.scenes()}


@pytest.fixture(scope="module")
def filmed(tmp_path_factory) -> dict[str, tuple[Path, np.ndarray]]:
    """Films whose subject is known, with where it stands at each frame."""
    folder = tmp_path_factory.mktemp("films")
    names = ["walks, shaken", "cuts", "camera pans along"]
    paths = [folder / f"{place}.mp4" for place in range(len(names))]
    return {name: (path, films.make(SCENES[name], path, 3)) for name, path in zip(names, paths, strict=True)}


@pytest.mark.parametrize(
    ("name", "distance", "inside"), [("walks, shaken", 0.15, 0.97), ("cuts", 0.1, 0.97), ("camera pans along", 0.1, 1)]
)
def test_the_subject_stays_in_sight_where_a_fixed_crop_loses_it(filmed, name, distance, inside):
    path, there = filmed[name]
    keys = films.follow(path, CROP)
    ours = films.score(films.middles_of(keys, CROP), there, CROP, SCENES[name].cuts)
    fixed = films.score(np.full(films.FRAMES, 0.5), there, CROP, SCENES[name].cuts)
    assert ours.distance < distance < fixed.distance
    assert ours.inside >= inside > fixed.inside + 0.3
    assert ours.jitter < 0.5  # pixels of the film a frame and frame
    assert ours.speed <= SPEED * 1.1


def test_a_cut_is_a_jump_at_its_very_frame_and_a_shot_that_stands_is_held(filmed):
    keys = films.follow(filmed["cuts"][0], CROP)
    times = [time for time, _place in keys]
    assert times == [0.0, 2.0, 2.0, 4.0, 4.0, 6.0, 6.0, 8.0]
    assert all(keys[n][1] == keys[n + 1][1] for n in range(0, 8, 2))


def test_the_path_is_the_same_each_time_and_read_once(filmed, settings):
    path = filmed["walks, shaken"][0]
    clip = Clip(1, "f" * 64, 1.0, 60, fit="smart", width=films.WIDTH, height=films.HEIGHT)
    first = camera_of(clip, style("classic"), lambda sha: path)
    assert first == camera_of(clip, style("classic"), lambda sha: Path("/nowhere/at/all.mp4"))
    kept_at(clip).unlink()
    assert first == camera_of(clip, style("classic"), lambda sha: path)
    assert len(first) >= 2 and all(0 <= place <= 1 for _time, place in first)


def test_where_nothing_is_to_choose_no_file_is_read():
    def never(sha256: str) -> Path:
        raise AssertionError("read")

    look_ = style("classic")
    for clip in (
        Clip(1, "0", 0, 30, fit="cover", width=640, height=360),
        Clip(1, "0", 0, 30, fit="smart"),
        Clip(1, "0", 0, 30, fit="smart", width=940, height=1240),
    ):
        assert crop_share(clip, look_) is None
        assert camera_of(clip, look_, never) == ()


def test_a_flash_is_no_cut_and_a_cut_is():
    rng = np.random.default_rng(1)
    one, two = rng.integers(0, 120, 576), rng.integers(100, 255, 576)
    frames = np.stack([one] * 20 + [np.full(576, 255)] + [one] * 20 + [two] * 20).astype(np.uint8)
    assert find_cuts(frames) == [41]
    assert find_cuts(frames[:1]) == [] and find_cuts(frames[:0]) == []


def test_a_grey_picture_keeps_the_camera_in_the_middle():
    still = Subject(np.zeros((30, 36, 64), np.float32), ())
    assert camera(still, 0.4, across=True) == ((0.0, 0.5), (5.0, 0.5))
    assert camera(Subject(np.zeros((0, 36, 64), np.float32), ()), 0.4, across=True) == ()


def test_what_is_masked_does_not_draw_the_camera(filmed):
    path, there = filmed["cuts"]
    clip = Clip(1, "e" * 64, 0, 55, fit="smart", width=films.WIDTH, height=films.HEIGHT)
    hidden = dataclasses.replace(clip, masks=(Mask(there[0] - 0.1, 0.2, 0.2, 0.75),))
    seen, unseen = (subject_of(each, path).maps.sum(axis=(0, 1)) for each in (clip, hidden))
    at = int(there[0] * len(seen))
    assert seen[at - 3 : at + 3].sum() > 20 * unseen[at - 3 : at + 3].sum()


def test_few_keys_say_nearly_the_same():
    times = np.linspace(0, 4, 121)
    path = np.stack([times, 0.5 + 0.4 * np.sin(times)], axis=1)
    few = fewer(path, 0.002)
    assert len(few) < 30
    assert np.abs(np.interp(times, few[:, 0], few[:, 1]) - path[:, 1]).max() <= 0.002


def test_a_film_of_the_plan_has_the_camera_in_its_command_and_key(filmed):
    path = filmed["walks, shaken"][0]
    clip = Clip(1, "d" * 64, 0, 60, fit="smart", width=films.WIDTH, height=films.HEIGHT)
    plan = Plan(("t",), "classic", "shorts", (1,), (clip,))
    assert plan.clips[0].camera == ()
    assert aimed(plan, {1}, lambda sha: path).clips[0].camera != ()
    smart = prepare(plan, 0, lambda sha: path)
    cover = prepare(dataclasses.replace(plan, clips=(dataclasses.replace(clip, fit="cover"),)), 0, lambda sha: path)
    assert smart.key != cover.key
    assert smart.key == prepare(plan, 0, lambda sha: path).key


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypisom" + b"\0" * 200)
    clip = Clip(3, "c" * 64, 0, 60, fit="smart", width=640, height=360)
    with pytest.raises(JobError, match="rank 3"):
        camera_of(clip, style("classic"), lambda sha: broken)


@pytest.fixture
def entry(alice, filmed) -> Entry:
    video = ingest_file(filmed["walks, shaken"][0], owner=alice)
    project = Project.objects.create(owner=alice, title="t", seconds=4)
    return project.add(video, label="one", fit="smart", start=1.0)


def test_the_preview_is_told_the_very_path_of_the_film(client, entry, valkey):
    url = reverse("timeline", args=[entry.project_id])
    assert timeline_of(entry.project).waits  # a worker looks for it
    assert f'hx-get="{url}?looks=1" hx-trigger="load delay' in client.get(url).content.decode()
    assert "load delay" not in client.get(url, {"looks": "49"}).content.decode()  # not for ever
    find_subject(entry.pk)
    told = timeline_of(entry.project).pieces[0].camera
    clip = plan_project(entry.project).clip_of(entry.rank)
    filmed = camera_of(clip, style("classic"), lambda sha: Path(entry.video.file.path))
    assert told == [[pytest.approx(clip.start + time), place] for time, place in filmed] and len(told) > 1
    Entry.objects.filter(pk=entry.pk).update(fit="cover")
    assert timeline_of(entry.project).pieces[0].camera == []


def test_a_look_is_made_of_shares(filmed, tmp_path):
    clip = Clip(1, "b" * 64, 0, 90, fit="smart", width=films.WIDTH, height=films.HEIGHT)
    found = look(clip, filmed["cuts"][0], tmp_path)
    assert found.maps.shape == (18, 36, 64)
    assert (found.maps >= 0).all() and (found.maps.sum(axis=(1, 2)) <= 1.001).all()
