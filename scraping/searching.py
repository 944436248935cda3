"""Searches: started by a person or a program, worked on by the net queue, or answered at once by the library."""

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ranking.jobs import JobError
from ranking.models import Video
from scraping import library, posts
from scraping.addresses import extract_links
from scraping.models import Result, Search
from scraping.providers import names, provider
from scraping.providers.base import ProviderError, Query, Skipped

LIMIT = 30
MOST = 100


def source_for(text: str, chosen: str = "auto") -> str:
    """The source that a text is looked for in: links speak for themselves, auto is the library.

    Raises ValueError, a sentence, for an unknown source.
    """
    if extract_links(text):
        return "links"
    if chosen == "auto":
        return "library"
    if chosen not in names():
        provider(chosen)
    return chosen


def start_search(keyword: str, source: str, owner: Any, limit: int = LIMIT) -> Search:
    """Start a search and return it; one in the library is done already. Raises ValueError for an unknown source."""
    name = source_for(keyword, source)
    search = Search(query=keyword.replace("\0", ""), source=name, owner=owner, limit=min(max(limit, 1), MOST))
    if name != "library":
        return search.enqueue()
    search.save()
    run_search(search.pk)
    search.refresh_from_db()
    return search


def run_search(pk: uuid.UUID | str) -> None:
    """Work on a search, if it is still there and nobody else does."""
    search = Search.objects.filter(pk=pk).first()
    if search is None:
        return
    with search.running() as won:
        if won:
            _record(search, _ask(search))


def _ask(search: Search) -> list[Video]:
    """The videos that the source answers with; raises JobError."""
    if search.source == "library":
        return list(library.find(search.query, search.owner)[: search.limit])
    search.report(5)
    source = provider(search.source, posts.fetch_options())
    try:
        page = source.search(Query(search.query), limit=search.limit)
    except ProviderError as error:
        _tell(search, error.skipped)
        raise JobError(_(error.message)) from error
    _tell(search, page.skipped, page.note)
    videos = posts.store(page.posts)
    search.report(70)
    posts.fetch_covers(videos)
    return videos


def _tell(search: Search, skipped: tuple[Skipped, ...], note: str = "") -> None:
    search.skipped = [{"what": item.what, "reason": item.reason} for item in skipped]
    search.note = note[:300]
    search.save(update_fields=["skipped", "note"])


def _record(search: Search, videos: list[Video]) -> None:
    rows = [Result(search=search, video=video, position=position) for position, video in enumerate(videos, 1)]
    with transaction.atomic():
        Result.objects.filter(search=search).delete()
        Result.objects.bulk_create(rows)
