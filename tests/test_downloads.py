"""Fetching a post's file: started once, stopped when asked, and followed by its preparation."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image

from ranking.jobs import Stopped
from ranking.models import Video
from scraping import posts
from scraping.downloading import run_download, run_ingest, start_download
from scraping.ingest import is_complete
from scraping.models import Download, Ingest
from scraping.progress import Shown
from scraping.providers.base import Post
from scraping.searching import run_search, start_search
from scraping.tasks import download_videos_batch_task
from tests.clips import make_clip
from tests.standin import VIDEO_ID, StandIn

pytestmark = pytest.mark.django_db
POST = Post("tiktok", "7234567890123456789", "https://www.tiktok.com/@mina/video/7234567890123456789", caption="춤")


@pytest.fixture
def site(tmp_path, settings) -> Iterator[StandIn]:
    """The studio reaches the stand-in of TikTok and nothing else."""
    clip = make_clip(tmp_path / "clip.mp4", size="288x512")
    with StandIn(clip.read_bytes()) as site:
        picture = io.BytesIO()
        Image.new("RGB", (90, 160), "orange").save(picture, "JPEG")
        site.pictures["/obj/cover.jpeg"] = ("image/jpeg", picture.getvalue())
        settings.TIKTOK_PROXY, settings.TIKTOK_INSECURE_TLS = site.url, True
        yield site


@pytest.fixture
def post() -> Video:
    return posts.store([POST])[0]


def test_a_video_has_one_download_at_a_time(alice, post):
    first = start_download(post, alice)
    assert start_download(post, alice).pk == first.pk
    first.cancel()
    assert start_download(post, alice).pk != first.pk


def test_a_video_without_a_link_is_not_fetched_and_says_why(client, alice):
    upload = Video.objects.create(source="file", external_id="1", owner=alice)
    with pytest.raises(ValueError, match="no link"):
        start_download(upload, alice)
    page = client.post(reverse("download-start", args=[upload.pk]), follow=True).content.decode()

    assert "This video has no link to fetch it from." in page
    assert not Download.objects.exists()


def test_the_page_shows_the_download_at_work(client, post):
    answer = client.post(reverse("download-start", args=[post.pk]), headers={"HX-Request": "true"})

    assert f'id="job-{Download.objects.get().pk}"' in answer.content.decode()


def test_a_batch_starts_one_download_for_each_video_that_can_be_fetched(alice, bob, post):
    other = posts.store([replace(POST, external_id="8234567890123456789")])[0]
    theirs = Video.objects.create(source="file", external_id="1", owner=bob, url="https://www.tiktok.com/x")
    ids = download_videos_batch_task([post.pk, other.pk, theirs.pk, 999_999], alice.pk)

    assert {str(job.pk) for job in Download.objects.all()} == set(ids)
    assert {job.video for job in Download.objects.all()} == {post, other}


def test_a_cancelled_download_stops_at_its_next_breath(alice, post):
    job = start_download(post, alice)
    with job.running() as won:
        assert won
        asked = Shown(job).asked
        assert asked() is False
        Download.objects.get(pk=job.pk).cancel()
        job._reported = 0.0  # as if half a second had gone by
        with pytest.raises(Stopped):
            asked()


def test_a_pasted_link_becomes_a_video_with_its_numbers_cover_file_and_pictures(alice, site):
    search = start_search(f"이거 봐 https://www.tiktok.com/@x/video/{VIDEO_ID} 대박", "auto", alice)
    run_search(search.pk)
    search.refresh_from_db()
    [video] = search.videos()

    assert (search.status, search.error, search.skipped) == ("done", "", [])
    assert (video.play_count, video.like_count, video.share_count) == (3_000_000_000, 0, None)
    assert video.author == "seoul.night_1" and "\u202e" not in video.caption
    assert Path(video.cover.path).read_bytes()[:3] == b"\xff\xd8\xff"
    assert not video.is_ready

    run_download(start_download(video, alice).pk)
    assert Download.objects.get().status == "done", Download.objects.get().error
    run_ingest(Ingest.objects.get(owner=alice).pk)
    video.refresh_from_db()
    assert video.is_ready and is_complete(video)
    assert (video.facts["width"], video.duration) == (288, pytest.approx(2, abs=0.05))
    assert video.cover.name.endswith(".jpg")  # the one that the author chose


def test_a_post_that_is_gone_fails_with_a_sentence_and_stays_in_the_list(alice, site):
    site.status_codes[VIDEO_ID] = 10204
    post = posts.store([replace(POST, external_id=VIDEO_ID, url=f"https://www.tiktok.com/@x/video/{VIDEO_ID}")])[0]
    job = start_download(post, alice)
    run_download(job.pk)
    job.refresh_from_db()

    assert job.status == "failed"
    assert job.error == "This post is removed, private, or not available from this server's region."
    assert Video.objects.filter(pk=post.pk).exists()


def test_what_arrives_and_is_no_video_is_not_kept(alice, site, settings):
    site.video = b"<html>Access denied</html>" * 500
    post = posts.store([replace(POST, external_id=VIDEO_ID, url=f"https://www.tiktok.com/@x/video/{VIDEO_ID}")])[0]
    job = start_download(post, alice)
    run_download(job.pk)
    job.refresh_from_db()

    assert job.status == "failed" and job.error.endswith(".")
    assert not Video.objects.get().is_ready and not Ingest.objects.exists()
    assert [path for path in settings.MEDIA_ROOT.rglob("*.mp4")] == []


def test_a_link_that_leads_nowhere_fails_with_a_sentence_and_leaves_nothing(alice, settings):
    post = Video.objects.create(source="tiktok", external_id="1", url="https://evil.example/video.mp4")
    job = start_download(post, alice)
    run_download(job.pk)
    job.refresh_from_db()

    assert job.status == "failed"
    assert job.error == "Only links to TikTok, YouTube Shorts and Instagram Reels can be fetched."
    assert not Video.objects.get().is_ready
    assert [path for path in settings.TEMP_DIR.rglob("*") if path.is_file()] == []
