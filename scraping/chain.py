"""A search asks its sources in order until one has videos; each says its line, and no two are mixed."""

import logging
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from ranking.jobs import JobError, Stopped
from ranking.models import Video
from scraping import asked, posts, sources
from scraping.models import Result, Search
from scraping.pages import Pages
from scraping.providers import names
from scraping.providers.base import Page, Post, ProviderError, Skipped, gettext_noop

logger = logging.getLogger(__name__)

MOST = 300  # videos of one search, however often more is asked for
MOST_PAGES = 12  # asked for in one go: sources say “more” for ever
LOCAL = frozenset({"library", "capture"})  # that nothing is known here says nothing of what there is
START = "^"  # the cursor of a first page of which something is left over
COVERS = 4  # fetched before the page shows them; however slow they are, a job's lease is longer

OFF = gettext_noop("This source is switched off. Switch it on under Sources, or choose another one.")


def ask(search: Search) -> None:
    """Find a search's videos, or go on where it stopped; raises JobError where no source answered, Later, Stopped."""
    if search.answered:
        _go_on(search)
    else:
        _ask_in_order(search)
    _fetch_covers(search)


def more(search: Search, count: int) -> bool:
    """Have the same source asked for `count` more; return whether it goes on: not while it works, nor at its end."""
    done = Search.objects.filter(pk=search.pk, status=Search.Status.DONE, limit__lte=MOST - count)
    fresh = {"status": Search.Status.QUEUED, "percent": 0, "finished_at": None, "started_at": None, "message": ""}
    going = done.exclude(next_cursor="").update(limit=F("limit") + count, not_before=None, nudged_at=None, **fresh)
    search.refresh_from_db()
    if going:
        transaction.on_commit(search.nudge)
        search.publish()
    return bool(going)


def _ask_in_order(search: Search) -> None:
    said = {told["source"] for told in search.asked}  # before this worker took the search over
    for name in settings.SOURCES if search.source == "auto" else [search.source]:
        if name not in names():
            logger.warning("there is no source “%s”: see SOURCES", name)
        elif name not in said and _has_videos(search, name):
            return
    if problem := _problem(search):
        raise JobError(problem)


def _has_videos(search: Search, name: str) -> bool:
    """Ask one source and write its line; return whether the search's videos are from it."""
    if not sources.is_on(name):
        _tell(search, asked.line(name, "off", OFF))
        return False
    search.report(5, _("Asking %(source)s") % {"source": asked.name(name)})
    pages = Pages(search, name)
    try:
        _collect(search, pages, None)
    except ProviderError as error:
        _leave_out(search, error.skipped)
        _tell(search, asked.line(name, error.kind, error.message, until=pages.until))
    else:
        if not search.answered:
            _tell(search, asked.line(name, "empty"))
    return search.answered == name


def _go_on(search: Search) -> None:
    """Ask the source of this search's videos for what follows; a refusal costs nothing of what is there."""
    if not search.next_cursor or search.found.count() >= search.limit:
        return
    pages = Pages(search, search.answered)
    try:
        _collect(search, pages, search.next_cursor)
    except ProviderError as error:
        _leave_out(search, error.skipped)
        _tell(search, asked.line(search.answered, error.kind, error.message, until=pages.until))


def _collect(search: Search, pages: Pages, cursor: str | None) -> None:
    """Read page after page until the search has enough, storing and showing each at once."""
    seen = set(search.found.values_list("source", "external_id"))
    for _number in range(MOST_PAGES):
        page = pages.read(None if cursor == START else cursor)
        fresh = list({(post.source, post.external_id): post for post in page.posts}.items())
        fresh = [(key, post) for key, post in fresh if key not in seen]
        room = search.limit - len(seen)
        following = page.next_cursor if fresh and page.next_cursor != cursor else None  # else it goes in circles
        if len(fresh) > room:
            following = cursor or START
        seen.update(key for key, _post in fresh[:room])
        if seen:
            _store(search, pages, page, [post for _key, post in fresh[:room]], following, len(seen))
        else:  # _tell keeps it
            _leave_out(search, page.skipped)
        if not following or len(seen) >= search.limit:
            return
        cursor = following


def _store(search: Search, pages: Pages, page: Page, fresh: Sequence[Post], following: str | None, count: int) -> None:
    """Keep a page's posts as results, with the line that says how many there are, and show them."""
    videos = _known(search, fresh) if pages.is_local else posts.store(fresh)
    with transaction.atomic():
        _hold(search)
        last = Result.objects.filter(search=search).aggregate(last=Max("position"))["last"] or 0
        counts = {(post.source, post.external_id): post.play_count for post in fresh}
        Result.objects.bulk_create(
            Result(search=search, video=video, position=place, play_count=counts[video.source, video.external_id])
            for place, video in enumerate(videos, last + 1)
        )
        search.answered, search.next_cursor = pages.name, (following or "") if count < MOST else ""
        search.note = page.note[:300] or search.note
        _leave_out(search, page.skipped)
        found = asked.line(pages.name, "found", found=count, age=pages.age)
        search.asked = [told for told in search.asked if told["source"] != pages.name] + [found]
        search.save(update_fields=["answered", "next_cursor", "note", "skipped", "asked"])
    search.report(5 + 60 * min(count / search.limit, 1))
    search.publish()


def _hold(search: Search) -> None:
    """Lock the search's row; raises Stopped where it was cancelled, or another worker has it by now."""
    mine = Search.objects.select_for_update().filter(pk=search.pk, status=Search.Status.RUNNING)
    if not mine.filter(attempt=search.attempt).exists():
        raise Stopped


def _known(search: Search, found: Sequence[Post]) -> list[Video]:
    """The rows of posts that a source read from the studio itself: nothing about them is news."""
    ids = {(post.source, post.external_id) for post in found}
    rows = Video.objects.visible_to(search.owner).filter(external_id__in=[external_id for _source, external_id in ids])
    by_id = {(video.source, video.external_id): video for video in rows}
    return [by_id[key] for post in found if (key := (post.source, post.external_id)) in by_id]


def _tell(search: Search, line: dict[str, Any]) -> None:
    """Write a source's line; one that it has already, and that says something else than “found”, gives way."""
    others = [told for told in search.asked if told["source"] != line["source"] or told["kind"] == "found"]
    search.asked = [*others, line]
    search.save(update_fields=["asked", "skipped"])
    search.publish()


def _leave_out(search: Search, skipped: Sequence[Skipped]) -> None:
    rows = [{"what": item.what, "reason": item.reason} for item in skipped]
    search.skipped = [*search.skipped, *(row for row in rows if row not in search.skipped)]


def _problem(search: Search) -> str:
    """Why nothing was found, in one sentence; "" where nothing is the truth: a source out there said so."""
    if search.source != "auto":
        off = any(told["kind"] == "off" for told in search.asked)
        return _(OFF) if off else asked.problem(search.asked)
    if any(told["kind"] in ("empty", "not_found") and told["source"] not in LOCAL for told in search.asked):
        return ""
    step = asked.problem(search.asked)
    return " ".join((_("No source answered."), step)) if step else ""


def _fetch_covers(search: Search) -> None:
    """Fetch the covers that are missing, a few at a time, and show each few; where hardly any comes, leave the rest."""
    missing = list(search.found.filter(cover="").exclude(cover_url="").order_by("result__position"))
    in_vain = 0
    for start in range(0, len(missing), COVERS):
        few = missing[start : start + COVERS]
        posts.fetch_covers(few, search)
        in_vain = 0 if any(video.cover for video in few) else in_vain + 1
        if in_vain == 2:
            return
        search.report(65 + 35 * min(start + COVERS, len(missing)) / len(missing))
        search.publish()
