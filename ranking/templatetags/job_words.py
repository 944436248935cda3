"""How the pages tell what a worker noted, and what is in the making."""

import re
from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ranking.job_list import in_the_making
from ranking.job_log import HEAD
from ranking.jobs import Job
from ranking.models import User
from ranking.remedies import Remedy, remedy_of

register = template.Library()


@register.simple_tag
def making(user: User) -> list[Job]:
    """Return what the bar of every page tells of."""
    return in_the_making(user)


@register.simple_tag
def remedy(error: str) -> Remedy | None:
    """Return the page that helps where a job failed with this sentence."""
    return remedy_of(error)


@register.filter
def took(job: Job) -> str:
    """Return how long an ended job was worked on, as people say it; "" for one that was not."""
    if job.is_active or not job.started_at or not job.finished_at:
        return ""
    seconds = max(round((job.finished_at - job.started_at).total_seconds()), 1)
    parts = []
    for size, words in ((3600, _("%(n)d h")), (60, _("%(n)d min")), (1, _("%(n)d s"))):
        count, seconds = divmod(seconds, size)
        parts += [words % {"n": count}] if count else []
    return " ".join(parts[:2])


@register.filter
def attempts(log: str) -> list[tuple[str, str]]:
    """Return the attempts in a job's log, each as when it ended, in the reader's words and time, and what was noted."""
    parts = re.split(HEAD, log)
    first = [("", parts[0].strip("\n"))] if parts[0].strip() else []
    told = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    return first + [(_when(moment, number), lines.strip("\n")) for moment, number, lines in told]


def _when(moment: str, number: str) -> str:
    local = timezone.localtime(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    words = _("Attempt %(n)s, ended %(time)s")
    return words % {"n": number, "time": date_format(local, "SHORT_DATETIME_FORMAT")}
