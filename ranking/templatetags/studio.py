"""How the pages write numbers, times and the state of a video."""

import math
from datetime import datetime, timedelta
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ranking import jobs
from ranking.models import Video
from ranking.visits import page_of

register = template.Library()

KOREAN_UNITS = ((10**12, "조"), (10**8, "억"), (10**4, "만"))
ENGLISH_UNITS = ((10**9, "B"), (10**6, "M"), (10**3, "K"))
UNKNOWN = "—"
# The parts of the font that the words of nearly every page need (counted over locale/ko); others come as they are met.
FONT = "vendor/pretendard/woff2-dynamic-subset/PretendardVariable.subset.{}.woff2"
FONT_PARTS = {"ko": (90, 91, 89, 88, 87, 86, 84), "en": (91,)}


@register.filter
def human_count(count: int | None) -> str:
    """Return a count as people say it: 123만, 4.5억 or 1.2M. One that nobody gave is a dash, never 0."""
    if count is None:
        return UNKNOWN
    units = KOREAN_UNITS if (get_language() or "").startswith("ko") else ENGLISH_UNITS
    for size, name in units:
        if count >= size:
            # Cut, not rounded: 9,999 is not yet 1만.
            return f"{count // size:,}{name}" if count >= 100 * size else f"{_cut(count / size)}{name}"
    return f"{count:,}"


def _cut(number: float) -> str:
    return f"{math.floor(number * 10) / 10:.1f}".removesuffix(".0")


@register.filter
def duration(seconds: float | None) -> str:
    """Return seconds as 0:15 or 1:02:03."""
    if seconds is None:
        return UNKNOWN
    minutes, rest = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def ago(moment: datetime | None) -> str:
    """Return how long ago a moment was, in its largest unit."""
    if moment is None:
        return UNKNOWN
    minutes = (timezone.now() - moment) // timedelta(minutes=1)
    return _ago(moment, minutes, get_language()) if minutes >= 1 else _("just now")


@lru_cache(maxsize=3000)  # a list says it of the same fifty moments for as long as one looks through it
def _ago(moment: datetime, minutes: int, _language: str | None) -> str:
    return _("%(time)s ago") % {"time": timesince(moment, moment + timedelta(minutes=minutes), depth=1)}


@register.filter
def when(moment: datetime | None) -> str:
    """Return how long ago a moment was, which tells its date and time to who points at it, and to programs."""
    if moment is None:
        return UNKNOWN
    exactly = date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exactly, ago(moment))


@register.filter
def percent(value: float | None) -> str:
    """Return a percentage without decimals; only what is finished says 100."""
    return f"{math.floor(value or 0)}%"


@register.filter
def time_left(seconds: float | None) -> str:
    """Return an honest estimate in words, or nothing while none is known."""
    if seconds is None:
        return ""
    if seconds < 60:
        count = max(math.ceil(seconds), 1)
        return ngettext("about %(n)d second left", "about %(n)d seconds left", count) % {"n": count}
    count = math.ceil(seconds / 60)
    return ngettext("about %(n)d minute left", "about %(n)d minutes left", count) % {"n": count}


@register.filter
def file_size(count: int | None) -> str:
    """Return a size in bytes as MB: 0 MB, 0.1 MB, 8.4 MB, 12 MB."""
    if count is None:
        return UNKNOWN
    return f"{max(count / 1_000_000, 0.1 if count else 0):.1f}".removesuffix(".0") + " MB"


@register.filter
def said(text: str) -> str:
    """Return a sentence that a worker stored, in English, in the language of the page."""
    return _(text) if text else ""


@register.simple_tag
def last_job(video: Video) -> jobs.Job | None:
    """Return the newest piece of background work on a video, of whatever kind, or None."""
    return jobs.last_of([video]).get(video.pk)


@register.simple_tag(takes_context=True)
def here(context: template.Context) -> str:
    """Return the address of this page, to come back to."""
    return page_of(context["request"])


@register.simple_tag
def preload_font() -> SafeString:
    """Return links that have the browser fetch the font before it has read any style: text then moves no more."""
    parts = FONT_PARTS.get((get_language() or "")[:2], FONT_PARTS["en"])
    link = '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>'
    return format_html_join("\n  ", link, ((static(FONT.format(part)),) for part in parts))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return an icon of the sprite; with a label it speaks, without it is decoration."""
    return _icon(name, str(label))


@lru_cache(maxsize=512)  # an editor shows hundreds of the same few
def _icon(name: str, label: str) -> SafeString:
    said = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" {}><use href="{}#{}"></use></svg>', said, static("img/icons.svg"), name)
