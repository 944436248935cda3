"""How far a download is, in words of the language of whoever asked for it: 3.2 of 8.1 MB, 1.4 MB/s, 4 s."""

import math

from django.utils.translation import gettext as _

from ranking.jobs import Job
from scraping.fetch import Progress

MEGABYTE = 1_000_000


def in_words(progress: Progress) -> str:
    """What a page shows of a fetch; what is not known is left out."""
    if progress.stage == "asking":
        return _("Asking for the video")
    told = [_bytes(progress)]
    if progress.speed:
        told.append(_("%(speed)s MB/s") % {"speed": _number(progress.speed)})
    if progress.seconds_left is not None:
        told.append(_time(progress.seconds_left))
    return " · ".join(told)


def _bytes(progress: Progress) -> str:
    if progress.total is None:
        return _("%(done)s MB") % {"done": _number(progress.done)}
    return _("%(done)s of %(total)s MB") % {"done": _number(progress.done), "total": _number(progress.total)}


def _number(count: float) -> str:
    megabytes = count / MEGABYTE
    return f"{megabytes:.1f}" if megabytes >= 0.1 else f"{megabytes:.2f}"


def _time(seconds: float) -> str:
    if seconds < 90:
        return _("%(n)d s") % {"n": max(math.ceil(seconds), 1)}
    return _("%(n)d min") % {"n": math.ceil(seconds / 60)}


class Shown:
    """The newest progress of a fetch, written to its job as often as a job may report."""

    def __init__(self, job: Job) -> None:
        self.job, self.percent, self.words = job, 0.0, ""

    def report(self, progress: Progress) -> None:
        """Take note; what it comes to is written at the next breath."""
        self.percent = max(self.percent, progress.percent)
        self.words = in_words(progress)

    def asked(self) -> bool:
        """What the fetching asks a few times a second: keeps the lease; raises Stopped once the job is cancelled."""
        self.job.report(self.percent, self.words)
        return False
