"""Saved searches: asked again each morning, and what rose since the time before."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from ranking.jobs import Job
from ranking.models import Video
from scraping.models import Result, SavedSearch, Search

SHOWN = 3  # videos that rose most, of one saved search


@dataclass(frozen=True)
class Change:
    """What the last run of a saved search found that the one before had not; empty where there is no one before."""

    saved: SavedSearch
    last: Search | None
    new: int
    risen: list[tuple[Video, int]]  # the most first, with how many plays more


def save_search(search: Search) -> SavedSearch:
    """Keep a search as one that is asked again each morning; it counts as its first run."""
    saved, _made = SavedSearch.objects.get_or_create(owner=search.owner, query=search.query, source=search.source)
    Search.objects.filter(pk=search.pk).update(saved=saved)
    return saved


def repeat_all() -> int:
    """Ask every saved search that was not asked today again; return how many. Called twice, it asks once."""
    return sum(repeat(pk) is not None for pk in SavedSearch.objects.values_list("pk", flat=True))


def repeat(pk: int) -> Search | None:
    """Ask a saved search again, unless that was done today (in the studio's time zone)."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        saved = SavedSearch.objects.select_for_update().filter(pk=pk).first()  # two timers wait for each other here
        if saved is None or saved.searches.filter(created_at__gte=today).exists():
            return None
        last = saved.searches.first()  # whoever saved it reads the same language again
        search = Search(query=saved.query, source=saved.source, owner=saved.owner, saved=saved)
        search.language = last.language if last else ""
        return search.enqueue()


def counts_before(search: Search) -> dict[int, int | None] | None:
    """The plays of each video, by its key, at the run before this one; None for a search that is not a later run."""
    if search.saved_id is None:
        return None
    runs = Search.objects.filter(saved=search.saved_id, status=Job.Status.DONE, created_at__lt=search.created_at)
    before = runs.order_by("-created_at").first()
    return None if before is None else dict(Result.objects.filter(search=before).values_list("video", "play_count"))


def changes(owner: Any) -> list[Change]:
    """What rose in each saved search of an owner, by query. Costs the same three queries however many there are."""
    runs: dict[int, list[Search]] = {}
    for search in _last_two(owner):
        runs.setdefault(search.saved_id, []).append(search)
    results: dict[Any, dict[int, Result]] = {}
    for row in _results([search for pair in runs.values() for search in pair]):
        results.setdefault(row.search_id, {})[row.video_id] = row
    saved = SavedSearch.objects.filter(owner=owner)
    return [_change(each, [(run, results.get(run.pk, {})) for run in runs.get(each.pk, [])]) for each in saved]


def _last_two(owner: Any) -> QuerySet[Search]:
    """The last two finished runs of each saved search, the later first."""
    done = Search.objects.filter(saved__owner=owner, status=Job.Status.DONE)
    turn = Window(RowNumber(), partition_by=F("saved"), order_by=F("created_at").desc())
    return done.annotate(turn=turn).filter(turn__lte=2).order_by("-created_at")


def _results(searches: list[Search]) -> QuerySet[Result]:
    rows = Result.objects.filter(search__in=searches, video__hidden=False).select_related("video")
    names = ("caption", "author", "source", "external_id", "cover")
    return rows.only("search", "play_count", *(f"video__{name}" for name in names))


def _change(saved: SavedSearch, runs: list[tuple[Search, dict[int, Result]]]) -> Change:
    if len(runs) < 2:
        return Change(saved, runs[0][0] if runs else None, 0, [])
    (last, after), (_before, before) = runs
    risen = []
    for pk, row in after.items():
        earlier = before[pk].play_count if pk in before else None
        if row.play_count is not None and earlier is not None and row.play_count > earlier:
            risen.append((row.video, row.play_count - earlier))
    risen.sort(key=lambda pair: pair[1], reverse=True)
    return Change(saved, last, len(after.keys() - before.keys()), risen[:SHOWN])
