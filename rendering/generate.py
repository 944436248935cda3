"""From a project to its film: the plan is fixed, missing segments are filmed by whoever is free, the last one joins.

There is no chord: every step looks at what is there, so a message that comes twice, or never, does no harm.
"""

import dataclasses
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from ranking import quotas
from ranking.ffmpeg import FFmpegError
from ranking.jobs import JobError, Stopped, Waiting
from ranking.models import Entry, Project, Video
from ranking.storage import work_folder
from ranking.templatetags.studio import human_count
from rendering import board, film
from rendering.budget import Material, make_plan
from rendering.ledger import sources_of
from rendering.models import ART_SHARE, SEGMENTS_SHARE, Render, Segment
from rendering.outlook import shares_of
from rendering.own_styles import look_of
from rendering.plan import Bed, Clip, Mask, Plan, PlanError
from rendering.pool import film_pool, film_prepared
from rendering.report import report_on
from rendering.segments import Prepared, kept, prepare
from scraping.facts import Facts
from scraping.looking import curves_of
from scraping.moments import best_start

logger = logging.getLogger(__name__)


def start_render(project: Project, *, draft: bool = False) -> Render:
    """Fix the plan of the project as it stands and queue its film; a film of the same plan in the making is returned.

    A draft is the whole film half as wide and high. Raises PlanError with a sentence when it cannot be filmed yet, and
    QuotaReached.
    """
    plan = dataclasses.replace(plan_project(project), draft=draft).to_json()
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        active = project.renders.active().filter(plan=plan).first()
        fixed = {"plan": plan, "sources": sources_of(project), "draft": draft}
        if active:
            return active
        quotas.check_jobs(project.owner)
        if not draft:
            quotas.count_film(project.owner)
        return Render(project=project, owner=project.owner, stage=Render.Stage.PLAN, **fixed).enqueue()


def plan_project(project: Project, entries: Sequence[Entry] = ()) -> Plan:
    """Return the plan of a project. Raises PlanError when it has no entries or some are not ready.

    `entries`, best first, stand for the stored ones: what would be filmed if they were so.
    """
    entries = entries or list(project.ranked())
    if not entries:
        raise PlanError(_("Add at least one video first."))
    waiting = [str(entry.rank) for entry in entries if not entry.video.is_ready]
    if waiting:
        raise PlanError(_("The videos at these ranks are not here yet: %(ranks)s.") % {"ranks": ", ".join(waiting)})
    return make_plan(
        board.title_lines(project.title),
        [material_of(entry) for entry in entries],
        style=project.style,
        target_name=project.target,
        order=project.order,
        seconds=project.seconds,
        transition=project.transition,
        hook=project.hook,
        card=board.title_lines(project.card),
        effects=project.effects,
        bed=bed_of(project),
        look=own_look(project),
    )


def own_look(project: Project) -> dict[str, Any] | None:
    """Return the look of a project in a style of its owner's own. Raises PlanError when that style is gone."""
    try:
        return look_of(project.style, project.owner)
    except ValueError as error:
        raise PlanError(str(error)) from error


def bed_of(project: Project) -> Bed | None:
    """Return the music under a project's film, or None."""
    if not project.track or project.track_volume <= 0:
        return None
    return Bed(project.track.sha256, round(project.track_start, 3), project.track_volume)


def material_of(entry: Entry) -> Material:
    """Return what the planner must know of an entry; without in or out of its own it begins at its best moment.

    Raises PlanError for a video of which nothing is known, which the admin can make.
    """
    if not entry.video.facts:
        raise PlanError(_("The file of rank %(rank)d was never examined: add the video again.") % {"rank": entry.rank})
    facts = Facts.of(entry.video.facts)
    width, height = facts.upright_size
    clip = Clip(
        rank=entry.rank,
        clip=entry.video.sha256,
        start=0,
        frames=0,
        label=entry.label,
        credit=credit_of(entry.video),
        reason=entry.reason,
        fit=entry.fit,
        volume=entry.volume,
        has_audio=facts.has_audio,
        hdr=facts.is_hdr,
        matrix=matrix_of(facts),
        full_range=facts.color_range in ("pc", "jpeg", "full") or facts.pix_fmt.startswith("yuvj"),
        interlaced=facts.interlaced,
        alpha=facts.has_alpha,
        decoder=facts.alpha_decoder,
        width=width,
        height=height,
        sar=facts.upright_sar,
        masks=tuple(Mask(**mask) for mask in entry.masks),
        voice=entry.voice_sha256,
    )
    start = min(entry.start or 0.0, facts.duration)
    end = min(entry.end or facts.duration, facts.duration)
    curves = curves_of(entry.video) if entry.start is None and entry.end is None else None
    return Material(clip, start, end, partial(best_start, curves) if curves else None)


def matrix_of(facts: Facts) -> str:
    """Return the YUV matrix that the file says, or where it is silent the one of its size (as players guess)."""
    known = {"bt709": "bt709", "smpte170m": "smpte170m", "bt470bg": "bt470bg", "smpte240m": "smpte240m"}
    known |= {"bt2020nc": "bt2020", "bt2020c": "bt2020", "fcc": "fcc"}
    return known.get(facts.color_space) or ("bt709" if min(facts.width, facts.height) >= 720 else "smpte170m")


def credit_of(video: Video) -> str:
    """Return the credit that stands in the film: the creator, and the plays where a source told them."""
    if video.is_demo:
        return _("Demo")
    if not video.handle:
        return ""
    if video.play_count is None:
        return video.handle
    plays = _("%(count)s plays") % {"count": human_count(video.play_count)}
    return f"{video.handle} · {plays}"


def find_clip(sha256: str) -> Path:
    """Return the file of the video with this hash. Raises JobError when it is gone."""
    video = Video.objects.ready().filter(sha256=sha256).first()
    path = Path(video.file.path) if video else None
    if path is None or not path.exists():
        raise JobError(_("The file of a video is gone. Add the video again."))
    return path


def generate(render: Render) -> None:
    """Take a film as far as it goes: queue the segments that are missing, or join it when none is.

    Raises Waiting while segments are missing.
    """
    render.enter(Render.Stage.SEGMENTS if render.segments.exists() else Render.Stage.ART)
    if not make_segments(render):
        render.nudge("film_sound_task")  # after the segments, so that it fills the core that the last one leaves free
        raise Waiting
    render.enter(Render.Stage.JOIN)
    join(render)


def make_sound(render: Render) -> None:
    """Make the film's sound beside its segments; what is amiss with it, the join tells. Raises Stopped."""

    def look(percent: float) -> None:
        if not Render.objects.active().filter(pk=render.pk).exists():
            raise Stopped

    try:
        film.sound_of(Plan.from_json(render.plan), find_clip, look)
    except (FFmpegError, JobError) as error:
        logger.info("the sound of %s waits for the join: %s", render.mark, error)


def make_segments(render: Render) -> bool:
    """Queue the segments that are neither kept nor in work, the longest work first; return whether all are there.

    Raises JobError.
    """
    plan = Plan.from_json(render.plan)
    ready = []
    for position in range(count := len(plan.pieces())):
        ready.append((position, prepare(plan, position, find_clip, partial(_drawn, render, position, count))))
        _drawn(render, position, count, 100)
    render.enter(Render.Stage.SEGMENTS)
    shares = shares_of(plan)
    ready.sort(key=lambda item: -item[1].frames * shares[item[0]])
    return all([_make_segment(render, position, prepared, shares[position]) for position, prepared in ready])


def _drawn(render: Render, position: int, count: int, percent: float) -> None:
    """Report how far the art is drawn; one that comes back to it, for its segments went, stays at its percentage."""
    drawn = 1 + (ART_SHARE - 1) * (position + percent / 100) / count
    render.report(drawn if render.stage == Render.Stage.ART else render.percent)


def _make_segment(render: Render, position: int, prepared: Prepared, share: float) -> bool:
    """See to it that one segment is kept or in work; return whether it is kept."""
    there = bool(kept(prepared.key))
    fields = {"owner": render.owner, "share": share, "reused": there}
    segment, created = Segment.objects.get_or_create(
        render=render,
        position=position,
        defaults=fields | {"key": prepared.key, "frames": prepared.frames},
    )
    if segment.status == Segment.Status.FAILED:
        raise JobError(segment.error)
    if there:
        Segment.objects.filter(pk=segment.pk).update(status=Segment.Status.DONE, percent=100)
    elif created or segment.status == Segment.Status.DONE:  # the store may have forgotten it since
        Segment.objects.filter(pk=segment.pk).update(status=Segment.Status.QUEUED, percent=0, reused=False)
        segment.nudge()
    return there


def film_one(segment: Segment) -> None:
    """Film one segment of a render."""
    plan = Plan.from_json(segment.render.plan)
    rank = plan.pieces()[segment.position].rank
    prepared = prepare(plan, segment.position, find_clip, lambda percent: segment.report(0))
    film_prepared(prepared, rank, segment.report)


def join(render: Render) -> None:
    """Join the kept segments and their sound, read the film back, and store it."""
    plan = Plan.from_json(render.plan)
    pieces = plan.pieces()
    paths = [_held(render, plan, position) for position in range(len(pieces))]
    with work_folder("film") as folder:
        made = film.join_film(plan, paths, find_clip, folder, lambda percent: render.report_join(percent * 0.3))
        at = plan.cover_moment(render.project.cover_at)
        cover = film.cover_of(made, folder, at, lambda percent: render.report_join(45))
        render.enter_report()
        found = report_on(made, plan, find_clip, lambda percent: render.report_join(50 + percent * 0.5))
        changes = {
            "cover_at": at,
            "film": film.publish(made, f"films/{render.pk}-{render.attempt}.mp4"),
            "cover": film.publish(cover, f"films/{render.pk}-{render.attempt}.jpg"),
        }
    clips = [position for position, piece in enumerate(pieces) if piece.kind == "clip"]
    reused = render.segments.filter(reused=True, position__in=clips).count()
    changes |= {"seconds": found["seconds"], "facts": found, "reused": reused, "rendered": len(clips) - reused}
    if render.keep(**changes):
        remember_uses(render.project, plan)
    else:
        for name in (changes["film"], changes["cover"]):
            default_storage.delete(name)


def remember_uses(project: Project, plan: Plan) -> None:
    """Note on the project's channel which videos a film showed; a draft is nobody's."""
    if project.channel and not plan.draft:
        shown = {clip.clip for clip in plan.clips}
        project.channel.remember([entry.video for entry in project.ranked() if entry.video.sha256 in shown])


def _held(render: Render, plan: Plan, position: int) -> Path:
    """Return the segment at this position; one that left the store meanwhile is filmed again."""

    def held(percent: float) -> None:
        render.report(SEGMENTS_SHARE)

    prepared = prepare(plan, position, find_clip, held)
    return film_prepared(prepared, plan.pieces()[position].rank, held)


def film_here(render: Render, tell: Callable[[float, str], None] = lambda percent, message: None) -> None:
    """Make the whole film in this process, with as many segments at a time as there are cores. Raises JobError."""
    plan = Plan.from_json(render.plan)
    ready = [prepare(plan, position, find_clip) for position in range(len(plan.pieces()))]
    fresh = {position: prepared for position, prepared in enumerate(ready) if not kept(prepared.key)}
    render.enter(Render.Stage.SEGMENTS)
    film_pool(
        plan,
        fresh,
        lambda percent: tell(percent * SEGMENTS_SHARE / 100, str(Render.Stage.SEGMENTS.label)),
        meanwhile=partial(film.sound_of, plan, find_clip),
    )
    for position, prepared in enumerate(ready):
        fields = {"owner": render.owner, "key": prepared.key, "frames": prepared.frames, "percent": 100}
        fields |= {"status": Segment.Status.DONE, "reused": position not in fresh}
        Segment.objects.update_or_create(render=render, position=position, defaults=fields)
    render.enter(Render.Stage.JOIN)
    tell(SEGMENTS_SHARE, str(Render.Stage.JOIN.label))
    join(render)
