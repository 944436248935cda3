"""What one user may have of a shared studio: films a day, uploads, jobs at a time; the sentence, 429, and no more."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from ranking.models import Project, User, Video
from ranking.quotas import MB, QuotaReached, count_film, jobs_of, uploaded_bytes
from rendering.models import Render, Segment
from scraping.models import Download, Search
from scraping.saved import repeat, save_search
from tests.clips import make_clip
from tests.examined import video_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def limit(user: User, **limits: int) -> None:
    User.objects.filter(pk=user.pk).update(**limits)
    user.refresh_from_db()


def posts(count: int) -> list[Video]:
    link = "https://www.tiktok.com/@a/video/{}"
    made = [Video(source="tiktok", external_id=str(n), url=link.format(n)) for n in range(count)]
    return Video.objects.bulk_create(made)


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 2)


@pytest.fixture
def project(alice, clip) -> Project:
    """A ranking of one short clip, which can be filmed."""
    made = Project.objects.create(owner=alice, title="TOP 1", seconds=3)
    made.add(video_of(clip, alice))
    return made


class TestFilms:
    def film(self, client, project, **options):
        return client.post(reverse("render-start", args=[project.pk]), **options)

    def test_one_more_film_than_allowed_is_refused_in_a_sentence_and_leaves_no_row(self, client, alice, project):
        limit(alice, films_a_day=1)
        assert self.film(client, project).status_code == 302
        Project.objects.update(title="another film")
        answer = self.film(client, project, headers=HTMX)
        assert answer.status_code == 429
        assert "1 film that you may make a day" in answer.content.decode()
        assert Render.objects.count() == 1
        told = client.post(f"/api/v1/projects/{project.pk}/generate")
        assert (told.status_code, told.json()["error"]["code"]) == (429, "quota")
        assert "Tomorrow" in told.json()["error"]["message"]

    def test_without_htmx_one_is_sent_back_with_the_sentence(self, client, alice, project):
        limit(alice, films_a_day=1)
        count_film(alice)
        page = reverse("project", args=[project.pk])
        answer = self.film(client, project, headers={"Referer": f"http://testserver{page}"}, follow=True)
        assert answer.redirect_chain[-1][0].endswith(page) and "you may make a day" in answer.content.decode()
        away = self.film(client, project, headers={"Referer": "https://evil.example/"})
        assert away.url == reverse("home")

    def test_the_same_film_asked_twice_and_drafts_do_not_count(self, client, alice, project):
        limit(alice, films_a_day=1)
        assert self.film(client, project).status_code == self.film(client, project).status_code == 302
        assert client.post(reverse("render-draft", args=[project.pk])).status_code == 302
        alice.refresh_from_db()
        assert alice.films_today == 1

    def test_deleting_brings_none_back_and_tomorrow_does(self, alice, project):
        limit(alice, films_a_day=2)
        count_film(alice)
        count_film(alice)
        project.delete()
        with pytest.raises(QuotaReached):
            count_film(alice)
        limit(alice, films_on=timezone.localdate() - timedelta(days=1))
        assert alice.films_today == 0
        count_film(alice)

    def test_the_studio_has_a_limit_for_all_that_a_users_own_replaces(self, alice, settings):
        settings.FILMS_A_DAY = 1
        count_film(alice)
        with pytest.raises(QuotaReached):
            count_film(alice)
        limit(alice, films_a_day=0)
        count_film(alice)
        chief = User.objects.create_superuser("chief")
        for _ in range(3):
            count_film(chief)


class TestJobs:
    def test_a_search_too_many_is_refused_until_one_is_done(self, client, alice):
        limit(alice, active_jobs=2)
        form = {"q": "춤", "source": "tiktok"}
        for _ in range(3):
            client.post(reverse("search-start"), form)
        assert Search.objects.count() == 2
        answer = client.post("/api/v1/search", {"keyword": "춤"}, content_type="application/json")
        assert answer.status_code == 429
        Search.objects.first().cancel()
        assert client.post("/api/v1/search", {"keyword": "춤"}, content_type="application/json").status_code == 202

    def test_too_many_downloads_at_once_start_none(self, client, alice):
        limit(alice, active_jobs=2)
        ids = [video.pk for video in posts(3)]
        answer = client.post("/api/v1/downloads", {"videos": ids}, content_type="application/json")
        assert answer.status_code == 429 and not Download.objects.exists()
        one = client.post(reverse("download-start", args=[ids[0]]), headers=HTMX)
        assert one.status_code == 200 and Download.objects.count() == 1

    def test_a_ranking_of_picked_videos_is_kept_though_their_files_have_to_wait(self, client, alice):
        limit(alice, active_jobs=2)
        picked = client.post(reverse("pick"), {"video": [video.pk for video in posts(3)]}, follow=True)
        assert alice.projects.get().entries.count() == 3
        assert "At most 2 jobs of yours" in picked.content.decode() and not Download.objects.exists()

    def test_the_parts_of_a_film_and_the_jobs_of_others_do_not_count(self, alice, bob, project):
        render = Render.objects.create(project=project, owner=alice)
        Segment.objects.create(render=render, owner=alice, position=0, frames=30)
        Search.objects.create(query="x", source="tiktok", owner=bob)
        assert jobs_of(alice) == 1

    def test_what_the_studio_does_by_itself_is_never_refused(self, alice):
        limit(alice, active_jobs=1)
        saved = save_search(Search.objects.create(query="x", source="tiktok", owner=alice, status="done"))
        Search.objects.update(created_at=timezone.now() - timedelta(days=2))
        Search.objects.create(query="y", source="tiktok", owner=alice)
        assert repeat(saved.pk) is not None


class TestUploads:
    def send(self, client, path):
        return client.post(reverse("upload"), {"files": path.open("rb")}, headers=HTMX)

    def test_a_file_that_no_longer_fits_is_refused_by_name_and_not_kept(self, client, alice, tmp_path):
        first, second = (make_clip(tmp_path / f"{color}.mp4", 1, color=color) for color in ("red", "blue"))
        assert self.send(client, first).status_code == 200
        size = first.stat().st_size
        assert uploaded_bytes(alice) == size
        Video.objects.update(facts={"size": MB - second.stat().st_size + 1})
        limit(alice, uploads_mb=1)
        answer = self.send(client, second)
        assert answer.status_code == 422 and "may take 1 MB together" in answer.content.decode()
        assert Video.objects.count() == 1
        told = client.post("/api/v1/videos", {"file": second.open("rb")})
        assert (told.status_code, told.json()["error"]["code"]) == (422, "quota")
        Video.objects.update(facts={"size": MB - second.stat().st_size})
        assert self.send(client, second).status_code == 200

    def test_music_counts_too(self, client, alice, tmp_path):
        clip = make_clip(tmp_path / "clip.mp4", 3)
        assert client.post("/api/v1/music", {"file": clip.open("rb")}).status_code == 201
        assert uploaded_bytes(alice) > 0
        limit(alice, uploads_mb=1)
        Video.objects.create(source="file", external_id="1", owner=alice, file="v.mp4", facts={"size": MB})
        other = SimpleUploadedFile("other.mp4", make_clip(tmp_path / "other.mp4", 4).read_bytes())
        answer = client.post("/api/v1/music", {"file": other})
        assert answer.status_code == 429 and alice.tracks.count() == 1

    def test_the_posts_that_everybody_sees_count_for_nobody(self, alice):
        Video.objects.create(source="tiktok", external_id="1", file="v.mp4", facts={"size": 10 * MB})
        assert uploaded_bytes(alice) == 0


def test_the_accounts_page_tells_what_is_used_of_what(client, alice):
    limit(alice, films_a_day=7, uploads_mb=0)
    count_film(alice)
    page = client.get(reverse("account")).content.decode()
    assert "<dd>1 / 7</dd>" in page and "<dd>0 MB</dd>" in page and "/ 200</dd>" in page


def test_the_admin_gives_somebody_limits_of_their_own(alice):
    from django.test import Client

    browser = Client()
    browser.force_login(User.objects.create_superuser("chief"))
    page = browser.get(f"/admin/ranking/user/{alice.pk}/change/").content.decode()
    assert 'name="films_a_day"' in page and 'name="active_jobs"' in page and "films_begun" not in page
