"""Filming segments in this process: one, or as many side by side as there are cores."""

import logging
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from ranking.ffmpeg import FFmpegError
from ranking.jobs import REPORT_SECONDS, JobError, Stopped
from rendering.plan import Plan
from rendering.segments import Prepared, film_segment

logger = logging.getLogger(__name__)


def film_prepared(prepared: Prepared, rank: int, tell: Callable[[float], None], niceness: int = 0) -> Path:
    """Film a segment; what ffmpeg cannot do is told as a sentence that names the rank. Raises JobError."""
    try:
        return film_segment(prepared, tell, niceness)
    except FFmpegError as error:
        if "No space left" in str(error):
            raise JobError(_("The disk is full. Free some space and try again.")) from error
        raise JobError(
            _("The video at rank %(rank)d cannot be filmed: its file is damaged.") % {"rank": rank}
        ) from error


def film_pool(
    plan: Plan,
    fresh: dict[int, Prepared],
    tell: Callable[[float], None],
    niceness: int = 0,
    meanwhile: Callable[[Callable[[float], None]], object] = lambda tell: None,
) -> None:
    """Film these segments side by side; `tell` is called in this thread only, and what it raises stops them all.

    `meanwhile` is done in this thread first: it is given what to call now and then with a percentage of its own.
    """
    done = dict.fromkeys(fresh, 0.0)
    frames = sum(prepared.frames for prepared in fresh.values()) or 1
    stop, language = Event(), translation.get_language()  # a thread begins without one

    def film_it(position: int) -> None:
        def moved(percent: float) -> None:
            done[position] = percent * fresh[position].frames / frames
            if stop.is_set():
                raise Stopped

        with translation.override(language):
            film_prepared(fresh[position], plan.pieces()[position].rank, moved, niceness)

    with ThreadPoolExecutor(max_workers=settings.MEDIA_WORKERS) as pool:
        # The longest first: else it may be filmed alone at the end, with the other cores idle.
        longest = sorted(fresh, key=lambda position: -fresh[position].frames)
        waiting = {pool.submit(film_it, position) for position in longest}
        try:
            try:
                meanwhile(lambda percent: tell(sum(done.values())))
            except FFmpegError as error:  # the segment of that clip says it in a sentence, and else the join
                logger.info("what was to be done beside the segments is left to the join: %s", error)
            while waiting:
                ended, waiting = wait(waiting, timeout=REPORT_SECONDS, return_when=FIRST_EXCEPTION)
                for future in ended:
                    future.result()
                tell(sum(done.values()))
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
