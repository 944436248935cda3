"""What is deleted is gone from the disk too: films with their rows, by whatever way the rows go."""

import logging
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from ranking import jobs
from ranking.jobs import JobError
from ranking.models import Project, User, Video
from ranking.sweep import sweep
from rendering import film, generate, tasks
from rendering.generate import start_render
from rendering.making import make_film
from rendering.models import Render, Segment
from scraping import ingest
from tests.examined import video_of
from tests.test_film import lavfi


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    return lavfi(tmp_path_factory.mktemp("clip") / "clip.mp4", "testsrc2=s=180x320:r=30", seconds=1)


def filmed(owner: User, title: str = "TOP 3", **changes: object) -> Render:
    """A film that is done, as its row and its files say."""
    render = Render.objects.create(project=Project.objects.create(owner=owner, title=title), owner=owner, **changes)
    for field, suffix in ((render.film, "mp4"), (render.cover, "jpg")):
        field.save(f"{render.pk}-1.{suffix}", ContentFile(b"film"))
    return render


def films() -> list[str]:
    """The names of all files in the folder of films."""
    folder = Path(default_storage.path("films"))
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.django_db
class TestRowsGo:
    @pytest.mark.parametrize(
        "go",
        [
            lambda render: render.delete(),
            lambda render: Render.objects.filter(pk=render.pk).delete(),
            lambda render: render.project.delete(),
            lambda render: Project.objects.filter(pk=render.project_id).delete(),
            lambda render: render.owner.delete(),
            lambda render: User.objects.filter(pk=render.owner_id).delete(),
        ],
        ids=["film", "films", "project", "projects", "user", "users"],
    )
    def test_a_film_takes_its_files_along_and_no_others(self, alice, bob, go, django_capture_on_commit_callbacks):
        render, kept = filmed(alice), filmed(bob)
        with django_capture_on_commit_callbacks(execute=True):
            go(render)
        assert list(Render.objects.all()) == [kept]
        assert films() == sorted((Path(kept.film.name).name, Path(kept.cover.name).name))

    def test_a_film_of_anothers_project_goes_with_its_owner(self, alice, bob, django_capture_on_commit_callbacks):
        render = filmed(alice)
        Project.objects.update(owner=bob)
        with django_capture_on_commit_callbacks(execute=True):
            alice.delete()
        assert (films(), Project.objects.count(), Render.objects.filter(pk=render.pk).exists()) == ([], 1, False)

    def test_the_page_deletes_films_and_keeps_the_videos(self, client, alice, clip, django_capture_on_commit_callbacks):
        render = filmed(alice)
        video = ingest.ingest_file(clip, owner=alice)
        render.project.add(video)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("project-delete", args=[render.project_id]))
        assert films() == [] and not Project.objects.exists()
        assert Path(Video.objects.get().file.path).exists()

    @pytest.mark.parametrize("by_action", [False, True])
    def test_the_admin_deletes_projects_with_their_films(
        self, client, alice, by_action, django_capture_on_commit_callbacks
    ):
        render = filmed(alice)
        Segment.objects.create(render=render, owner=alice, position=0, frames=30)
        User.objects.update(is_staff=True, is_superuser=True)
        with django_capture_on_commit_callbacks(execute=True):
            if by_action:
                data = {"action": "delete_selected", "_selected_action": render.project_id, "post": "yes"}
                answer = client.post(reverse("admin:ranking_project_changelist"), data)
            else:
                answer = client.post(reverse("admin:ranking_project_delete", args=[render.project_id]), {"post": "yes"})
        assert answer.status_code == 302
        assert films() == [] and not Project.objects.exists()

    def test_a_user_with_uploads_in_a_ranking_can_be_deleted(self, alice, clip):
        Project.objects.create(owner=alice).add(ingest.ingest_file(clip, owner=alice))
        alice.delete()
        assert (User.objects.count(), Project.objects.count(), Video.objects.count()) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
class TestForGood:
    """With real commits, as workers and pages make them."""

    def test_files_stay_when_the_deletion_is_taken_back(self, alice):
        render = filmed(alice)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            render.project.delete()
            raise ZeroDivisionError
        assert len(films()) == 2 and Render.objects.filter(pk=render.pk).exists()

    def test_a_file_that_cannot_be_removed_is_logged_and_the_row_is_gone(self, alice, caplog):
        render = filmed(alice)
        path = Path(render.film.path)
        path.unlink()
        path.mkdir()
        (path / "in the way").write_text("")
        render.project.delete()
        assert not Render.objects.exists()
        assert films() == [path.name], "the cover went all the same"
        assert "cannot be removed" in caplog.text

    @pytest.fixture
    def render(self, alice, clip, valkey) -> Render:
        project = Project.objects.create(owner=alice, title="TOP 1", seconds=3)
        project.add(video_of(clip, alice))
        return start_render(project)

    def test_messages_of_a_deleted_film_are_nobodys(self, render, caplog):
        tasks.generate_ranking_video_task(str(render.pk))
        segment = render.segments.get()
        render.project.delete()
        tasks.generate_ranking_video_task(str(render.pk))
        tasks.render_segment_task(str(segment.pk))
        tasks.join_film_task(str(render.pk))
        assert sweep() == 0 and caplog.records == []

    @pytest.mark.parametrize(
        ("module", "step"),
        [
            (generate, "prepare"),  # then the segments' rows are made
            (generate, "kept"),
            (generate, "join"),
            (film, "film_sound"),
            (generate, "report_on"),  # the last look before the files are put in their place
            (film, "publish"),
        ],
    )
    def test_a_film_deleted_in_the_making_ends_quietly_and_leaves_no_files(
        self, render, monkeypatch, settings, caplog, module, step
    ):
        """The project goes just before one of the worker's steps."""
        monkeypatch.setattr(jobs, "REPORT_SECONDS", 0)
        real = getattr(module, step)

        def deleted_before(*args: object) -> object:
            if gone := Project.objects.first():
                gone.delete()
            return real(*args)

        monkeypatch.setattr(module, step, deleted_before)
        tasks.generate_ranking_video_task(str(render.pk))
        for segment in Segment.objects.all():
            tasks.render_segment_task(str(segment.pk))
        tasks.join_film_task(str(render.pk))
        assert not Project.objects.exists() and not Render.objects.exists()
        assert films() == [] and list(settings.TEMP_DIR.iterdir()) == []
        assert [record for record in caplog.records if record.levelno > logging.INFO] == []

    def test_a_segment_deleted_while_it_is_filmed_ends_quietly(self, render, monkeypatch, settings, caplog):
        tasks.generate_ranking_video_task(str(render.pk))
        segment, report = render.segments.get(), Segment.report
        monkeypatch.setattr(jobs, "REPORT_SECONDS", 0)

        def deleted_before(self: Segment, percent: float, message: str = "") -> bool:
            Project.objects.all().delete()
            return report(self, percent, message)

        monkeypatch.setattr(Segment, "report", deleted_before)
        tasks.render_segment_task(str(segment.pk))
        assert not Segment.objects.exists() and list(settings.TEMP_DIR.iterdir()) == []
        assert [record for record in caplog.records if record.levelno > logging.INFO] == []

    def test_a_command_whose_project_is_deleted_says_that_the_film_was_cancelled(self, render, monkeypatch):
        monkeypatch.setattr(jobs, "REPORT_SECONDS", 0)
        with pytest.raises(JobError, match="cancelled"):
            make_film(render.project, lambda percent, message: Project.objects.all().delete())
        assert films() == []

    def test_an_error_of_a_job_that_is_still_there_is_not_taken_for_a_deletion(self, render, monkeypatch):
        monkeypatch.setattr(generate, "prepare", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tasks.generate_ranking_video_task(str(render.pk))
        assert render.reload() and render.status == "failed"

    def test_a_film_deleted_just_before_it_is_cancelled_does_no_harm(self, render):
        render.project.delete()
        assert render.cancel() is False
