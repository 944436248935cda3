"""When a film will be there: its pieces' rows as work in seconds, and the pace of those that were filmed before."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q, QuerySet

from rendering import timing
from rendering.plan import Plan
from rendering.timing import Work

if TYPE_CHECKING:
    from rendering.models import Render, Segment

LATELY = 12  # pieces of earlier films that tell the machine's pace


def film_left(render: "Render") -> float | None:
    """Return the seconds until the film is there, while its pieces are filmed; None before any of them tells."""
    plan = Plan.from_json(render.plan)
    kinds = [piece.kind for piece in plan.pieces()]
    rows = list(render.segments.filter(reused=False))
    ended, running, queued = (_works(rows, status, kinds) for status in ("done", "running", "queued"))
    if not any(work.tells for work in ended + running):
        return None
    pace = timing.pace_of(ended + running, pace_before(render))
    others = list(_others(render))
    waiting = _works(others, "queued") + sorted(queued, key=lambda work: -work.frames)
    busy = running + _works(others, "running")
    free = not waiting and len(busy) < settings.MEDIA_WORKERS
    sounding = timing.since_free(ended, running) if free else 0.0
    return timing.film_left(busy, waiting, pace, settings.MEDIA_WORKERS, plan.seconds, sounding)


def join_left(render: "Render", *, joined: bool = False) -> float:
    """Return the seconds until the film is there once its pieces are; `joined` where it only is to be read back."""
    works = [segment.work() for segment in render.segments.filter(reused=False)]
    seconds, pace = Plan.from_json(render.plan).seconds, timing.pace_of(works, pace_before(render))
    left = timing.join_left(seconds, pace, joined=joined)
    return left if joined or not works else left + timing.sound_left(seconds, pace, timing.since_free(works, []))


def pace_before(render: "Render") -> float | None:
    """Return the pace at which the latest pieces of earlier films were filmed; None where there were none."""
    segments = _of_others(render).filter(status="done", reused=False, started_at__isnull=False)
    works = [row.work() for row in segments.order_by("-finished_at")[:LATELY]]
    usual = sum(work.usual for work in works)
    return sum(work.seconds for work in works) / usual if usual else None


def _works(rows: "list[Segment]", status: str, kinds: list[str] | None = None) -> list[Work]:
    return [row.work(kinds[row.position] if kinds else "clip") for row in rows if row.status == status]


def _others(render: "Render") -> "list[Segment]":
    """Return the pieces of other films that are filmed now, or before this one's."""
    first = Q(status="queued", render__status="running", render__created_at__lt=render.created_at)
    return list(_of_others(render).filter(Q(status="running") | first))


def _of_others(render: "Render") -> "QuerySet[Segment]":
    segments = render.segments.model.objects.exclude(render=render).select_related("render")
    return segments.defer("render__plan", "render__sources", "render__facts")
