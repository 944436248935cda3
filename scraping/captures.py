"""Search results that a person saw elsewhere and brought along: saved files, and what their browser hands over."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ranking.models import User, Video
from scraping import asked, posts, sources
from scraping.fetch_errors import PHOTO_POST
from scraping.library import as_post, find
from scraping.models import Result, Search
from scraping.providers.base import Page, ProviderError, Query, Skipped, clean_text, gettext_noop
from scraping.shapes import Answer, read
from scraping.shapes.reading import MOST_BYTES, TOO_BIG

FILES = (".json", ".ndjson", ".jsonl", ".csv", ".tsv", ".txt", ".html", ".htm")
NO_VIDEO = gettext_noop("There is no video among what was brought over.")
_MOST_LIMIT = 32_767  # what Search.limit holds


@dataclass(frozen=True)
class Kept:
    """What came of a capture: its search, its videos (slideshows are not among them), and how many were new."""

    search: Search
    videos: tuple[Video, ...]
    new: int
    skipped: tuple[Skipped, ...]


def is_capture(name: str) -> bool:
    """Whether a file of this name would hold search results and no video; its content is looked at later."""
    return Path(name).suffix.lower() in FILES


def read_file(path: Path, name: str = "") -> Answer:
    """What a file of search results holds. Raises ProviderError, and OSError where it cannot be opened."""
    if path.stat().st_size > MOST_BYTES:
        raise ProviderError("too_large", TOO_BIG)
    return read(path.read_bytes(), name or path.name)


def keep(answer: Answer, owner: User, query: str) -> Kept:
    """Keep an answer as a search of its own, at once; its covers are fetched by a worker.

    Raises ProviderError, with what was left out, where no post is in it.
    """
    if not answer.posts:
        raise ProviderError("not_found", NO_VIDEO, skipped=answer.skipped)
    begun, started = timezone.now(), time.monotonic()
    photos = tuple(Skipped(post.external_id, PHOTO_POST) for post in answer.posts if post.is_photo)
    with transaction.atomic():
        videos = posts.store(answer.posts)
        search = _search(videos, owner, query, (*answer.skipped, *photos))
        sources.answered(Capture.name, time.monotonic() - started)
    seen = tuple(video for video in videos if not video.is_photo)
    return Kept(search, seen, sum(video.created_at >= begun for video in seen), (*answer.skipped, *photos))


def _search(videos: Sequence[Video], owner: User, query: str, skipped: Sequence[Skipped]) -> Search:
    """A search that has been answered already: the worker that takes it only fetches covers."""
    search = Search(
        query=clean_text(query)[:300] or _("Brought over"),
        source=Capture.name,
        answered=Capture.name,
        owner=owner,
        limit=min(max(len(videos), 1), _MOST_LIMIT),
        asked=[asked.line(Capture.name, "found", found=len(videos))],
        skipped=[{"what": item.what[:200], "reason": item.reason} for item in skipped],
    )
    search.enqueue()
    Result.objects.bulk_create(
        Result(search=search, video=video, position=place, play_count=video.play_count)
        for place, video in enumerate(videos, 1)
    )
    return search


def query_of(page: str) -> str:
    """What a TikTok page shows, by its address: the words searched for, a #hashtag or a @creator; "" unknown."""
    try:
        parts = urlsplit(page[:2000])
    except ValueError:
        return ""
    words = parse_qs(parts.query).get("q") or parse_qs(parts.query).get("keyword") or [""]
    if words[0].strip():
        return words[0].strip()[:300]
    path = [unquote(part) for part in parts.path.split("/") if part]
    if len(path) > 1 and path[0] == "tag":
        return f"#{path[1]}"[:300]
    return path[0][:300] if path and path[0].startswith("@") else ""


class Capture:
    """The posts that this user brought over, searched again: nobody outside is asked."""

    name = "capture"
    label = gettext_noop("Brought from my browser")
    needs = ()
    owner: Any = None

    def search(self, query: Query, cursor: str | None = None, limit: int = 30) -> Page:
        """A page of posts, newest first; the cursor is the number of posts before it."""
        start = int(cursor or 0)
        mine = Search.objects.filter(source=self.name, owner=self.owner)
        ids = Result.objects.filter(search__in=mine).values("video")
        videos = list(find(query.keyword, self.owner).filter(pk__in=ids)[start : start + limit + 1])
        following = str(start + limit) if len(videos) > limit else None
        return Page(tuple(as_post(video) for video in videos[:limit]), following)
