"""Searches: started by a person or a program, worked on by the net queue, or answered at once by the library."""

import time
import uuid
from typing import Any

from django.utils import timezone

from ranking import quotas
from scraping import chain
from scraping.addresses import extract_links
from scraping.models import Search
from scraping.providers import names, provider_class

LIMIT = 30
MOST = 100
TICK = 0.5  # seconds


def source_for(text: str, chosen: str = "auto") -> str:
    """The source that a text is looked for in: links speak for themselves, `auto` asks settings.SOURCES in order.

    What only looks like a link is told so by the links too: no site is asked for an address as a keyword.
    Raises ValueError, a sentence, for an unknown source.
    """
    if "://" in text or extract_links(text):
        return "links"
    if chosen != "auto" and chosen not in names():
        provider_class(chosen)
    return chosen


def start_search(keyword: str, source: str, owner: Any, limit: int = LIMIT) -> Search:
    """Start a search and return it; one in the library is done already.

    Raises ValueError for an unknown source, and QuotaReached.
    """
    name = source_for(keyword, source)
    quotas.check_jobs(owner)
    search = Search(query=keyword.replace("\0", ""), source=name, owner=owner, limit=min(max(limit, 1), MOST))
    if name != "library":
        return search.enqueue()
    search.save()
    run_search(search.pk)
    search.refresh_from_db()
    return search


def run_search(pk: uuid.UUID | str) -> None:
    """Work on a search, if it is still there and nobody else does."""
    search = Search.objects.select_related("owner").filter(pk=pk).first()
    if search is None:
        return
    with search.running() as won:
        if won:
            chain.ask(search)


def run_to_end(search: Search) -> None:
    """Work on a search in this process until it has ended, also where its turn at a source comes later."""
    while True:
        run_search(search.pk)
        search.refresh_from_db()
        if not search.is_active:
            return
        waits = (search.not_before - timezone.now()).total_seconds() if search.not_before else TICK
        time.sleep(max(waits, TICK))  # a worker of the studio may have taken it
