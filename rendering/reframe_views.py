"""What an entry shows of its clip: the blurred areas that are stored, and where the camera of a smart crop looks."""

import logging
import math
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ranking.celery import app
from ranking.history import changing
from ranking.models import Entry
from ranking.owned import entry_of
from rendering.generate import find_clip, plan_project
from rendering.masks import NUMBERS, fingerprint, read_masks
from rendering.plan import PlanError
from rendering.reframe import camera_of, crop_share
from rendering.style import style_of
from rendering.subject import is_known, kept_at

logger = logging.getLogger(__name__)

LOOK_SECONDS = 30  # for so long nobody is asked to look for the same subject again


@require_POST
def entry_masks(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Store the blurred areas of an entry as they are sent; `without` takes that one of the stored ones away."""
    entry, problem = entry_of(request, entry_id), ""
    rows, gone = mask_rows(request.POST), request.POST.get("without")
    if gone is not None:
        rows = [mask for place, mask in enumerate(entry.masks) if str(place) != gone]
    try:
        _store_masks(entry, rows, request.POST.get("was", ""))
    except ValueError as wrong:
        problem = str(wrong)
    if not request.htmx:
        if problem:
            messages.error(request, problem)
        return redirect(entry.project)
    shown = {"entry": entry, "masks": rows if problem else entry.masks, "problem": problem, "saved": not problem}
    return render(request, "rendering/_masks.html", shown, status=422 if problem else 200)


def _store_masks(entry: Entry, rows: list[dict[str, Any]], was: str) -> None:
    """Store the blurred areas of an entry. Raises ValueError, a sentence, also where `was` is not what is stored."""
    with changing(entry.project):
        entry.refresh_from_db(fields=["masks"])
        if was not in ("", fingerprint(entry.masks)):
            raise ValueError(_("Another tab changed these areas. Change one to keep yours, or reload the page."))
        entry.masks = read_masks(rows, entry.video.duration)
        entry.save(update_fields=["masks"])


def mask_rows(sent: QueryDict) -> list[dict[str, Any]]:
    """Return the rows of a form as numbers: places in shares of the picture, None for what is empty, NaN for words.

    A row whose places are all empty is none.
    """
    columns = [[_number(word) for word in sent.getlist(name)] for name in NUMBERS]
    rows = []
    for values in zip(*columns, strict=False):
        row = dict(zip(NUMBERS, values, strict=True))
        if any(row[name] is not None for name in NUMBERS[:4]):
            rows.append(row | {name: row[name] / 100 for name in NUMBERS[:4] if row[name] is not None})
    return rows


def _number(word: str) -> float | None:
    try:
        return float(word.replace(",", ".")) if word.strip() else None
    except ValueError:
        return math.nan


@require_GET
def entry_camera(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Where the camera of a smart crop looks in the film, as keys (seconds of the file, share of the free room).

    202 while a worker looks for the subject: ask again.
    """
    entry = entry_of(request, entry_id)
    try:
        plan = plan_project(entry.project)
    except PlanError as error:
        return JsonResponse({"error": str(error)}, status=409)
    clip, style = plan.clip_of(entry.rank), style_of(plan)
    if crop_share(clip, style) is not None and not is_known(clip):
        if not send_to_look(entry, kept_at(clip).stem):
            return JsonResponse({"error": _("Nobody can look for the subject just now.")}, status=503)
        return JsonResponse({}, status=202)
    keys = camera_of(clip, style, find_clip)
    return JsonResponse({"keys": [[round(clip.start + time, 3), place] for time, place in keys]})


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
    camera_of(plan.clip_of(entry.rank), style_of(plan), find_clip)
