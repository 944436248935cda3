"""Dropping files on a page: they become videos of their owner, and entries of a ranking."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ranking.models import MAX_ENTRIES, Project, Video
from scraping.downloading import run_ingest, start_ingest
from scraping.ingest import is_complete
from scraping.models import Ingest
from tests.clips import make_clip

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    return make_clip(tmp_path_factory.mktemp("upload") / "clip.mp4", seconds=0.5, size="160x284")


@pytest.fixture(scope="module")
def other(tmp_path_factory) -> Path:
    return make_clip(tmp_path_factory.mktemp("upload") / "other.mp4", seconds=0.5, size="160x120", audio=False)


def sent(*paths: Path) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(path.name, path.read_bytes(), "video/mp4") for path in paths]


def uploaded(client, clip) -> Video:
    client.post(reverse("upload"), {"files": sent(clip)}, headers=HTMX)
    return Video.objects.get(caption=clip.stem)


def test_several_files_make_a_new_ranking_in_their_order(client, alice, clip, other):
    answer = client.post(reverse("upload"), {"files": sent(clip, other)}, headers=HTMX)

    project = Project.objects.get(owner=alice)
    assert [entry.video.caption for entry in project.ranked()] == ["clip", "other"]
    assert all(entry.video.owner == alice and entry.video.is_ready for entry in project.ranked())
    assert reverse("project", args=[project.pk]) in answer.content.decode()
    assert Ingest.objects.filter(owner=alice, status="queued").count() == 2


def test_good_and_bad_files_together_each_get_their_line(client, clip):
    files = [*sent(clip), SimpleUploadedFile("letter.mp4", b"hello")]
    answer = client.post(reverse("upload"), {"files": files}, headers=HTMX)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "clip.mp4" in page and "letter.mp4" in page and "This is a text file, not a video." in page
    assert Video.objects.count() == Project.objects.get().entries.count() == 1
    assert "Videos come in as MP4" in answer.content.decode()


def test_without_script_the_answer_is_the_ranking_itself(client, clip):
    answer = client.post(reverse("upload"), {"files": sent(clip)})

    assert answer.status_code == 302
    assert answer["Location"] == Project.objects.get().get_absolute_url()


def test_files_join_the_ranking_that_they_were_dropped_on(client, alice, clip):
    project = Project.objects.create(owner=alice)
    client.post(reverse("upload"), {"files": sent(clip), "project": project.pk}, headers=HTMX)

    assert project.entries.count() == Project.objects.count() == 1


def test_a_full_ranking_says_so_and_the_video_stays_in_the_library(client, alice, clip):
    project = Project.objects.create(owner=alice)
    for number in range(MAX_ENTRIES):
        project.add(Video.objects.create(source="tiktok", external_id=str(number)))
    answer = client.post(reverse("upload"), {"files": sent(clip), "project": project.pk}, headers=HTMX)

    assert "A ranking holds at most 10 videos. The video is in your library." in answer.content.decode()
    assert project.entries.count() == MAX_ENTRIES
    assert Video.objects.filter(source="file", owner=alice).count() == 1


@pytest.mark.parametrize("named", ["0", "x", "9" * 40, "²"])
def test_a_ranking_that_is_not_ones_own_takes_nothing(client, bob, clip, named):
    theirs = Project.objects.create(owner=bob)
    for given in (named, str(theirs.pk)):
        answer = client.post(reverse("upload"), {"files": sent(clip), "project": given}, headers=HTMX)
        assert answer.status_code == 404
    assert not Video.objects.exists() and not theirs.entries.exists()


def test_a_stranger_uploads_nothing(stranger, clip):
    answer = stranger.post(reverse("upload"), {"files": sent(clip)})

    assert answer.status_code == 302 and reverse("login") in answer["Location"]
    assert not Video.objects.exists()


def test_the_same_file_twice_is_one_video_and_one_preparation(client, clip):
    for _ in range(2):
        client.post(reverse("upload"), {"files": sent(clip)}, headers=HTMX)

    assert Video.objects.count() == Ingest.objects.count() == 1
    assert Project.objects.count() == 2


def test_the_preparation_completes_the_video_once(client, alice, clip):
    video = uploaded(client, clip)
    job = Ingest.objects.get()
    run_ingest(job.pk)
    run_ingest(job.pk)
    job.refresh_from_db()
    video.refresh_from_db()

    assert (job.status, job.attempt, job.percent) == ("done", 1, 100)
    assert is_complete(video)
    assert start_ingest(video, alice).pk != job.pk  # the old one is over


def test_a_large_file_comes_through_the_disk_and_leaves_no_copy(client, clip, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    video = uploaded(client, clip)

    assert Path(video.file.path).read_bytes() == clip.read_bytes()
    assert [path for path in settings.TEMP_DIR.rglob("*") if path.is_file()] == []


def test_the_files_of_an_upload_are_served_to_its_owner_only(client, bobs_client, clip):
    video = uploaded(client, clip)
    run_ingest(Ingest.objects.get().pk)
    kinds = {"video-file": "video/mp4", "video-cover": "image/webp", "video-filmstrip": "image/webp"}

    for name, kind in kinds.items():
        answer = client.get(reverse(name, args=[video.pk]))
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer.getvalue()
        assert bobs_client.get(reverse(name, args=[video.pk])).status_code == 404
    part = client.get(reverse("video-file", args=[video.pk]), headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.getvalue()) == (206, b"ftyp")
    assert client.get(reverse("video-proxy", args=[video.pk])).status_code == 404  # it needs none
    assert bobs_client.get(reverse("video", args=[video.pk])).status_code == 404


def test_a_video_page_shows_its_numbers_and_hiding_takes_it_from_the_library(client, clip):
    video = uploaded(client, clip)

    assert "clip" in client.get(reverse("video", args=[video.pk])).content.decode()
    client.post(reverse("video-hide", args=[video.pk]))
    assert not client.get(reverse("library")).context["page"].object_list
    client.post(reverse("video-hide", args=[video.pk]), {"hidden": "0"})
    assert list(client.get(reverse("library")).context["page"]) == [video]


def test_a_shared_post_is_not_anybodys_to_hide(client):
    post = Video.objects.create(source="tiktok", external_id="1", caption="shared")
    answer = client.post(reverse("video-hide", args=[post.pk]), follow=True)

    post.refresh_from_db()
    assert not post.hidden
    assert "Only the studio&#x27;s staff can hide a post that everybody sees." in answer.content.decode()
