"""Fetching a post's file, and preparing what was fetched or uploaded: the jobs behind a video that gets ready."""

import random
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from ranking import quotas
from ranking.jobs import JobError, Later, Stopped
from ranking.models import Video
from ranking.storage import forget_folder, kept_folder
from scraping import fetch, fetch_words, pace, posts, sources
from scraping.addresses import parse_link
from scraping.fetch_errors import BLOCKED, TOO_LARGE, TOO_LONG
from scraping.ingest import attach, complete
from scraping.models import Download, Ingest
from scraping.probe import BadFile
from scraping.progress import Shown
from scraping.providers.base import ProviderError

Kind = TypeVar("Kind", Download, Ingest)

# Refusals that are about the post and not about this moment: its row keeps them.
OF_THE_POST = frozenset({"unavailable", "private", "login_required", "unsupported"})
# A page answered with 403 is asked for once more, after a while: at once would make it worse.
REFUSED_ONCE = frozenset({BLOCKED, *(words[BLOCKED] for words in fetch_words.OTHERS)})
ONCE_MORE = (5.0, 15.0)  # seconds, at random
AGAIN = "once more"  # the stage of a job that has been refused so
NEVER_HAD = OF_THE_POST - {"login_required"}  # somebody's cookies may help there


def start_download(video: Video, owner: Any) -> Download:
    """Start fetching a post's file, or return the download that is at it already.

    Raises ValueError, a sentence, for a video that has no link, and QuotaReached.
    """
    if not video.url:
        raise ValueError(_("This video has no link to fetch it from."))
    quotas.check_jobs(owner)
    return _start(Download, video, owner)


def start_downloads(videos: Iterable[Video], owner: Any) -> list[Download]:
    """Start fetching each of these videos that has a link and is not a photo post; the jobs, in the videos' order.

    Raises QuotaReached, with nothing started.
    """
    fetchable = [video for video in videos if video.url and not video.is_photo]
    quotas.check_jobs(owner, len(fetchable))
    return [_start(Download, video, owner) for video in fetchable]


def start_ingest(video: Video, owner: Any) -> Ingest:
    """Start preparing a video that has its file, or return the job that is at it already."""
    return _start(Ingest, video, owner)


def _start(kind: type[Kind], video: Video, owner: Any) -> Kind:
    with transaction.atomic():
        Video.objects.select_for_update().get(pk=video.pk)
        if active := kind.objects.active().filter(video=video).first():
            return active
        return kind(video=video, owner=owner).enqueue()


def run_download(pk: uuid.UUID | str, *, in_place: bool = False) -> None:
    """Work on a download, if it is still there and nobody else does; the preparation follows by itself.

    `in_place` waits for the host's turn; without it the job is let go of until then.
    """
    job = Download.objects.select_related("video", "owner").filter(pk=pk).first()
    if job is None:
        return
    with job.running() as won:
        if won:
            _download(job, in_place)


def _download(job: Download, in_place: bool) -> None:
    try:
        if not in_place:
            _line_up(job, parse_link(job.video.url).page_host)
        watermarked = _fetch(job)
    except ProviderError as error:
        if error.kind == "rate_limited" and error.retry_after and not in_place:
            job.put_off(pace.pause(parse_link(job.video.url).page_host, error.retry_after))
        Video.objects.filter(pk=job.video_id).update(refused=error.kind if error.kind in OF_THE_POST else "")
        sources.not_fetched(error)
        if error.message in REFUSED_ONCE and job.stage != AGAIN and not in_place and job._write(stage=AGAIN):
            raise Later(pace.now() + timedelta(seconds=random.uniform(*ONCE_MORE))) from error
        for_good = error.kind in NEVER_HAD or error.message in (TOO_LARGE, TOO_LONG)
        raise JobError(_(error.message), for_good=for_good) from error
    except BadFile as bad:
        raise JobError(bad.message, for_good=bad.code not in ("corrupt", "too_large")) from bad
    except Stopped:
        if not (job.reload() and job.is_active):  # cancelled; otherwise another worker goes on with what is there
            forget_folder(job.folder)
        raise
    sources.fetched()
    if watermarked:
        job.video.facts["watermarked"] = True
        job.video.save(update_fields=["facts"])
    posts.fetch_covers([job.video], job)
    start_ingest(job.video, job.owner)


def _line_up(job: Download, host: str) -> None:
    """Go on when it is this job's turn at a host that may be asked now; raises Later where that is later."""
    if until := pace.paused(host):
        job.put_off(until)
    pace.line_up(host, pace.spacing(host), job)


def _fetch(job: Download) -> bool:
    """Give the job's video its file and its newest numbers; return whether a watermark is in it.

    A file that came damaged, or as HEVC without the sound that it was said to have, is fetched once more.
    """
    try:
        fetched = _fetch_once(job)
    except BadFile as bad:
        if bad.code != "corrupt":
            raise
        forget_folder(job.folder)
        fetched = _fetch_once(job)
    if job.video.facts["video_codec"] == "hevc" and not job.video.facts["has_audio"]:
        try:
            fetched = _fetch_once(job, not_format=fetched.format_id)
        except (ProviderError, BadFile):
            return fetched.watermarked  # there is no other version: films mix silence under it
    return fetched.watermarked


def _fetch_once(job: Download, not_format: str = "") -> fetch.Fetched:
    shown, work = Shown(job), kept_folder(job.folder)
    fetched = fetch.download(
        job.video.url,
        work / "done",
        options=replace(posts.fetch_options(job.owner), not_format=not_format),
        report=shown.report,
        cancelled=shown.asked,
        turn=partial(pace.host_turn, job=job),
        work=work,
    )
    attach(job.video, fetched.path)
    job.video.refused = ""
    posts.update(job.video, fetched.post)
    return fetched


def run_ingest(pk: uuid.UUID | str) -> None:
    """Work on a preparation, if it is still there and nobody else does."""
    job = Ingest.objects.select_related("video").filter(pk=pk).first()
    if job is None:
        return
    with job.running() as won:
        if won:
            try:
                complete(job.video, job.report)
            except BadFile as bad:
                raise JobError(bad.message, for_good=bad.code != "too_large") from bad  # the disk may get room
