"""Which part of a clip the film shows when nobody says: found by motion, sound and cuts, never beyond the file."""

import json
import logging
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from django.urls import reverse

from bench import scenes
from ranking.models import Project, Video
from rendering.generate import plan_project
from rendering.parts import parts_of
from scraping.curves import read_curves
from scraping.decode import silent
from scraping.ingest import attach, complete, ingest_file, is_complete
from scraping.looking import VERSION, curves_of, look, moments_of, said
from scraping.models import Ingest
from scraping.moments import QUIET, Curves, best_start, windows
from scraping.probe import probe
from tests.clips import make_clip, run

STEP = 1 / 6


def curves(seconds: float, *, busy=(), loud=(), black=(), cuts=()) -> Curves:
    """Curves of a video in which something happens, is heard or is missing from one second to another."""
    count = int(np.ceil(seconds * 6))
    motion, sound, empty = np.full(count, 2.0), np.full(count, QUIET), np.zeros(count, bool)
    for values, stretches, value in ((motion, busy, 30.0), (sound, loud, -12.0), (empty, black, True)):
        for first, last in stretches:
            values[round(first * 6) : round(last * 6)] = value
    return Curves.of(seconds, 6.0, motion, sound, empty, list(cuts))


def covers(moment, first: float, last: float) -> bool:
    return moment.start <= first + 0.01 and moment.end >= last - 0.01


@pytest.mark.parametrize("length", [1.5, 3, 7.3, 30])
@pytest.mark.parametrize("seconds", [0.4, 1.6, 8.27, 31, 200])
def test_no_window_of_any_length_reaches_beyond_the_video(seconds, length):
    found = windows(curves(seconds, busy=[(seconds * 0.8, seconds)], cuts=[seconds * 0.3, seconds * 0.9]), length)

    assert 1 <= len(found) <= 3
    assert all(moment.start >= 0 and moment.end <= seconds + 1e-9 for moment in found)
    assert all(moment.end - moment.start == pytest.approx(min(length, seconds), abs=0.002) for moment in found)
    assert len({moment.start for moment in found}) == len(found)


def test_there_are_three_different_windows_where_there_is_room():
    found = windows(curves(30, busy=[(20, 22)]), 4)
    starts = sorted(moment.start for moment in found)

    assert len(found) == 3
    assert all(after - before >= 4 for before, after in pairwise(starts))
    assert [moment.score for moment in found] == sorted((moment.score for moment in found), reverse=True)


def test_a_video_that_is_hardly_longer_than_the_window_is_shown_whole():
    (only,) = windows(curves(5.1), 5)
    assert (only.start, only.reasons) == (0, (("whole", 0.0),))


@pytest.mark.parametrize(("what", "reason"), [({"busy": [(12, 14)]}, "most_motion"), ({"loud": [(12, 14)]}, "sudden")])
def test_the_best_window_holds_what_happens_and_says_why(what, reason):
    best = windows(curves(24, **what), 4)[0]

    assert covers(best, 12, 14)
    assert reason in [code for code, _number in best.reasons]
    assert said(best)


def test_a_busy_scene_is_shown_from_its_cut_on():
    best = windows(curves(20, busy=[(7.4, 11.4)], cuts=[3.1, 7.42, 11.44]), 3.5)[0]

    assert best.start == 7.42
    assert ("cut", 0.0) in best.reasons


@pytest.mark.parametrize("seconds", [5, 6, 8])
def test_a_window_does_not_wait_long_for_what_happens(seconds):
    best = windows(curves(30, busy=[(25.3, 28.3)]), seconds)[0]
    assert (covers(best, 25.3, 28.3) and 25.3 - best.start <= 1.7) or best.end > 29.9  # no later: the video ends


def test_no_window_ends_with_a_flash_of_the_next_scene():
    best = windows(curves(20, busy=[(9, 11)], cuts=[11.2]), 4)[0]
    assert best.end <= 11.2 and covers(best, 9, 11)


def test_the_jump_in_the_picture_that_a_cut_makes_is_no_motion():
    count = 120
    motion = np.full(count, 5.0)
    motion[59:61] = 80
    found = Curves.of(20, 6.0, motion, np.zeros(0), np.zeros(count, bool), [10.0])
    assert found.motion.max() == 5


def test_black_is_not_worth_showing():
    best = windows(curves(20, loud=[(0, 20)], black=[(8, 12)]), 4)[0]
    assert best.end <= 8 + STEP or best.start >= 12 - STEP


def test_what_is_stored_is_small_and_gives_the_same_windows():
    made = curves(60, busy=[(20, 23), (41, 42)], loud=[(22, 25)], black=[(0, 1)], cuts=[20.033, 41.5])
    stored = json.dumps(made.pack())

    assert len(stored) < 1500
    assert windows(Curves.unpack(json.loads(stored)), 5) == windows(made, 5)


def test_an_hour_is_stored_in_as_little_as_twenty_minutes():
    count = 3600
    motion = np.ones(count)
    motion[1800:1810] = 40
    made = Curves.of(3600.0, 1.0, motion, np.zeros(0), np.zeros(count, bool), [])

    assert len(json.dumps(made.pack())) < 2500
    assert covers(windows(made, 30)[0], 1800, 1810)


@pytest.mark.parametrize("kind", [scenes.sound_only, scenes.motion_only, scenes.loud_clicks, scenes.flashes])
def test_the_known_moment_of_a_drawn_clip_is_found(kind, tmp_path):
    path = tmp_path / "clip.mp4"
    first, last = scenes.make_scene(kind, 2, path)
    facts = probe(path)

    start = best_start(read_curves(path, facts, tmp_path), 4.0)

    assert 0 <= start <= facts.duration - 4
    assert min(start + 4, last) - max(start, first) >= (last - first) / 2


def test_cuts_are_found_to_the_frame_and_a_flash_is_none(tmp_path):
    places = "color=red:s=180x320:r=30:d=2[a];color=white:s=180x320:r=30:d=0.05[b];color=red:s=180x320:r=30:d=1[c];"
    places += "testsrc2=s=180x320:r=30:d=2[d];[a][b][c][d]concat=n=4:v=1:a=0,format=yuv420p[v]"
    path = tmp_path / "cuts.mp4"
    run("-filter_complex", places, "-map", "[v]", "-c:v", "libx264", "-preset", "ultrafast", path)
    facts = probe(path)

    found = read_curves(path, facts, tmp_path)

    assert found.cuts == (pytest.approx(facts.duration - 2, abs=0.034),)
    assert not len(found.sound)


@pytest.mark.parametrize(
    "name",
    [
        *("foreman-hevc-silent.mp4", "window-vertical-av1-hdr10.mp4", "cake-vertical-vp9-opus.webm", "flower-vp8.webm"),
        *("phone-rotated270.mp4", "squats-vertical-5fps-silent.mp4"),
    ],
)
def test_recorded_clips_of_all_codecs_have_curves_and_windows_that_fit_them(testdata, tmp_path, name):
    path = testdata / "clips" / name
    facts = probe(path)
    found = read_curves(path, facts, tmp_path)

    assert len(found.motion) == len(found.empty) == np.ceil(facts.duration * 6 - 1e-6)
    assert len(found.sound) == (len(found.motion) if facts.has_audio else 0)
    assert found.motion.max() > 1 and not found.empty.all()
    assert 0 <= best_start(found, 2.5) <= facts.duration - 2.5


def test_uneven_frame_times_and_frames_turned_aside_are_read(tmp_path):
    plain = make_clip(tmp_path / "plain.mp4", seconds=3)
    uneven, turned = tmp_path / "uneven.mp4", tmp_path / "turned.mp4"
    run("-i", plain, "-vf", "select='lt(t,1)+not(mod(n,5))'", "-fps_mode", "vfr", uneven)
    run("-display_rotation", "90", "-i", plain, "-c", "copy", turned)

    for path in (uneven, turned):
        facts = probe(path)
        assert len(read_curves(path, facts, tmp_path).motion) == np.ceil(facts.duration * 6 - 1e-6)


# --- In the studio ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def eventful(tmp_path_factory):
    """Twelve seconds, grey and silent, but for a test picture and a tone from 7 to 9."""
    path = tmp_path_factory.mktemp("eventful") / "eventful.mp4"
    graph = "color=gray:s=180x320:r=30:d=12,noise=alls=20[a];testsrc2=s=180x320:r=30:d=12[b];"
    graph += "[a][b]overlay=enable='between(t,7,9)',format=yuv420p[v];"
    graph += "sine=frequency=440:d=12,volume='if(between(t,7,9),1,0.001)':eval=frame[s]"
    run("-filter_complex", graph, "-map", "[v]", "-map", "[s]", "-c:v", "libx264", "-preset", "ultrafast", path)
    return path


@pytest.fixture(scope="module")
def seen(eventful, tmp_path_factory) -> dict:
    """The row of that clip as its preparation leaves it, but for the pictures."""
    facts = probe(eventful)
    found = read_curves(eventful, facts, tmp_path_factory.mktemp("seen"))
    row = {"facts": facts.as_dict(), "duration": facts.duration, "waveform": [0.1, 0.5, 0.9] * 66}
    return row | {"moments": {"version": VERSION, **found.pack()}}


@pytest.fixture
def project(seen, alice) -> Project:
    """A ranking of alice's: the same eventful clip three times, under other hashes."""
    made = Project.objects.create(owner=alice, title="TOP", seconds=9)
    for name in "abc":
        row = seen | {"file": f"videos/{name}.mp4", "sha256": name * 64, "owner": alice}
        made.add(Video.objects.create(source="file", external_id=name, caption=name, **row), label=name)
    return made


def test_an_entry_without_in_and_out_begins_at_its_best_moment(project):
    clip = plan_project(project).clip_of(1)

    assert clip.start < 7.2 and clip.start + clip.seconds > 8.8
    assert plan_project(project) == plan_project(project)


@pytest.mark.parametrize(
    ("start", "end", "begins"), [(1.0, None, 1.0), (None, 6.0, 0.0), (2.0, 5.5, 2.0), (0.0, None, 0)]
)
def test_an_entrys_own_in_and_out_always_win(project, start, end, begins):
    project.entries.filter(rank=1).update(start=start, end=end)
    clip = plan_project(project).clip_of(1)

    assert clip.start == begins
    assert end is None or clip.start + clip.seconds <= end + 1e-6


def test_no_clip_is_filmed_beyond_its_end_however_long_the_film(project):
    project.seconds = None
    project.save()
    for clip in plan_project(project).clips:
        length = Video.objects.get(sha256=clip.clip).duration
        assert clip.start + clip.seconds <= length + 1e-6


@pytest.mark.django_db
def test_looking_is_part_of_preparing_and_is_done_once_for_the_same_file(eventful, alice, bob):
    video = ingest_file(eventful, owner=alice)
    assert moments_of(video, 3)[0].start < 7.2 and is_complete(video)
    assert ingest_file(eventful, owner=bob).moments == video.moments

    made = video.filmstrip.name, Path(video.filmstrip.path).stat().st_mtime_ns
    video.moments = {}
    assert not is_complete(video) and moments_of(video) == []
    complete(video, silent)

    assert is_complete(video) and len(moments_of(video, 3)) == 3
    assert (video.filmstrip.name, Path(video.filmstrip.path).stat().st_mtime_ns) == made


@pytest.mark.django_db
def test_other_bytes_have_no_moments_until_they_are_looked_at(project, tmp_path):
    post = project.entries.get(rank=1).video
    assert moments_of(post)

    attach(post, make_clip(tmp_path / "other.mp4"), move=False)
    assert moments_of(post) == []


@pytest.mark.django_db
def test_a_file_that_went_bad_has_no_moments_and_the_log_says_so(project, caplog):
    video = project.entries.get(rank=1).video
    Path(video.file.path).parent.mkdir()
    Path(video.file.path).write_bytes(b"no video any more")

    with caplog.at_level(logging.WARNING):
        look(video)

    assert "cannot be found" in caplog.text
    assert video.moments == {"version": VERSION} and curves_of(video) is None
    assert plan_project(project).clip_of(1).start == 0


def test_the_page_offers_the_parts_with_their_reason_and_shows_which_is_chosen(project, client):
    page = client.get(reverse("project", args=[project.pk])).content.decode()
    part = parts_of(project, list(project.ranked()))[project.entries.get(rank=1).pk]

    assert page.count("data-moment ") >= 3
    assert f'data-auto-start="{part.start:.3f}"' in page and 'class="wave"' in page
    assert part.auto and [window.chosen for window in part.windows] == [True, False, False]
    assert part.windows[0].words in page


def test_a_press_sets_in_and_out_and_the_best_part_takes_them_back(project, client):
    entry = project.entries.get(rank=1)
    other = parts_of(project, list(project.ranked()))[entry.pk].windows[1]
    address = reverse("entry-edit", args=[entry.pk])

    client.post(address, {"start": f"{other.start:.3f}", "end": f"{other.end:.3f}"})
    entry.refresh_from_db()
    assert (entry.start, entry.end) == (other.start, other.end)
    part = parts_of(project, list(project.ranked()))[entry.pk]
    assert not part.auto and [window.chosen for window in part.windows] == [False, True, False]

    client.post(address, {"start": "", "end": ""})
    entry.refresh_from_db()
    assert (entry.start, entry.end) == (None, None)


def test_the_page_offers_to_look_where_nobody_has(project, client, bobs_client):
    video = project.entries.get(rank=1).video
    Video.objects.filter(pk=video.pk).update(moments={})
    address = reverse("video-look", args=[video.pk])
    assert address in client.get(reverse("project", args=[project.pk])).content.decode()

    assert bobs_client.post(address).status_code == 404
    assert client.get(address).status_code == 405
    assert not Ingest.objects.exists()
    assert client.post(address).status_code == 302
    assert Ingest.objects.filter(video=video).count() == 1


def test_the_interface_tells_the_moments_of_a_video(project, alice):
    from scraping.api import VideoOut

    answer = VideoOut.from_orm(project.entries.get(rank=1).video).model_dump()
    best = answer["moments"][0]
    assert best["start"] < 7.2 and best["end"] > 8.8 and best["reasons"]


def test_the_admin_has_videos_looked_at_again(project, alice, client):
    alice.is_staff = alice.is_superuser = True
    alice.save()
    chosen = [entry.video_id for entry in project.ranked()][:2]

    client.post(reverse("admin:ranking_video_changelist"), {"action": "look_again", "_selected_action": chosen})

    assert Video.objects.filter(moments={}).count() == Ingest.objects.active().count() == 2
    assert client.get(reverse("admin:ranking_video_change", args=[chosen[0]])).status_code == 200


def test_no_best_part_is_offered_where_all_of_the_clip_is_shown(project, client):
    Project.objects.filter(pk=project.pk).update(seconds=36)  # 12 seconds each, as long as the clip is
    page = client.get(reverse("project", args=[project.pk])).content.decode()
    assert "data-moment " not in page and "Best part" not in page and "data-auto-start" not in page

    project.entries.filter(rank=1).update(start=3, end=9)  # its own part can be taken back
    page = client.get(reverse("project", args=[project.pk])).content.decode()
    assert page.count("data-moment ") == 1 and "All of it" in page and "Best part" not in page
