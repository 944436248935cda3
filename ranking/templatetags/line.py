"""How the pages say where in the line a waiting job stands."""

import math

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ranking import line
from ranking.jobs import Job

register = template.Library()

ORDINALS = (
    *(gettext_lazy("Next in line"), gettext_lazy("Second in line"), gettext_lazy("Third in line")),
    *(gettext_lazy("Fourth in line"), gettext_lazy("Fifth in line")),
)


@register.simple_tag(takes_context=True)
def place_words(context: template.Context, job: Job) -> str:
    """Return a waiting job's place in the line in words, "" for one that does not wait.

    A list of jobs looks the places up once and hands them over as `places`.
    """
    known = context.get("places")
    return in_words(line.place(job) if known is None else known.get(job.pk))


def in_words(place: line.Place | None) -> str:
    """Return "Third in line, begins in about 2 minutes", as far as that is known."""
    if place is None:
        return ""
    where = str(ORDINALS[place.number - 1]) if place.number <= len(ORDINALS) else _("Number %(n)d in line")
    where %= {"n": place.number}
    return f"{where}, {_begins(place.seconds)}" if place.seconds else where


def _begins(seconds: float) -> str:
    if seconds < 60:
        n = math.ceil(seconds)
        return ngettext("begins in about %(n)d second", "begins in about %(n)d seconds", n) % {"n": n}
    n = round(seconds / 60)
    return ngettext("begins in about %(n)d minute", "begins in about %(n)d minutes", n) % {"n": n}


@register.filter
def kind_words(job: Job) -> str:
    """Return what kind of work a job is."""
    return str(job._meta.verbose_name)
