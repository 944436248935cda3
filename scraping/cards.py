"""The cards of a list of videos. A card shows nothing but its facts, so it is kept for as long as they are the same."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ranking import scoring
from ranking.models import Video
from ranking.templatetags.studio import ago

KEPT = 3000  # cards, of 1 to 2 KB: as many videos as the library's pages lead to
AT_ONCE = 6  # covers that are loaded with the page; the others once they are near
SAME = ("pk", "source", "handle", "duration", "play_count", "like_count", "rounded", "refused")
SAME += ("is_photo", "is_demo", "is_ready", "is_pickable")
FIELDS = ("source", "external_id", "author", "caption", "play_count", "like_count", "rounded", "refused", "duration")
FIELDS += ("owner", "published_at", "is_photo", "music", "file", "proxy", "cover", "sha256")  # of a row, for that


class Copy(NamedTuple):
    """What a card tells of one re-upload."""

    pk: int
    name: str
    is_pickable: bool
    play_count: int | None
    age: str


class Card(NamedTuple):
    """All that a card shows, moments as words already: equal cards look the same in the same language."""

    pk: int
    source: str
    handle: str
    duration: float | None
    play_count: int | None
    like_count: int | None
    rounded: bool
    refused: str
    is_photo: bool
    is_demo: bool
    is_ready: bool
    is_pickable: bool
    title: str
    age: str
    has_proxy: bool
    has_cover: bool
    at_once: bool
    picked: bool
    own: bool  # an upload: nobody counted its plays, and it can be deleted
    in_library: bool  # where also what cannot be ranked is picked, to be hidden
    music: str
    original: bool
    ranked: bool = False
    marked: bool = False  # with its site's watermark
    used: bool = False
    used_on: str = ""
    channel: str = ""
    is_new: bool = False
    rise: int | None = None
    score: str = ""
    score_words: str = ""
    reuploads: tuple[Copy, ...] = ()


def drawn(
    videos: Iterable[Video], best: Sequence[Video] = (), scored: bool = False, in_library: bool = False
) -> SafeString:
    """Return the cards of listed videos, those of `best` picked; where `scored`, each tells its score."""
    if settings.DEBUG:  # a template that is being edited is shown as it is now
        _draw.cache_clear()
    picked, language = {video.pk for video in best}, get_language()
    cards = (
        card(video, number <= AT_ONCE, video.pk in picked, scored, in_library) for number, video in enumerate(videos, 1)
    )
    return mark_safe("".join(_draw(one, language) for one in cards))  # the template escaped what they say


@lru_cache(maxsize=KEPT)
def _draw(one: Card, language: str | None) -> SafeString:
    return render_to_string("scraping/_video_card.html", {"video": one})


def card(video: Video, at_once: bool, picked: bool, scored: bool, in_library: bool = False) -> Card:
    """Return what the card of a listed video shows."""
    music = video.music or {}
    return Card(
        **{name: getattr(video, name) for name in SAME},
        title=str(video) if video.caption else _("(no description)"),
        age=_age(video),
        has_proxy=bool(video.proxy),
        has_cover=bool(video.cover),
        at_once=at_once,
        picked=picked,
        own=video.owner_id is not None,
        in_library=in_library,
        music=music.get("title") or "",
        original=bool(music.get("original")),
        **_told(vars(video), scored),
    )


def _told(known: dict, scored: bool) -> dict:
    """Return what the list found out about a row; the library knows less of it than a search."""
    told = {name: known[name] for name in ("ranked", "used", "is_new", "rise") if name in known}
    told |= {"marked": bool(known.get("marked"))}
    if known.get("used_at"):
        used_on = date_format(timezone.localtime(known["used_at"]), "MONTH_DAY_FORMAT")
        told |= {"used_on": used_on, "channel": known["channel"].name}
    if scored and known["score"].total is not None:
        told |= {"score": f"{known['score'].total:.0f}", "score_words": scoring.explain(known["score"])}
    if known.get("reuploads"):
        told["reuploads"] = tuple(map(_copy, known["reuploads"]))
    return told


def _copy(video: Video) -> Copy:
    return Copy(video.pk, video.handle or str(video), video.is_pickable, video.play_count, _age(video))


def _age(video: Video) -> str:
    return ago(video.published_at) if video.published_at else ""
