"""Work side by side in this process, as much at a time as there are cores: the segments of a film, for one."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from ranking.child import be_nicer
from ranking.ffmpeg import FFmpegError
from ranking.jobs import REPORT_SECONDS, JobError, Stopped
from rendering.plan import Plan
from rendering.segments import Prepared, film_segment

logger = logging.getLogger(__name__)

Report = Callable[[float], None]


@dataclass(frozen=True)
class Part:
    """A part of some work: which share of all it is, and what does it, given what to call with a percentage of it."""

    share: float
    do: Callable[[Report], object]


def side_by_side(
    parts: Sequence[Part], tell: Report, *, niceness: int = 0, meanwhile: Callable[[Report], object] | None = None
) -> None:
    """Do the parts, as many at a time as there are cores; `tell` is called in this thread only.

    What `tell` or a part raises stops them all. They are nicer than this thread by `niceness`. `meanwhile` is done in
    this thread first: it is given what to call now and then with a percentage of its own.
    """
    done = [0.0] * len(parts)
    stop, language = Event(), translation.get_language()  # a thread begins without one

    def moved(number: int, percent: float) -> None:
        done[number] = percent * parts[number].share
        if stop.is_set():
            raise Stopped

    def do(number: int) -> None:
        with translation.override(language):
            parts[number].do(partial(moved, number))

    with ThreadPoolExecutor(settings.MEDIA_WORKERS, initializer=be_nicer, initargs=(niceness,)) as pool:
        waiting = {pool.submit(do, number) for number in range(len(parts))}
        try:
            if meanwhile:
                meanwhile(lambda percent: tell(sum(done)))
            while waiting:
                ended, waiting = wait(waiting, timeout=REPORT_SECONDS, return_when=FIRST_EXCEPTION)
                for future in ended:
                    future.result()
                tell(sum(done))
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def film_prepared(prepared: Prepared, rank: int, tell: Report) -> Path:
    """Film a segment; what ffmpeg cannot do is told as a sentence that names the rank. Raises JobError."""
    try:
        return film_segment(prepared, tell)
    except FFmpegError as error:
        if "No space left" in str(error):
            raise JobError(_("The disk is full. Free some space and try again.")) from error
        raise JobError(
            _("The video at rank %(rank)d cannot be filmed: its file is damaged.") % {"rank": rank}
        ) from error


def film_pool(
    plan: Plan,
    fresh: dict[int, Prepared],
    tell: Report,
    meanwhile: Callable[[Report], object] = lambda tell: None,
) -> None:
    """Film these segments side by side, the longest first; `tell` and `meanwhile` are as in side_by_side()."""
    frames = sum(prepared.frames for prepared in fresh.values()) or 1
    pieces = plan.pieces()

    def beside(report: Report) -> None:
        try:
            meanwhile(report)
        except FFmpegError as error:  # the segment of that clip says it in a sentence, and else the join
            logger.info("what was to be done beside the segments is left to the join: %s", error)

    # The longest first: else it may be filmed alone at the end, with the other cores idle.
    longest = sorted(fresh.items(), key=lambda item: -item[1].frames)
    parts = [
        Part(prepared.frames / frames, partial(film_prepared, prepared, pieces[position].rank))
        for position, prepared in longest
    ]
    side_by_side(parts, tell, meanwhile=beside)
