"""How the pages tell what a search found, and what each source said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ranking import scoring
from ranking.models import Video
from scraping import asked, cards, saved, sources
from scraping.models import Search
from scraping.results import Shown, shown

register = template.Library()

# Where a video is from that no source was asked for.
BROUGHT = {"file": gettext_lazy("your file"), "demo": gettext_lazy("demo"), "instagram": "Instagram"}
REFUSED = {
    "unavailable": gettext_lazy("No longer there"),
    "private": gettext_lazy("Private"),
    "login_required": gettext_lazy("Only with an account"),
    "unsupported": gettext_lazy("No video in it"),
    "too_large": gettext_lazy("Too large"),
}
# What a source said, in a few words, and the name of the page that helps. The whole sentence is in the line's title.
SAID = {
    "empty": (gettext_lazy("found nothing"), ""),
    "off": (gettext_lazy("off – switch on in Sources"), "health"),
    "verification": (gettext_lazy("asks for verification – add cookies"), "cookies"),
    "login_required": (gettext_lazy("needs cookies – add them"), "cookies"),
    "credentials": (gettext_lazy("refused the access data"), "health"),
    "rate_limited": (gettext_lazy("asked too often"), "health"),
    "quota": (gettext_lazy("all requests of today are used"), "health"),
    "blocked": (gettext_lazy("refused to answer"), "health"),
    "network": (gettext_lazy("not reached"), "health"),
    "bad_response": (gettext_lazy("answered in an unknown way"), "health"),
}
COOKIES_HELP = frozenset(kind for kind, (_words, page) in SAID.items() if page == "cookies")


@dataclass(frozen=True)
class Line:
    """What one source said. `state` is found, nothing, off, refused, asking, next or unasked; `page` helps further."""

    source: str
    state: str
    words: str
    detail: str = ""
    page: str = ""
    until: str = ""  # the time of day at which a source that rests is asked again

    @property
    def icon(self) -> str:
        names = {"found": "check", "nothing": "search", "off": "eye-off", "refused": "triangle-alert"}
        return names.get(self.state, "clock")


@register.simple_tag(takes_context=True)
def shown_of(context: template.Context, search: Search) -> Shown:
    """Return what the page of a search shows, as its address says it, or its socket's."""
    said = context.get("query")
    return shown(search, context["request"].GET if said is None and "request" in context else said or {})


@register.simple_tag
def asked_lines(search: Search) -> list[Line]:
    """Return a line for each source: those asked as they answered, then the others as far as they may still be asked.

    All lines are there from the start, so that nothing moves when a source answers.
    """
    told = [_line(line) for line in search.asked]
    known = {line.source for line in told}
    rest = [name for name in _planned(search) if name not in known]
    if search.is_active and not search.answered:
        asking, waiting = ("asking", _("is asked now")), ("next", _("waits for its turn"))
        now = [Line(name, *(waiting if search.status == Search.Status.QUEUED else asking)) for name in rest[:1]]
        return told + now + [Line(name, "next", _("asked next, if need be")) for name in rest[1:]]
    return told + _unasked(rest) if told else []


def _unasked(names: Sequence[str]) -> list[Line]:
    """Return the lines of sources that were not asked; one that is off cannot be, and leads to where it is switched."""
    off, words = sources.off(), str(SAID["off"][0])
    return [
        Line(name, "off", words, page="health") if name in off else Line(name, "unasked", _("not asked"))
        for name in names
    ]


def _planned(search: Search) -> Sequence[str]:
    return settings.SOURCES if search.source == "auto" else [search.source]


def _line(told: dict[str, Any]) -> Line:
    source, kind, sentence = told["source"], told["kind"], asked.words(told)
    if kind == "found":
        return Line(source, "found", sentence)
    if until := _later(told.get("until") or ""):
        return Line(source, "refused", _("rests until %(time)s") % {"time": until}, sentence, "health", until)
    # The cookies are TikTok's: no other source takes them. And what is wrong with a link is no source's fault.
    other = sentence, "" if kind in REFUSED or kind == "not_found" else "health"
    words, page = SAID.get(kind if source == "tiktok" or kind not in COOKIES_HELP else "blocked", other)
    state = {"empty": "nothing", "off": "off"}.get(kind, "refused")
    return Line(source, state, str(words), sentence if told.get("message") else "", page)


def _later(stamp: str) -> str:
    """Return the time of day of an ISO moment that is still to come, else nothing."""
    moment = datetime.fromisoformat(stamp) if stamp else None
    return f"{timezone.localtime(moment):%H:%M}" if moment and moment > timezone.now() else ""


@register.filter
def source_name(name: str) -> str:
    """Return a source's name as people know it."""
    return str(BROUGHT[name]) if name in BROUGHT else asked.name(name)


@register.filter
def refused_words(kind: str) -> str:
    """Return in a few words why a video's file was not had."""
    return str(REFUSED.get(kind, _("Could not be fetched")))


@register.filter
def score_words(video: Video) -> str:
    """Return in one sentence what a video's score is made of."""
    return scoring.explain(video.score)


@register.simple_tag
def video_cards(videos: Iterable[Video], search: Shown | None = None) -> SafeString:
    """Return the cards of a search's videos, which tell their score where it decides, else those of the library."""
    if search is None:
        return cards.drawn(videos, in_library=True)
    return cards.drawn(videos, search.top, bool(search.top) or search.form.cleaned_data.get("sort") == "score")


@register.filter
def lead_to(lines: Iterable[Line], page: str) -> bool:
    """Return whether one of the sources is helped on the page of that name."""
    return any(line.page == page for line in lines)


@register.simple_tag
def saved_changes(user: Any) -> list[saved.Change]:
    """Return what rose in each saved search of a user."""
    return saved.changes(user)


@register.filter
def next_query(query: str, top: int) -> str:
    """Return the end of an address that also asks for the best few."""
    return f"?{query}&top={top}" if query else f"?top={top}"
