"""Films as background work: every step looks at what is there, so nothing is filmed twice or lost."""

import subprocess
from pathlib import Path

import pytest
from django.urls import reverse

from ranking import jobs
from ranking.jobs import Job
from ranking.models import Project
from ranking.sweep import recover, sweep
from rendering import tasks
from rendering.generate import start_render
from rendering.models import Render, Segment
from rendering.plan import PlanError
from tests.examined import video_of
from tests.films import faults
from tests.test_film import lavfi

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clips")
    return [lavfi(folder / f"{n}.mp4", f"testsrc2=s=180x320:r=30,hue=h={n * 90}", seconds=1.5) for n in range(3)]


@pytest.fixture
def project(alice, clips) -> Project:
    project = Project.objects.create(owner=alice, title="세 개의 | TOP 3", seconds=3)
    for clip in clips:
        project.add(video_of(clip, alice), label=clip.stem)
    return project


@pytest.fixture
def render(project, django_capture_on_commit_callbacks, valkey) -> Render:
    with django_capture_on_commit_callbacks(execute=True):
        return start_render(project)


def drain(render: Render) -> Render:
    """Do what workers would: take every nudge there could be, in an unkind order, some of them twice."""
    tasks.generate_ranking_video_task(str(render.pk))
    tasks.join_film_task(str(render.pk))
    for segment in list(render.segments.all()) * 2:
        tasks.render_segment_task(str(segment.pk))
    for _ in range(2):
        tasks.join_film_task(str(render.pk))
        tasks.generate_ranking_video_task(str(render.pk))
    render.refresh_from_db()
    return render


def test_a_film_is_made_once_however_often_its_messages_come(render):
    drain(render)
    assert (render.status, render.error, render.percent) == ("done", "", 100)
    assert (render.rendered, render.reused) == (3, 0)
    assert faults(Path(render.film.path), seconds=3) == []
    assert [path.name for path in Path(render.film.path).parent.glob("*.mp4")] == [Path(render.film.name).name]


def test_a_second_film_of_the_same_plan_reuses_all_and_needs_no_segment_task(render, project):
    drain(render)
    again = start_render(project)
    assert again.pk != render.pk
    tasks.generate_ranking_video_task(str(again.pk))
    again.refresh_from_db()
    assert (again.status, again.rendered, again.reused) == ("done", 0, 3)


def test_generating_twice_while_the_film_is_made_gives_the_same_film(render, project):
    assert start_render(project).pk == render.pk


def test_a_later_film_that_was_cancelled_hides_none(render, project, client):
    drain(render)
    start_render(project).cancel()
    page = client.get(project.get_absolute_url()).content.decode()
    assert f'id="job-{render.pk}"' in page and page.count("data-job=") == 1


def test_a_film_shows_the_work_of_its_segments(render):
    tasks.generate_ranking_video_task(str(render.pk))
    render.refresh_from_db()
    assert (render.status, render.stage, render.heartbeat_at) == ("running", "segments", None)
    tasks.render_segment_task(str(render.segments.first().pk))
    render.refresh_from_db()
    assert 25 < render.percent < 40


def test_a_broken_clip_ends_the_film_with_its_rank_and_stops_the_others(render, project):
    tasks.generate_ranking_video_task(str(render.pk))
    last = project.ranked().last().video
    Path(last.file.path).write_bytes(Path(last.file.path).read_bytes()[:3000])
    tasks.render_segment_task(str(render.segments.get(position=0).pk))
    render.refresh_from_db()
    assert render.status == "failed" and "3" in render.error
    assert set(render.segments.values_list("status", flat=True)) == {"failed", "cancelled"}


def test_a_cancelled_film_stops_its_segments_and_leaves_nothing(render, settings, monkeypatch):
    """The cancel comes while ffmpeg runs: seen at the next report."""
    tasks.generate_ranking_video_task(str(render.pk))
    segment = render.segments.first()
    report = Segment.report
    monkeypatch.setattr(jobs, "REPORT_SECONDS", 0)

    def cancel_then_report(self: Segment, percent: float, message: str = "") -> bool:
        render.cancel()
        return report(self, percent, message)

    monkeypatch.setattr(Segment, "report", cancel_then_report)
    tasks.render_segment_task(str(segment.pk))
    render.refresh_from_db()
    assert render.status == "cancelled"
    assert set(render.segments.values_list("status", flat=True)) == {"cancelled"}
    assert list(settings.TEMP_DIR.iterdir()) == []
    assert str(settings.TEMP_DIR) not in subprocess.run(["ps", "-wweo", "args"], capture_output=True, text=True).stdout


def test_a_segment_that_lost_three_workers_ends_the_film(render):
    tasks.generate_ranking_video_task(str(render.pk))
    long_ago = render.created_at - 10 * jobs.LEASE
    lost = Segment.objects.filter(pk=render.segments.first().pk)
    lost.update(status=Job.Status.RUNNING, attempt=3, lost_workers=2, heartbeat_at=long_ago)
    sweep()
    render.refresh_from_db()
    assert render.status == "failed" and render.error


def test_after_a_power_cut_the_film_ends_done_and_once(render):
    """The workers are gone in the middle of it: the next start queues everything again."""
    tasks.generate_ranking_video_task(str(render.pk))
    Segment.objects.filter(render=render, position=1).update(status=Job.Status.RUNNING, attempt=1)
    recover()
    assert drain(render).status == "done"


def test_a_project_that_is_not_ready_is_told_in_a_sentence(alice, client):
    empty = Project.objects.create(owner=alice)
    with pytest.raises(PlanError):
        start_render(empty)
    answer = client.post(reverse("render-start", args=[empty.pk]))
    assert "at least one video" in answer.content.decode()
    assert not Render.objects.exists()


def test_a_film_is_its_owners(render, bobs_client):
    drain(render)
    for name in ("render", "render-film", "render-cover"):
        assert bobs_client.get(reverse(name, args=[render.pk])).status_code == 404
    for name in ("render-cancel", "render-retry"):
        assert bobs_client.post(reverse(name, args=[render.pk])).status_code == 404


def test_the_preview_shows_the_pictures_that_are_filmed(project, client):
    page = client.get(reverse("board", args=[project.pk]), {"entry": project.ranked().first().pk}).content.decode()
    assert page.count("<img") == 4  # title, numbers, label, badge; an upload has no credit
    address = page.split('src="')[1].split('"')[0]
    picture = client.get(address)
    assert picture["Content-Type"] == "image/png" and "immutable" in picture["Cache-Control"]
