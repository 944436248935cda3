"""How the pages speak of sound: what a clip's music may cost, and how a voice fits."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from ranking.models import Entry, Video
from rendering import voice
from rendering.generate import plan_project
from rendering.plan import PlanError
from rendering.voiceover import fit_words, slots, voice_path, voice_seconds

register = template.Library()


@register.simple_tag
def sound_of(video: Video) -> dict[str, str]:
    """Return what kind of sound a clip brings (none, original, named, unknown) and the words for it."""
    if video.facts and not video.facts.get("has_audio"):
        return {"kind": "none", "words": _("This video has no sound.")}
    music = video.music
    if not music:
        return {"kind": "unknown", "words": _("Nobody said what sound this is: music in it may be claimed.")}
    if music.get("original"):
        return {"kind": "original", "words": _("Original sound")}
    song = " – ".join(part for part in (music.get("title"), music.get("author")) if part)
    return {"kind": "named", "words": _("Song: %(song)s – may be claimed") % {"song": song or _("untitled")}}


@register.simple_tag
def voices() -> dict[str, Any]:
    """Return the voices that can speak here, and how to get one where there is none."""
    ready = voice.ready()
    return {"ready": ready, "hint": "" if ready else voice.VOICES[0].available()}


@register.simple_tag
def voice_fit(entry: Entry) -> dict[str, Any]:
    """Return a voice's seconds, and the sentence that tells whether it is too long for its clip as planned now."""
    path = voice_path(entry.voice_sha256)
    if not path.exists():
        return {"seconds": 0.0, "words": _("The voice of a rank is gone. Record it again or remove it.")}
    seconds = voice_seconds(path)
    try:
        places = [slot for slot in slots(plan_project(entry.project)) if slot.rank == entry.rank]
    except PlanError:  # it cannot be filmed yet, so nothing is known of its clip's length
        return {"seconds": seconds, "words": ""}
    return {"seconds": seconds, "words": fit_words(seconds, places[0].seconds) if places else ""}
