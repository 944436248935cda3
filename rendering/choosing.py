"""A ranking from a keyword: the best of what a search finds, fetched here and now; what cannot be had is replaced."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from ranking.jobs import Job, JobError
from ranking.labels import next_label, suggest_label
from ranking.models import User, Video
from rendering.making import Picked, Tell, complete_videos
from scraping import reuploads
from scraping.downloading import run_download, run_ingest
from scraping.models import Download, Ingest, Search
from scraping.probe import BadFile
from scraping.results import found, grouped
from scraping.searching import run_to_end, source_for

logger = logging.getLogger(__name__)

AT_ONCE = 10  # videos that are fetched side by side
TICK = 0.5  # seconds between two looks at a download that a worker of the studio is at
SEARCHED = 10.0  # percent that are done once the videos are found; the rest is fetching


def pick_by_keyword(keyword: str, source: str, top: int, owner: User, tell: Tell) -> Picked:
    """Search, and take the best scored videos whose files can be had; labels are suggested from captions.

    Photo posts, posts that are known to be refused and re-uploads of a better placed one are left out. `tell` hears
    0 to 100. Raises JobError when no source could answer, ValueError for an unknown source.
    """
    tell(0, _("searching"))
    search = Search.objects.create(
        query=keyword, source=source_for(keyword, source), owner=owner, nudged_at=timezone.now()
    )
    run_to_end(search)  # its turn at a source may come later
    if search.status != Job.Status.DONE:
        raise JobError(search.error)
    picked = Picked(skipped=[{"clip": item["what"], "reason": _(item["reason"])} for item in search.skipped])
    waiting = best_first(once_each(found(search), picked), picked)
    chosen: list[Video] = []
    while waiting and len(chosen) < top:
        batch, waiting = waiting[: top - len(chosen)], waiting[top - len(chosen) :]
        chosen += _had(batch, owner, picked, partial(_tell_fetched, tell, top, len(chosen)))
        chosen = once_each(chosen, picked)
    for video in _by_score(chosen):
        # Nobody is asked here, so a label that another has is better than a bare number.
        label = next_label(video.caption, [taken for _video, taken in picked.videos]) or suggest_label(video.caption)
        picked.videos.append((video, label))
    return picked


def _tell_fetched(tell: Tell, top: int, before: int, here: int) -> None:
    """Pass on that so many of all wanted are here."""
    count = before + here
    tell(SEARCHED + (100 - SEARCHED) * count / top, _("fetched %(n)d of %(all)d") % {"n": count, "all": top})


def _by_score(videos: Sequence[Video]) -> list[Video]:
    """The best first; those of no score last, in the order in which they came."""
    return sorted(videos, key=lambda video: -1.0 if video.score.total is None else video.score.total, reverse=True)


def best_first(videos: Sequence[Video], picked: Picked) -> list[Video]:
    """Those that can stand in a ranking, the best first; the others are told in `picked`."""
    for video in videos:
        if not video.is_pickable:
            reason = _("A photo slideshow: there is no video in it.") if video.is_photo else _("It was refused before.")
            picked.skipped.append(left_out(video, reason))
    return _by_score([video for video in videos if video.is_pickable])


def once_each(videos: Sequence[Video], picked: Picked) -> list[Video]:
    """The videos without those that show the same as one that stands for them; these are told in `picked`."""
    fronts = grouped(videos, reuploads.groups)
    for front in fronts:
        reason = _("It shows the same as %(video)s.") % {"video": front.url or front}
        picked.skipped += [left_out(video, reason) for video in front.reuploads]
    return fronts


def left_out(video: Video, reason: str) -> dict[str, str]:
    """A row of what was left out, and why."""
    return {"clip": video.url or str(video), "reason": reason}


def _had(videos: Sequence[Video], owner: User, picked: Picked, tell: Callable[[int], None]) -> list[Video]:
    """Those of the videos whose files are here now, with their pictures; why not the others is told in `picked`.

    `tell` hears how many of them are here.
    """
    reasons = {video.pk: "" if video.is_ready or video.url else _("Its file is gone.") for video in videos}
    here = sum(video.is_ready for video in videos)
    for video, reason in _fetched([video for video in videos if video.url and not video.is_ready], owner):
        reasons[video.pk], here = reason, here + (not reason)
        tell(here)
    for video in videos:
        reasons[video.pk] = reasons[video.pk] or _completed(video)
    picked.skipped += [left_out(video, reasons[video.pk]) for video in videos if reasons[video.pk]]
    return [video for video in videos if not reasons[video.pk]]


def _completed(video: Video) -> str:
    """See to it that a video has its pictures, and hashes to be known again by; return why not, or ""."""
    for job in Ingest.objects.active().filter(video=video):  # begun by its download; there may be no worker for it
        run_ingest(job.pk)
        video.refresh_from_db()
    try:
        complete_videos([video])
    except BadFile as bad:
        return bad.message
    return ""


def _fetched(videos: Sequence[Video], owner: User) -> Iterator[tuple[Video, str]]:
    """Fetch files, AT_ONCE side by side; each video as it ends, with why its file is not here, or ""."""
    jobs = [_job(video, owner) for video in videos]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            running = {pool.submit(_work, job): (job, video) for job, video in zip(jobs, videos, strict=True)}
            for future in as_completed(running):
                job, video = running[future]
                yield video, _reason(job, video)
        except BaseException:  # Ctrl-C too: nobody is to wait for what nobody wants any more
            for job in jobs:
                job.cancel()
            raise


def _job(video: Video, owner: User) -> Download:
    """The download that is at it already, or a new one that the studio's workers leave to us."""
    active = Download.objects.active().filter(video=video).first()
    return active or Download.objects.create(video=video, owner=owner, nudged_at=timezone.now())


def _work(job: Download) -> None:
    """Run a download, or wait until the worker that has it is done."""
    try:
        while job.is_active:
            run_download(job.pk, in_place=True)
            job.refresh_from_db()
            if job.is_active:
                time.sleep(TICK)
    except Exception:  # its row says that something went wrong; the others go on
        logger.exception("%s broke", job.mark)
    finally:
        connection.close()  # this thread's own


def _reason(job: Download, video: Video) -> str:
    job.refresh_from_db()
    video.refresh_from_db()
    return "" if video.is_ready else job.error or _("Could not be fetched")
