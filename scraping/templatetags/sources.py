"""How the pages tell how the sources do, and what is known of yt-dlp."""

from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scraping import health
from scraping.models import Trial

register = template.Library()

STATES = {
    "ok": (gettext_lazy("Answers"), "check"),
    "refused": (gettext_lazy("Refuses"), "triangle-alert"),
    "resting": (gettext_lazy("Rests until %(time)s"), "clock"),
    "off": (gettext_lazy("Switched off"), "power"),
    "unasked": (gettext_lazy("Not tried yet"), "clock"),
    "local": (gettext_lazy("Always there"), "house"),
}
NEEDS = {
    "network": gettext_lazy("a connection"),
    "cookies": gettext_lazy("for keywords the cookies of a logged-in session"),
    "optin": gettext_lazy("somebody to switch it on"),
    "credentials": gettext_lazy("a key"),
}


@register.simple_tag
def health_of(trial: Trial) -> health.Health | None:
    """Return how the source of a trial does, as its owner sees it."""
    return health.source_now(trial.source, trial.owner)


@register.simple_tag
def ytdlp_now() -> dict[str, Any]:
    """Return what is known of yt-dlp's version."""
    return health.ytdlp_now()


@register.filter
def state_words(found: health.Health) -> str:
    """Return in a few words how a source does."""
    until = found.row.parked_until
    words = str(STATES[found.state][0])
    return words % {"time": f"{timezone.localtime(until):%H:%M}"} if found.state == "resting" and until else words


@register.filter
def state_icon(found: health.Health) -> str:
    """Return the name of the icon for how a source does."""
    return STATES[found.state][1]


@register.filter
def needs_words(found: health.Health) -> str:
    """Return what a source needs, in words."""
    return ", ".join(str(NEEDS[need]) for need in found.needs) or _("nothing")
