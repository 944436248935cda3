"""What the studio holds, and making room: told before it goes, and never what a ranking or a film in the making has."""

import os
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from ranking.models import Project, User, Video
from rendering import clearing, holding
from rendering.models import Render
from rendering.templatetags.sizes import size_words
from scraping.models import Download

pytestmark = pytest.mark.django_db(transaction=True)


def stored(name: str, size: int = 1000) -> str:
    return default_storage.save(name, ContentFile(b"x" * size))


def upload(number: int, user: User, **fields: Any) -> Video:
    names = {"file": stored(f"videos/{number}.mp4"), "cover": stored(f"covers/{number}.webp", 10)}
    video = Video.objects.create(
        source="file",
        external_id=str(number),
        owner=user,
        caption=f"Upload {number}",
        **names,
        sha256=f"{number:064x}",
    )
    changes = {"created_at": timezone.now() - timedelta(days=1)} | fields
    Video.objects.filter(pk=video.pk).update(**changes)
    return Video.objects.get(pk=video.pk)


def film(project: Project, number: int, **fields: Any) -> Render:
    names = {"film": stored(f"films/{number}.mp4", 5000), "cover": stored(f"films/{number}.jpg", 10)}
    row = Render.objects.create(owner=project.owner, project=project, status="done", **(names | fields))
    Render.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(hours=100 - number))
    return row


def clear(client: Any, kind: str, told: str | None = None) -> str:
    page = client.get(reverse("storage")).content.decode()
    forms = dict(re.findall(r'name="kind" value="(\w+)"><input type="hidden" name="told" value="(\w+)"', page))
    data = {"kind": kind, "told": forms.get(kind, "") if told is None else told}
    return client.post(reverse("storage-clear"), data, follow=True).content.decode()


@pytest.fixture
def staff(client, alice) -> User:
    alice.is_staff = True
    alice.save()
    return alice


def test_earlier_films_go_and_the_last_one_of_each_ranking_stays(client, alice, bob):
    project, other = (Project.objects.create(owner=alice, title=title) for title in ("Cats", "Dogs"))
    old_draft, old, last, draft = (film(project, n, draft=n in (1, 4)) for n in range(1, 5))
    only = film(other, 5, draft=True)
    failed = Render.objects.create(owner=alice, project=project, status="failed")
    bobs = [film(Project.objects.create(owner=bob), n) for n in (6, 7)]
    assert [thing.row for thing in clearing.offer(alice, "films").things] == [old_draft, old]
    page = clear(client, "films")
    assert "2 things are removed, 10 KB are free." in page
    assert set(Render.objects.all()) == {last, draft, only, failed, *bobs}
    assert not default_storage.exists(old.film.name) and not default_storage.exists(old_draft.cover.name)
    assert default_storage.exists(last.film.name) and default_storage.exists(draft.film.name)


def test_the_page_says_what_would_go_before_it_goes(client, alice):
    upload(1, alice)
    page = client.get(reverse("storage")).content.decode()
    assert "Upload 1" in page and "Remove this one (1 KB)" in page and "Nothing to remove." in page
    assert Video.objects.count() == 1


def test_uploads_in_no_ranking_go_with_their_files(client, alice, bob):
    gone, ranked, bobs = upload(1, alice), upload(2, alice), upload(3, bob)
    Project.objects.create(owner=alice).add(ranked)
    fresh = upload(4, alice, created_at=timezone.now())
    clear(client, "uploads")
    assert set(Video.objects.all()) == {ranked, bobs, fresh}
    assert not default_storage.exists(gone.file.name) and not default_storage.exists(gone.cover.name)
    assert all(default_storage.exists(video.file.name) for video in (ranked, bobs, fresh))


def test_a_file_that_another_row_has_too_stays(client, alice, bob):
    gone, bobs = upload(1, alice), upload(2, bob)
    Video.objects.filter(pk=bobs.pk).update(file=gone.file.name)
    clear(client, "uploads")
    assert list(Video.objects.all()) == [bobs] and default_storage.exists(gone.file.name)


def test_what_a_film_in_the_making_or_a_worker_needs_stays(client, alice, bob):
    filmed, fetched = upload(1, alice), upload(2, alice)
    plan = {"clips": [{"clip": filmed.sha256}]}
    render = Render.objects.create(owner=bob, project=Project.objects.create(owner=bob), plan=plan)
    job = Download.objects.create(video=fetched, owner=alice)
    assert clearing.offer(alice, "uploads").things == []
    assert clearing.own_uploads(alice, [filmed.pk, fetched.pk]) == []
    render.cancel()
    job.cancel()
    assert [thing.row for thing in clearing.offer(alice, "uploads").things] == [filmed, fetched]


def test_nothing_goes_when_it_is_no_longer_what_was_told(client, alice):
    upload(1, alice)
    told = clearing.offer(alice, "uploads").told
    upload(2, alice)
    page = clear(client, "uploads", told)
    assert "nothing was removed" in page and Video.objects.count() == 2


def test_a_post_loses_its_file_and_can_be_fetched_again(client, staff):
    post = upload(1, staff, owner=None, source="tiktok", url="https://www.tiktok.com/@a/video/1")
    kept = upload(2, staff, owner=None, source="tiktok")  # without a link it could not come back
    clear(client, "posts")
    after = Video.objects.get(pk=post.pk)
    assert (after.is_ready, bool(after.file), bool(after.cover), after.is_pickable) == (False, False, True, True)
    assert not default_storage.exists(post.file.name) and default_storage.exists(kept.file.name)


def test_parts_of_films_go_when_they_were_not_used_for_long(client, staff):
    old, new = settings.SEGMENTS_DIR / "old.mp4", settings.SEGMENTS_DIR / "new.mp4"
    for path in (old, new):
        path.write_bytes(b"x" * 2000)
    long_ago = time.time() - (clearing.DAYS + 1) * 86400
    os.utime(old, (long_ago, long_ago))
    assert "1 thing is removed, 2 KB are free." in clear(client, "segments")
    assert not old.exists() and new.exists()


def test_what_downloads_left_goes_and_what_one_is_at_stays(client, staff):
    def folder(name: str, age: float = 0) -> Path:
        path = settings.TEMP_DIR / name
        path.mkdir()
        (path / "part").write_bytes(b"x" * 100)
        moment = time.time() - age
        os.utime(path, (moment, moment))
        return path

    ended, active = (Download.objects.create(video=upload(n, staff), owner=staff) for n in (1, 2))
    ended.cancel()
    gone, held = folder(ended.folder), folder(active.folder, 9e6)
    old, young = folder("cover-x", 9e6), folder("cover-y")
    clear(client, "left")
    assert [path.exists() for path in (gone, held, old, young)] == [False, True, False, True]


def test_what_is_of_everybody_is_the_staffs_to_clear(client, alice):
    for kind in ("posts", "segments", "left", "nonsense"):
        assert client.post(reverse("storage-clear"), {"kind": kind, "told": "x"}).status_code == 404
    page = client.get(reverse("storage")).content.decode()
    assert "The whole studio" not in page and "Left over" not in page


def test_the_page_adds_up_what_lies_on_the_disk(client, staff):
    upload(1, staff)
    film(Project.objects.create(owner=staff), 1)
    held = {one.kind: (one.count, one.size) for one in holding.held()}
    assert (held["videos"], held["films"], held["segments"]) == ((2, 1010), (2, 5010), (0, 0))
    assert {one.kind: one.size for one in holding.own(staff)} == {"films": 5010, "videos": 1010}
    page = client.get(reverse("storage")).content.decode()
    assert "5 KB" in page and "The whole studio" in page


def test_picked_uploads_are_deleted_but_for_those_that_a_ranking_has(client, alice, bob):
    gone, ranked, bobs = upload(1, alice), upload(2, alice), upload(3, bob)
    Project.objects.create(owner=alice).add(ranked)
    data = {"video": [gone.pk, ranked.pk, bobs.pk]}
    told = client.post(reverse("videos-delete"), data).content.decode()
    assert "Upload 1" in told and "Upload 2" not in told and Video.objects.count() == 3  # told first
    page = client.post(reverse("videos-delete"), data | {"sure": "1"}, follow=True).content.decode()
    assert "1 upload is deleted." in page and "the others stay" in page
    assert set(Video.objects.all()) == {ranked, bobs}


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 KB"), (1, "1 KB"), (999, "1 KB"), (12_300, "12 KB"), (3_449_000_000, "3.4 GB"), (87_000_000, "87 MB")],
)
def test_sizes_are_said_as_people_read_them(count, words):
    assert size_words(count) == words
