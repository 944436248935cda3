"""Making ahead: while an editor is open and nobody edits, its film's pieces are made with what the machine can spare.

Nothing here is a job, because nothing is lost with it. The page says every few seconds that it is open; the cache
holds which plan it wants, and forgets a page that went. The worker looks there, and for real work, twice a second.
All of it is done in nicer threads, at most one ffmpeg a core, and each of them stops as soon as that look says so.
"""

import hashlib
import json
import logging
from enum import StrEnum
from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ranking import jobs
from ranking.celery import app
from ranking.ffmpeg import FFmpegError
from ranking.jobs import Job, JobError
from ranking.models import Project
from rendering.aiming import LOOKING
from rendering.film import sound_of
from rendering.generate import find_clip, plan_project
from rendering.plan import Piece, Plan, PlanError
from rendering.pool import Part, Report, film_prepared, side_by_side
from rendering.recipes import FindClip
from rendering.reframe import aimed
from rendering.segments import kept, prepare
from rendering.store import alone, trim

logger = logging.getLogger(__name__)

SEEN_SECONDS = 25  # an editor that was not heard of for this long is closed
READY_SECONDS = 3600
STUCK_SECONDS = 60  # after which the same plan is tried again: what was wrong with a file may be mended
LOWEST = 9  # of Celery's priorities on Redis, where 0 goes first
NICENESS = 9  # on top of the worker's own


class State(StrEnum):
    """How far a project's film is made ahead; off where none is wanted or it cannot be filmed yet.

    stuck: a file is damaged or gone; why() says it.
    """

    OFF = "off"
    WORKING = "working"
    READY = "ready"
    STUCK = "stuck"


class GaveWay(Exception):
    """Real work is there, or the editor was closed or says something else now."""


def ask(project: Project) -> State:
    """Note that the editor of a project is open and idle, and have its film made ahead; return how far that is."""
    if not (settings.MAKE_AHEAD and settings.REDIS_URL):
        return State.OFF
    try:
        wanted = digest(plan_project(project))
        plan, trouble = cache.get(_ended(project.pk), ("", ""))
        if plan == wanted:
            return State.STUCK if trouble else State.READY
        cache.set(_wanted(project.pk), wanted, SEEN_SECONDS)
        asked = [project.pk, translation.get_language()]
        app.send_task("make_ahead_task", args=asked, priority=LOWEST, expires=SEEN_SECONDS)
    except PlanError:
        return State.OFF
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("nothing is made ahead: %s", error)
        return State.OFF
    return State.WORKING


def why(project: Project) -> str:
    """Return the sentence why a project's film is stuck, an empty text where it is not."""
    return cache.get(_ended(project.pk), ("", ""))[1]


def digest(plan: Plan) -> str:
    """Return a hash of all that a plan says."""
    return hashlib.sha256(json.dumps(plan.to_json(), sort_keys=True).encode()).hexdigest()


def _wanted(pk: int) -> str:
    return f"ahead:wanted:{pk}"


def _ended(pk: int) -> str:
    return f"ahead:ended:{pk}"


def is_busy() -> bool:
    """Return whether a job that needs the media workers waits or is worked on, or somebody waits for a smart crop."""
    routes = settings.CELERY_TASK_ROUTES
    media = [kind for kind in jobs.kinds() if routes.get(kind.task, {}).get("queue") == "media"]
    return bool(cache.get(LOOKING)) or any(kind.objects.filter(status__in=Job.ACTIVE).exists() for kind in media)


def make_ahead(pk: int, language: str | None = None) -> bool:
    """Film what is missing of a project, one project at a time; return whether all of it is there.

    It ends without that when real work comes or the editor is closed, and begins anew when the project changed.
    `language` is that of the sentence which says why it cannot be filmed.
    """
    with alone("ahead", wait=False) as mine, translation.override(language or settings.LANGUAGE_CODE):
        if not mine:
            return False
        try:
            return _make_ahead(pk)
        finally:
            trim()


def _make_ahead(pk: int) -> bool:
    while True:
        project = Project.objects.filter(pk=pk).first()
        wanted = cache.get(_wanted(pk))
        if project is None or wanted is None:
            return False
        try:
            make(plan_project(project), pk, wanted)
        except GaveWay:
            if is_busy() or cache.get(_wanted(pk)) in (None, wanted):
                return False
        except (PlanError, JobError) as error:
            logger.info("project %s cannot be made ahead: %s", pk, error)
            cache.set(_ended(pk), (wanted, str(error)), STUCK_SECONDS)
            return False
        else:
            cache.set(_ended(pk), (wanted, ""), READY_SECONDS)
            return True


def make(plan: Plan, pk: int, wanted: str) -> None:
    """Make the missing segments and the sound of a plan. Raises GaveWay, or JobError for a clip that is damaged."""

    def look(percent: float = 0) -> None:
        if cache.get(_wanted(pk)) != wanted or is_busy():
            raise GaveWay

    look()
    paths = {clip.clip: find_clip(clip.clip) for clip in plan.clips}
    # First what the smart crops show: a change and the clips beside it want the same.
    smart = [partial(_aim, plan, clip.rank, paths.__getitem__) for clip in plan.clips if clip.fit == "smart"]
    side_by_side([Part(0, do) for do in smart], look, niceness=NICENESS)
    longest = sorted(enumerate(plan.pieces()), key=lambda item: -item[1].frames)
    pieces = [partial(_film, plan, position, piece, paths.__getitem__) for position, piece in longest]
    unheard: list[FFmpegError] = []
    sound = partial(_sound, plan, paths.__getitem__, unheard)
    side_by_side([Part(0, do) for do in [*pieces, sound]], look, niceness=NICENESS)
    if unheard:
        raise JobError(_("The sound of a clip cannot be read: its file is damaged.")) from unheard[0]


def _aim(plan: Plan, rank: int, find: FindClip, report: Report) -> None:
    aimed(plan, {rank}, find, report)


def _film(plan: Plan, position: int, piece: Piece, find: FindClip, report: Report) -> None:
    """Film a piece unless it is kept; a small report first, so that a stop is heard before its art is drawn."""
    report(0)
    prepared = prepare(plan, position, find, report)
    if not kept(prepared.key):
        film_prepared(prepared, piece.rank, report)


def _sound(plan: Plan, find: FindClip, unheard: list[FFmpegError], report: Report) -> None:
    """Make the sound; what is amiss with a clip's is noted, since its picture may tell it better."""
    try:
        sound_of(plan, find, report)
    except FFmpegError as error:
        unheard.append(error)
    finally:
        connection.close()  # of this thread, which asked for the music
