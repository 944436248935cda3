"""The line in which waiting jobs stand: which place, and how long until their turn, by the pace of the last ones."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from django.utils import timezone

from ranking.jobs import Job

PACE_OF = 20  # so many of the last finished jobs of a kind tell how long one takes


@dataclass(frozen=True)
class Place:
    """A place in the line, 1 the next; `seconds` until its turn, None where no job of the kind was finished yet."""

    number: int
    seconds: float | None


def place(job: Job) -> Place | None:
    """Return a waiting job's place among those of its kind; None when it does not wait, or for a set moment."""
    return places([job]).get(job.pk)


def places(jobs: Iterable[Job]) -> dict[object, Place]:
    """Return the places of those of these jobs that wait, by id: three queries for each kind that waits."""
    waiting = [job for job in jobs if job.status == Job.Status.QUEUED and not job.not_before]
    found = {}
    for kind in {type(job) for job in waiting}:
        line = _line(kind)
        found |= {job.pk: line[job.pk] for job in waiting if job.pk in line}
    return found


def _line(kind: type[Job]) -> dict[object, Place]:
    queued = kind.objects.filter(status=Job.Status.QUEUED, not_before=None).order_by("created_at", "pk")
    pace = _pace(kind)
    turns = _turns(kind, pace) if pace is not None else []
    line = {}
    for number, pk in enumerate(queued.values_list("pk", flat=True), 1):
        line[pk] = Place(number, turns[0] if turns else None)
        if turns:
            heapq.heapreplace(turns, turns[0] + pace)
    return line


def _turns(kind: type[Job], pace: float) -> list[float]:
    """Return in how many seconds each of those that work on this kind at the same time is free, as a heap."""
    now = timezone.now()
    running = kind.objects.filter(status=Job.Status.RUNNING).values_list("started_at", flat=True)
    left = sorted(max(pace - (now - began).total_seconds(), 0.0) if began else pace for began in running)
    turns = [0.0] * kind.abreast
    for seconds in left:  # where more have begun than are worked on, one waits for the other
        heapq.heapreplace(turns, turns[0] + seconds)
    return turns


def _pace(kind: type[Job]) -> float | None:
    """Return how many seconds a job of this kind took lately, None where none was finished."""
    done = kind.objects.filter(status=Job.Status.DONE).exclude(started_at=None).order_by("-finished_at")
    times = done.values_list("started_at", "finished_at")[:PACE_OF]
    return median((end - start).total_seconds() for start, end in times) if times else None
