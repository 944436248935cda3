"""The pace at which a source or a host is asked, kept in the database: all workers on all machines share it."""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from ranking.jobs import Job, Later
from scraping.models import Pace

PATIENCE = 1.5  # seconds that a worker stands waiting for a turn; a job whose turn is later lets go of its worker

now = timezone.now
sleep = time.sleep


def take_turn(name: str, every: float, job: Job | None = None) -> None:
    """Return when it is this caller's turn: never two callers within `every` seconds. Raises Later, or Stopped.

    A job that has to wait for longer than PATIENCE gets a moment of its own and is let go of until then.
    """
    if job is not None:
        line_up(name, every, job)
    pass_gate(name, every, job)


def line_up(name: str, every: float, job: Job) -> None:
    """Give a job its moment in the queue; raises Later where that is longer off than PATIENCE."""
    if every > 0 and job.not_before is None:
        moment = _reserve(f"{name} (queue)", every)
        if (moment - now()).total_seconds() > PATIENCE:
            raise Later(moment)


def pass_gate(name: str, every: float, job: Job | None = None) -> None:
    """Return when the gate is open, and close it for `every` seconds; the job keeps its lease. Raises Stopped."""
    # The reserved moments only spread the crowd: a late worker would else come close before a punctual one.
    while every > 0 and (wait := _pass(name, every)) > 0:
        if job is not None:
            job.report(job.percent)
        sleep(min(wait, PATIENCE))


def _reserve(name: str, every: float) -> datetime:
    """The first moment that nobody else has reserved, now reserved."""
    with transaction.atomic():
        row = _row(name)
        moment = max(row.next_at, now())
        Pace.objects.filter(pk=name).update(next_at=moment + timedelta(seconds=every))
    return moment


def _pass(name: str, every: float) -> float:
    """0.0 and the gate closed for `every` seconds, or the seconds that it still is closed for."""
    with transaction.atomic():
        wait = (_row(name).next_at - now()).total_seconds()
        if wait <= 0:
            Pace.objects.filter(pk=name).update(next_at=now() + timedelta(seconds=every))
    return max(wait, 0.0)


def _row(name: str) -> Pace:
    """The row of that name, locked; one that was not there yet is open since now."""
    Pace.objects.bulk_create([Pace(name=name, next_at=now())], ignore_conflicts=True)
    return Pace.objects.select_for_update().get(pk=name)
