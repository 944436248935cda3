"""The library as a source: keyword search over all that the studio knows. It reads the database, so it lives here."""

from typing import Any

from django.core.paginator import Page as Leaf
from django.core.paginator import Paginator
from django.db.models import ExpressionWrapper, F, QuerySet, TextField
from django.utils.translation import gettext_lazy as _

from ranking.models import Video
from scraping.providers.base import Page, Post, Query, gettext_noop

SORTS = {
    "new": (_("Newest here"), (F("created_at").desc(), F("pk").desc())),
    "plays": (_("Most played"), (F("play_count").desc(nulls_last=True), F("pk").desc())),
    "likes": (_("Most liked"), (F("like_count").desc(nulls_last=True), F("pk").desc())),
    "published": (_("Newest posts"), (F("published_at").desc(nulls_last=True), F("pk").desc())),
}
PAGE = 50
MOST = 60 * PAGE  # videos that can be leafed through
LARGE = ("facts", "waveform", "moments", "hashes", "cover_hashes")  # and no list shows them


def find(keyword: str, owner: Any, sort: str = "new") -> QuerySet[Video]:
    """The videos with every word of the keyword that this user may see; raises KeyError for an unknown sort."""
    found = Video.objects.visible_to(owner).filter(is_photo=False).matching(keyword).order_by(*SORTS[sort][1])
    return found.defer(*LARGE)


class Leaves(Paginator):
    """Pages of PAGE videos, as quick to leaf through in a large library as in a small one: two queries, no long sort.

    What is asked for is looked for once, in no order, and only until MOST are found. Where that is all there is, they
    are sorted here and a page asks for its own; where there are more (`more`), reading along the order's index soon has
    a page full.
    """

    def __init__(self, videos: QuerySet[Video]) -> None:
        first = videos.query.order_by[0].expression  # each of SORTS falls, by this and then by the key
        # As text a moment comes as the database gives it, which sorts as well; Python's own would be made of thousands.
        found = list(videos.order_by().values_list("pk", ExpressionWrapper(first, TextField()))[: MOST + 1])
        self.videos, self.more = videos, len(found) > MOST
        super().__init__(videos if self.more else _falling(found), PAGE)
        self.count = min(len(found), MOST)  # Django's own would look for all of them once more

    def _get_page(self, part: Any, *args: Any, **kwargs: Any) -> Leaf:
        return super()._get_page(part if self.more else self.videos.filter(pk__in=part), *args, **kwargs)


def _falling(found: list[tuple[int, Any]]) -> list[int]:
    """Return the keys by their falling values, unknown ones last, the newer row first among equals."""
    ranked = sorted(((value is not None, value, pk) for pk, value in found), reverse=True)
    return [pk for _known, _value, pk in ranked]


class Library:
    """The posts that the studio already knows; somebody's uploads are only in their owner's answers (see find)."""

    name = "library"
    label = gettext_noop("My library")
    needs = ()

    def __init__(self, owner: Any = None) -> None:
        self.owner = owner

    def search(self, query: Query, cursor: str | None = None, limit: int = 30) -> Page:
        """A page of posts, newest first; the cursor is the number of posts before it."""
        start = int(cursor or 0)
        videos = list(find(query.keyword, self.owner)[start : start + limit + 1])
        following = str(start + limit) if len(videos) > limit else None
        return Page(tuple(as_post(video) for video in videos[:limit]), following)


def as_post(video: Video) -> Post:
    """A row as the post it came from."""
    names = ("source", "external_id", "url", "author", "author_name", "caption", "cover_url", "duration")
    counts = ("published_at", "play_count", "like_count", "comment_count", "share_count", "save_count")
    return Post(**{name: getattr(video, name) for name in (*names, *counts)})
