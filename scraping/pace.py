"""The pace at which a source or a host is asked, kept in the database: all workers on all machines share it."""

import math
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ranking.jobs import Job, Later
from scraping.models import Pace

LONGEST_PAUSE = 900.0  # seconds that are waited, however long a host asks for
HOLD = 20.0  # seconds after which a request that was never answered stands in nobody's way
# Seconds between two requests to a host that says so itself: tikwm answers one a second, and refuses both otherwise.
SPACING = {"www.tikwm.com": 1.1}
PATIENCE = 1.5  # seconds that a worker stands waiting for a turn; a job whose turn is later lets go of its worker

now = timezone.now
sleep = time.sleep


class Busy(Exception):
    """Others have a host's turns for longer than somebody can wait."""


def spacing(host: str) -> float:
    """The least time between an answer of a host and the next request to it, in seconds, over all workers."""
    return max(SPACING.get(host, 0.0), settings.HOST_SPACING)


def line_up(name: str, every: float, job: Job) -> None:
    """Give a job its moment in the queue; raises Later where that is longer off than PATIENCE."""
    if every > 0 and job.not_before is None:
        moment = _reserve(f"{name} (queue)", every)
        if (moment - now()).total_seconds() > PATIENCE:
            raise Later(moment)


def pass_gate(
    name: str, every: float, job: Job | None = None, hold: float = 0.0, most: float = math.inf
) -> datetime | None:
    """Return when the gate is open, with the moment until which it is closed now; the job keeps its lease.

    It is closed for `every` seconds, or for `hold` where that is longer: see `answered`. Raises Stopped, and Busy
    where it stays closed for longer than `most` seconds.
    """
    # The reserved moments only spread the crowd: a late worker would else come close before a punctual one.
    until, end = None, now() + timedelta(seconds=min(most, 86_400))
    while every > 0 and (wait := _pass(name, until := now() + timedelta(seconds=max(every, hold)))) > 0:
        if now() > end:
            raise Busy
        if job is not None:
            job.report(job.percent)
        sleep(min(wait, PATIENCE))
    return until


def host_turn(host: str, job: Job | None = None, most: float = math.inf) -> Callable[[], None]:
    """Wait for a host's turn, the same for all who ask it; return what gives it back. The job keeps its lease.

    Raises Stopped, and Busy where the turn does not come within `most` seconds.
    """
    every = spacing(host)
    return partial(answered, host, every, pass_gate(host, every, job, HOLD, most))


def answered(name: str, every: float, until: datetime | None) -> None:
    """Open the gate that was closed until then in `every` seconds, as its request has been answered."""
    # Never two requests within that time, however long the first was under way. A gate that somebody else has passed
    # meanwhile is theirs.
    Pace.objects.filter(pk=name, next_at=until).update(next_at=now() + timedelta(seconds=every))


def pause(name: str, seconds: float) -> datetime:
    """Have nobody ask a host for so long, as it told us; return until when."""
    until = now() + timedelta(seconds=min(seconds, LONGEST_PAUSE))
    with transaction.atomic():
        until = max(until, _row(f"{name} (pause)").next_at)
        Pace.objects.filter(pk=f"{name} (pause)").update(next_at=until)
    return until


def paused(name: str) -> datetime | None:
    """Return until when a host asked to be left alone, or None."""
    return Pace.objects.filter(pk=f"{name} (pause)", next_at__gt=now()).values_list("next_at", flat=True).first()


def _reserve(name: str, every: float) -> datetime:
    """The first moment that nobody else has reserved, now reserved."""
    with transaction.atomic():
        row = _row(name)
        moment = max(row.next_at, now())
        Pace.objects.filter(pk=name).update(next_at=moment + timedelta(seconds=every))
    return moment


def _pass(name: str, until: datetime) -> float:
    """0.0 and the gate closed until then, or the seconds that it still is closed for."""
    with transaction.atomic():
        wait = (_row(name).next_at - now()).total_seconds()
        if wait <= 0:
            Pace.objects.filter(pk=name).update(next_at=until)
    return max(wait, 0.0)


def _row(name: str) -> Pace:
    """The row of that name, locked; one that was not there yet is open since now."""
    Pace.objects.bulk_create([Pace(name=name, next_at=now())], ignore_conflicts=True)
    return Pace.objects.select_for_update().get(pk=name)
