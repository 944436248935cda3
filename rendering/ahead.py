"""Making ahead: while an editor is open and nobody edits, its film's pieces are made with what the machine can spare.

Nothing here is a job, because nothing is lost with it. The page says every few seconds that it is open; the cache
holds which plan it wants, and forgets a page that went. The worker looks there, and for real work, twice a second.
"""

import hashlib
import json
import logging
from enum import StrEnum
from functools import partial

from django.conf import settings
from django.core.cache import cache
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ranking import jobs
from ranking.celery import app
from ranking.jobs import Job, JobError
from ranking.models import Project
from rendering.film import sound_of
from rendering.generate import find_clip, plan_project
from rendering.plan import Plan, PlanError
from rendering.pool import film_pool
from rendering.segments import kept, prepare
from rendering.store import alone

logger = logging.getLogger(__name__)

SEEN_SECONDS = 25  # an editor that was not heard of for this long is closed
READY_SECONDS = 3600
LOWEST = 9  # of Celery's priorities on Redis, where 0 goes first
NICENESS = 9  # on top of the worker's own


class State(StrEnum):
    """How far a project's film is made ahead; off where none is wanted or it cannot be filmed yet."""

    OFF = "off"
    WORKING = "working"
    READY = "ready"


class GaveWay(Exception):
    """Real work is there, or the editor was closed or says something else now."""


def ask(project: Project) -> State:
    """Note that the editor of a project is open and idle, and have its film made ahead; return how far that is."""
    if not (settings.MAKE_AHEAD and settings.REDIS_URL):
        return State.OFF
    try:
        wanted = digest(plan_project(project))
        if cache.get(_ready(project.pk)) == wanted:
            return State.READY
        cache.set(_wanted(project.pk), wanted, SEEN_SECONDS)
        app.send_task("make_ahead_task", args=[project.pk], priority=LOWEST, expires=SEEN_SECONDS)
    except PlanError:
        return State.OFF
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("nothing is made ahead: %s", error)
        return State.OFF
    return State.WORKING


def digest(plan: Plan) -> str:
    """Return a hash of all that a plan says."""
    return hashlib.sha256(json.dumps(plan.to_json(), sort_keys=True).encode()).hexdigest()


def _wanted(pk: int) -> str:
    return f"ahead:wanted:{pk}"


def _ready(pk: int) -> str:
    return f"ahead:ready:{pk}"


def is_busy() -> bool:
    """Return whether a job that needs the media workers waits or is worked on."""
    routes = settings.CELERY_TASK_ROUTES
    media = [kind for kind in jobs.kinds() if routes.get(kind.task, {}).get("queue") == "media"]
    return any(kind.objects.filter(status__in=Job.ACTIVE).exists() for kind in media)


def make_ahead(pk: int) -> bool:
    """Film what is missing of a project, one project at a time; return whether all of it is there.

    It ends without that when real work comes or the editor is closed, and begins anew when the project changed.
    """
    with alone("ahead", wait=False) as mine:
        while mine:
            project = Project.objects.filter(pk=pk).first()
            wanted = cache.get(_wanted(pk))
            if project is None or wanted is None:
                return False
            try:
                make(plan_project(project), pk, wanted)
            except GaveWay:
                if is_busy() or cache.get(_wanted(pk)) in (None, wanted):
                    return False
            except (PlanError, JobError) as error:  # Generate will say it; the same plan is not tried again
                logger.info("project %s cannot be made ahead: %s", pk, error)
                cache.set(_ready(pk), wanted, READY_SECONDS)
                return False
            else:
                cache.set(_ready(pk), wanted, READY_SECONDS)
                return True
    return False


def make(plan: Plan, pk: int, wanted: str) -> None:
    """Make the missing segments and the sound of a plan. Raises GaveWay, or JobError for a clip that is damaged."""

    def look(percent: float = 0) -> None:
        if cache.get(_wanted(pk)) != wanted or is_busy():
            raise GaveWay

    fresh = {}
    for position in range(len(plan.pieces())):
        look()
        prepared = prepare(plan, position, find_clip)
        if not kept(prepared.key):
            fresh[position] = prepared
    film_pool(plan, fresh, look, niceness=NICENESS, meanwhile=partial(sound_of, plan, find_clip))
