"""Fetching a post's file, and preparing what was fetched or uploaded: the jobs behind a video that gets ready."""

import logging
import uuid
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from ranking.jobs import Job, JobError
from ranking.models import Video
from ranking.storage import work_folder
from scraping import fetch, posts
from scraping.ingest import attach, complete
from scraping.models import Download, Ingest
from scraping.probe import BadFile
from scraping.providers.base import ProviderError

logger = logging.getLogger(__name__)

Kind = TypeVar("Kind", Download, Ingest)


def start_download(video: Video, owner: Any) -> Download:
    """Start fetching a post's file, or return the download that is at it already.

    Raises ValueError, a sentence, for a video that has no link.
    """
    if not video.url:
        raise ValueError(_("This video has no link to fetch it from."))
    return _start(Download, video, owner)


def start_ingest(video: Video, owner: Any) -> Ingest:
    """Start preparing a video that has its file, or return the job that is at it already."""
    return _start(Ingest, video, owner)


def _start(kind: type[Kind], video: Video, owner: Any) -> Kind:
    with transaction.atomic():
        Video.objects.select_for_update().get(pk=video.pk)
        if active := kind.objects.active().filter(video=video).first():
            return active
        return kind(video=video, owner=owner).enqueue()


def run_download(pk: uuid.UUID | str) -> None:
    """Work on a download, if it is still there and nobody else does; the preparation follows by itself."""
    job = Download.objects.select_related("video", "owner").filter(pk=pk).first()
    if job is None:
        return
    with job.running() as won:
        if won:
            _download(job)


def _download(job: Download) -> None:
    with work_folder("download") as folder:
        try:
            fetched = fetch.download(
                job.video.url, folder, options=posts.fetch_options(), report=job.report, cancelled=_stopped(job)
            )
            attach(job.video, fetched.path)
        except ProviderError as error:
            raise JobError(_(error.message)) from error
        except BadFile as bad:
            raise JobError(bad.message) from bad
    posts.update(job.video, fetched.post)
    if fetched.watermarked:
        job.video.facts["watermarked"] = True
        job.video.save(update_fields=["facts"])
    posts.fetch_covers([job.video])
    start_ingest(job.video, job.owner)


def _stopped(job: Job) -> Any:
    """What the fetching asks a few times a second: it keeps the lease, and raises Stopped once the job is cancelled."""

    def asked() -> bool:
        job.report(job.percent)
        return False

    return asked


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
                raise JobError(bad.message) from bad
