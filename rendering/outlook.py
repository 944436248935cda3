"""When a film will be there: its pieces' rows as work in seconds, and the pace of those that were filmed before."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q, QuerySet

from ranking.models import Video
from rendering import timing
from rendering.plan import Piece, Plan
from rendering.timing import Work
from scraping.facts import Facts

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
    waiting = _works(others, "queued") + sorted(queued, key=lambda work: -work.usual)
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


def shares_of(plan: Plan) -> list[float]:
    """Return how much of the usual seconds a frame of each piece takes, by what is known of its clips."""
    videos = Video.objects.filter(sha256__in={clip.clip for clip in plan.clips})
    known = {}
    for sha256, facts, moments in videos.values_list("sha256", "facts", "moments"):
        looked = Facts.of(facts)
        known[sha256] = timing.clip_share(looked.fps, looked.is_hdr, (moments or {}).get("change"))
    shares = {clip.rank: known.get(clip.clip, 1.0) for clip in plan.clips}
    return [_share(piece, shares) for piece in plan.pieces()]


def _share(piece: Piece, shares: dict[int, float]) -> float:
    """Return the share of a piece: that of its clip, of the two that change into each other, or the usual one."""
    shown = {"clip": [piece.rank], "hook": [piece.rank], "change": [piece.rank, piece.leaving]}.get(piece.kind, [])
    return sum(shares[rank] for rank in shown) / len(shown) if shown else 1.0


def _works(rows: "list[Segment]", status: str, kinds: list[str] | None = None) -> list[Work]:
    return [row.work(kinds[row.position] if kinds else "clip") for row in rows if row.status == status]


def _others(render: "Render") -> "list[Segment]":
    """Return the pieces of other films that are filmed now, or before this one's."""
    first = Q(status="queued", render__status="running", render__created_at__lt=render.created_at)
    return list(_of_others(render).filter(Q(status="running") | first))


def _of_others(render: "Render") -> "QuerySet[Segment]":
    segments = render.segments.model.objects.exclude(render=render).select_related("render")
    return segments.defer("render__plan", "render__sources", "render__facts")
