"""Jobs that lost their message or their worker go on: a look through the rows every 15 seconds, and at each start."""

from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from ranking import jobs
from ranking.jobs import Job

MAX_LOST = 3  # a job that took this many workers down with it is given up


def sweep() -> int:
    """Send again what may have lost its message or its worker; return how many jobs."""
    count = 0
    for kind in jobs.kinds():
        for job in kind.objects.lost():
            count += requeue(job)
        for job in kind.objects.unheard():
            job.nudge()
            count += 1
    return count


def requeue(job: Job) -> bool:
    """Give a job whose worker vanished to another one, or give it up after MAX_LOST."""
    given_up = job.lost_workers + 1 >= MAX_LOST
    changes: dict[str, Any] = {"lost_workers": F("lost_workers") + 1, "status": Job.Status.QUEUED, "nudged_at": None}
    if given_up:
        error = gettext("The worker stopped three times at this job. The machine may be short of memory.")
        changes |= {"status": Job.Status.FAILED, "error": error, "finished_at": timezone.now()}
    # Still lost: a worker that was only slow may have reported meanwhile.
    held = type(job).objects.lost().filter(pk=job.pk, attempt=job.attempt)
    if not held.update(**changes) or not job.reload():
        return False
    job.ended() if given_up else job.nudge()
    job.publish()
    return not given_up


def recover() -> int:
    """Queue again whatever an earlier run of the embedded studio left unfinished; return how many jobs people know of.

    Only for a start that knows no worker is alive (the studio holds its lock).
    """
    count = 0
    for kind in jobs.kinds():
        unfinished = kind.objects.active()
        count += unfinished.listed().count()
        unfinished.update(status=Job.Status.QUEUED, nudged_at=None, heartbeat_at=None)
    return count
