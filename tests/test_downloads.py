"""Fetching a post's file: started once, stopped when asked, and followed by its preparation."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from ranking.jobs import Stopped
from ranking.models import Video
from ranking.storage import kept_folder
from ranking.sweep import sweep
from scraping import fetch_errors as told
from scraping import posts
from scraping.downloading import _download, run_download, run_ingest, start_download
from scraping.fetch import Progress
from scraping.ingest import is_complete
from scraping.models import Download, Ingest, Pace
from scraping.progress import Shown, in_words
from scraping.providers.base import Post
from scraping.searching import run_search, start_search
from scraping.tasks import download_videos_batch_task
from tests.clips import make_clip
from tests.standin import CDN, PICTURES, VIDEO_ID, StandIn, item, rate

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


@pytest.fixture
def linked() -> Video:
    """The one post that the stand-in has from the start."""
    return posts.store([replace(POST, external_id=VIDEO_ID, url=f"https://www.tiktok.com/@x/video/{VIDEO_ID}")])[0]


def fetched(video, owner) -> Download:
    job = start_download(video, owner)
    run_download(job.pk)
    job.refresh_from_db()
    video.refresh_from_db()
    return job


def test_a_refusal_about_the_post_stays_with_it_until_it_is_had_after_all(alice, site, linked):
    site.status_codes[VIDEO_ID] = 10222
    assert fetched(linked, alice).status == "failed"
    assert linked.refused == "private"
    site.status_codes.clear()
    site.pages[VIDEO_ID] = (429, {}, b"")
    fetched(linked, alice)
    assert linked.refused == ""  # that is about this moment, and not about the post
    site.pages.clear()
    assert fetched(linked, alice).status == "done"
    assert linked.is_ready and linked.refused == ""


def test_a_renamed_author_has_the_new_name_and_a_searchable_one(alice, site, linked):
    fetched(linked, alice)
    assert (linked.author, linked.author_name) == ("seoul.night_1", "서울의 밤")
    assert linked.url == f"https://www.tiktok.com/@seoul.night_1/video/{VIDEO_ID}"
    assert Video.objects.matching("seoul.night_1").get() == linked


def test_the_page_reads_bytes_speed_and_time_left(client, alice, linked):
    job = start_download(linked, alice)
    with job.running():
        shown = Shown(job)
        shown.report(Progress("asking"))
        shown.report(Progress("downloading", 3_200_000, 8_100_000, 1_400_000))
        shown.asked()
        page = client.get(reverse("job", args=[job.pk]), headers={"HX-Request": "true"}).content.decode()
        assert "3.2 of 8.1 MB · 1.4 MB/s · 4 s" in page and "39%" in page
        assert "left" not in re.sub(r'class="[^"]*"', "", page)  # the time is said once
        shown.report(Progress("downloading", 9_000, 20_000, 10_000))  # sound after the picture: no way back
        job._reported = 0.0  # as if half a second had gone by
        shown.asked()
        assert (job.message, round(job.percent)) == ("0.01 of 0.02 MB · 0.01 MB/s · 2 s", 45)


def test_what_is_not_known_of_a_download_is_not_said():
    assert in_words(Progress("downloading", 3_200_000)) == "3.2 MB"
    assert in_words(Progress("downloading", 3_200_000, None, 1_400_000)) == "3.2 MB · 1.4 MB/s"
    assert in_words(Progress("downloading", 1_000_000, 400_000_000, 1_000_000)) == "1.0 of 400.0 MB · 1.0 MB/s · 7 min"


def test_a_hevc_that_proves_silent_is_left_for_a_version_with_sound(alice, site, linked, tmp_path):
    codec = ("-c:v", "libx265", "-x265-params", "log-level=error", "-preset", "ultrafast")
    silent = make_clip(tmp_path / "silent.mp4", size="288x512", audio=False, extra=codec)
    heard = make_clip(tmp_path / "heard.mp4", size="288x512", extra=codec)
    cdn = f"{CDN}/video/{VIDEO_ID}"
    rates = [
        rate("v1_bytevc1_1080p_900000", [f"https://{cdn}/silent/"]),
        rate("v1_bytevc1_540p_400000", [f"https://{cdn}/heard/"]),
    ]
    for path in (silent, heard):
        site.answers[f"{cdn}/{path.stem}/"] = (200, {"Content-Type": "video/mp4"}, path.read_bytes())
    bare = {**item()["video"], "playAddr": "", "downloadAddr": ""}
    site.items[VIDEO_ID] = item(video={**bare, "bitrateInfo": rates})
    assert fetched(linked, alice).status == "done"
    assert [path.split("/")[3] for path in site.media()] == ["silent", "heard"]
    assert linked.facts["has_audio"]

    site.items[VIDEO_ID] = item(video={**bare, "bitrateInfo": rates[:1]})
    assert fetched(linked, alice).status == "done"  # there is no other: films mix silence under it
    assert not linked.facts["has_audio"]


def test_a_damaged_file_is_fetched_once_more(alice, site, linked):
    whole = site.video
    bodies = [whole[: len(whole) // 2], whole]
    site.file = lambda post_id: bodies.pop(0)
    assert fetched(linked, alice).status == "done"
    assert linked.is_ready and bodies == []


def test_a_download_whose_turn_is_far_off_lets_go_of_its_worker(alice, site, linked, settings):
    settings.HOST_SPACING = 30
    other = posts.store([POST])[0]
    assert fetched(linked, alice).status == "done"
    later = fetched(other, alice)
    assert (later.status, later.attempt) == ("queued", 1)
    assert later.not_before > timezone.now() + timedelta(seconds=20)
    assert [path for _, host, path in site.seen if host == "www.tiktok.com"] == [f"/@x/video/{VIDEO_ID}"]
    run_download(later.pk)
    later.refresh_from_db()
    assert (later.status, later.attempt) == ("queued", 1)  # not before its turn


def test_a_download_that_is_asked_to_wait_comes_back_by_itself(alice, client, site, linked):
    site.pages[VIDEO_ID] = (429, {"Retry-After": "120"}, b"")
    job = fetched(linked, alice)
    wait = (job.not_before - timezone.now()).total_seconds()
    assert (job.status, job.pauses, job.error) == ("queued", 1, "") and 110 < wait <= 120
    clock = timezone.localtime(job.not_before).strftime("%H:%M")
    assert f"asked to wait until {clock}" in client.get(reverse("job", args=[job.pk])).content.decode()
    asked = len(site.seen)
    other = fetched(posts.store([POST])[0], alice)
    assert (other.status, other.not_before, len(site.seen)) == ("queued", job.not_before, asked)  # nobody asks it now
    site.pages.clear()
    _time_has_come(job)
    job = fetched(linked, alice)
    assert (job.status, linked.is_ready) == ("done", True), job.error


def test_it_comes_back_three_times_at_most_and_waits_a_quarter_of_an_hour_at_most(alice, site, linked):
    site.pages[VIDEO_ID] = (429, {"Retry-After": "86000"}, b"")
    for number in (1, 2, 3):
        job = fetched(linked, alice)
        assert (job.status, job.pauses) == ("queued", number)
        assert 890 < (job.not_before - timezone.now()).total_seconds() <= 900
        _time_has_come(job)
    job = fetched(linked, alice)
    assert (job.status, job.error) == ("failed", told.RATE_LIMITED)


def test_a_page_that_is_refused_is_asked_for_once_more_after_a_while(alice, client, site, linked):
    site.pages[VIDEO_ID] = (403, {}, b"Access Denied")
    job = fetched(linked, alice)
    wait = (job.not_before - timezone.now()).total_seconds()
    assert (job.status, job.pauses, job.error) == ("queued", 0, "") and 4 < wait <= 15
    assert "Waiting for its turn at the source" in client.get(reverse("job", args=[job.pk])).content.decode()
    pages = len(site.seen)
    _time_has_come(job)
    job = fetched(linked, alice)
    assert (job.status, job.error, len(site.seen)) == ("failed", told.BLOCKED, pages + 1)
    site.pages.clear()
    assert fetched(linked, alice).status == "done"


def test_a_command_does_not_wait_for_what_its_host_puts_off(alice, site, linked):
    site.pages[VIDEO_ID] = (429, {"Retry-After": "120"}, b"")
    job = start_download(linked, alice)
    run_download(job.pk, in_place=True)
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", told.RATE_LIMITED)


def _time_has_come(job: Download) -> None:
    ago = timezone.now() - timedelta(seconds=1)
    Download.objects.filter(pk=job.pk).update(not_before=ago)
    Pace.objects.update(next_at=ago)


def folder(job, settings):
    return settings.TEMP_DIR / job.folder


def test_cancelling_and_ending_leave_nothing_of_a_download(alice, site, linked, settings):
    job = start_download(linked, alice)
    kept_folder(job.folder).joinpath("media.h264.mp4.part").write_bytes(b"half")
    job.cancel()
    assert not folder(job, settings).exists()
    site.status_codes[VIDEO_ID] = 10204
    assert not folder(fetched(linked, alice), settings).exists()
    site.status_codes.clear()
    assert not folder(fetched(linked, alice), settings).exists()


def test_what_arrived_stays_for_the_worker_that_took_the_download_over(alice, site, linked, settings):
    job = start_download(linked, alice)
    with job.running():
        kept_folder(job.folder).joinpath("media.h264.mp4.part").write_bytes(b"half")
        Download.objects.update(attempt=7)  # somebody else's now
        _download(job, in_place=True)
    assert Download.objects.get().status == "running"
    assert (folder(job, settings) / "media.h264.mp4.part").exists()


def test_a_job_given_up_after_three_workers_leaves_nothing(alice, linked, settings):
    job = start_download(linked, alice)
    kept_folder(job.folder)
    long_ago = timezone.now() - timedelta(hours=1)
    Download.objects.update(status="running", heartbeat_at=long_ago, lost_workers=2)
    sweep()
    assert Download.objects.get().status == "failed"
    assert not folder(job, settings).exists()


def test_a_photo_post_is_not_fetched_in_a_batch(alice, post):
    Video.objects.update(is_photo=True)
    assert download_videos_batch_task([post.pk], alice.pk) == []


def test_an_expired_cover_is_fetched_again_with_the_video(alice, site, linked):
    Video.objects.filter(pk=linked.pk).update(cover_url=f"https://{PICTURES}/obj/expired.jpeg")
    posts.fetch_covers([Video.objects.get(pk=linked.pk)])
    assert not Video.objects.get(pk=linked.pk).cover
    fetched(linked, alice)
    assert Path(linked.cover.path).read_bytes()[:3] == b"\xff\xd8\xff"


def test_a_program_starts_a_batch_and_follows_each_download(client, bob, post):
    other = posts.store([replace(POST, external_id="8234567890123456789")])[0]
    theirs = Video.objects.create(source="file", external_id="1", owner=bob, url="https://www.tiktok.com/x")
    asked = {"videos": [post.pk, other.pk, theirs.pk]}
    answer = client.post("/api/v1/downloads", asked, content_type="application/json")
    assert answer.status_code == 202
    assert {row["video_id"] for row in answer.json()} == {post.pk, other.pk}
    assert client.get(f"/api/v1/jobs/{answer.json()[0]['id']}").json()["status"] == "queued"
    nothing = client.post("/api/v1/downloads", {"videos": [theirs.pk]}, content_type="application/json")
    assert nothing.status_code == 422
    assert nothing.json()["error"]["message"] == "None of these videos has a link to fetch it from."


def test_the_owner_cancels_a_download_on_its_page_and_nobody_else_can(client, bobs_client, alice, post):
    job = start_download(post, alice)
    cancel = reverse("download-cancel", args=[job.pk])
    assert cancel in client.get(reverse("video", args=[post.pk])).content.decode()
    assert cancel not in bobs_client.get(reverse("video", args=[post.pk])).content.decode()
    assert bobs_client.post(cancel).status_code == 404
    answer = client.post(cancel, headers={"HX-Request": "true"}).content.decode()
    assert "Cancelled." in answer and cancel not in answer
    assert Download.objects.get().status == "cancelled"
    assert client.post(cancel).url == reverse("video", args=[post.pk])
