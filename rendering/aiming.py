"""Where the camera of a smart crop looks, for pages: told at once where it is known, else a worker looks for it."""

import logging

from django.core.cache import cache
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ranking.celery import app
from ranking.jobs import JobError
from ranking.models import Entry
from rendering.generate import find_clip, plan_project
from rendering.plan import Clip, PlanError
from rendering.reframe import camera_of, crop_share
from rendering.style import Style, style_of
from rendering.subject import is_known, kept_at

logger = logging.getLogger(__name__)

LOOK_SECONDS = 30  # for so long nobody is asked to look for the same subject again
LOOKING = "subject:looking"  # the cache's word that a worker looks for one, which no row tells


def aim(entry: Entry, clip: Clip, style: Style) -> list[list[float]] | None:
    """Return where the camera looks as keys (seconds of the file, share of the free room), none where it stands.

    None while a worker looks for the subject: ask again.
    """
    if crop_share(clip, style) is not None and not is_known(clip):
        return None if send_to_look(entry, kept_at(clip).stem) else []
    try:
        return [[round(clip.start + time, 3), place] for time, place in camera_of(clip, style, find_clip)]
    except JobError as error:  # its film will say so
        logger.info("the camera of %s stands: %s", entry, error)
        return []


def send_to_look(entry: Entry, key: str) -> bool:
    """Have a worker look for the subject of an entry, once for all who ask; return whether one was told."""
    if not cache.add(f"subject:{key}", True, LOOK_SECONDS):
        return True
    try:
        app.send_task("find_subject_task", args=[entry.pk], priority=0)  # somebody waits for it
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("nobody looks for the subject of %s: %s", entry, error)
        cache.delete(f"subject:{key}")
        return False
    return True


def find_subject(entry_id: int) -> None:
    """Look for the subject of an entry as its film will show it; nothing is to be done where that is known or moot."""
    entry = Entry.objects.select_related("project", "video").filter(pk=entry_id).first()
    if entry is None:
        return
    try:
        plan = plan_project(entry.project)
    except PlanError as error:  # edited meanwhile
        logger.info("%s has no camera: %s", entry, error)
        return
    cache.set(LOOKING, True, LOOK_SECONDS)
    try:
        camera_of(plan.clip_of(entry.rank), style_of(plan), find_clip)
    finally:
        cache.delete(LOOKING)
