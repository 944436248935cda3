"""What the page of a search shows: its videos with what is known of each, re-uploads behind the first of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from ranking import scoring
from ranking.jobs import Job
from ranking.models import Entry, Video
from scraping import reuploads
from scraping.filters import ResultsForm
from scraping.models import Result, Search
from scraping.saved import counts_before

MOST_WAITING = 12  # places kept for what is still to come: about what a screen shows
TOPS = (3, 5, 10)
LARGE = ("facts", "waveform", "moments")  # and no list shows them


@dataclass(frozen=True)
class Shown:
    """The page of a search: the videos as sorted and filtered, the form that says so, and the best few if asked for.

    `whole` counts all videos found, re-uploads once, and `copies` those re-uploads; `waiting` has a number for each
    place kept for what is to come.
    """

    videos: list[Video]
    whole: int
    form: ResultsForm
    top: list[Video]
    waiting: range
    copies: int

    @property
    def tops(self) -> tuple[int, ...]:
        """How many of the best can be picked at once."""
        return TOPS


def shown(search: Search, said: Mapping[str, Any]) -> Shown:
    """The page of a search as its address says it. Costs the same few queries however many videos there are."""
    everything = found(search)
    videos = grouped(everything, reuploads.groups)
    form = ResultsForm(said, videos)
    passing = form.applied(videos)
    room = min(search.limit - len(videos), MOST_WAITING) if search.is_active else 0
    waiting, copies = range(max(room, 0)), len(everything) - len(videos)
    return Shown(passing, len(videos), form, best(passing, form.said.get("top", 0)), waiting, copies)


def found(search: Search) -> list[Video]:
    """The videos of a search in the source's order, each with `used`, `used_at`, `score`, `is_new` and `rise`.

    `used` tells whether a finished film of the searcher shows it, `used_at` when a film of their channel last did, and
    `rise` how many more plays it has than at the last run of a saved search (None where it is not known).
    """
    films = {"project__renders__status": Job.Status.DONE, "project__renders__draft": False}
    films |= {"video": OuterRef("video"), "project__owner": search.owner_id}
    rows = Result.objects.filter(search=search, video__hidden=False).select_related("video").order_by("position")
    rows = rows.defer(*(f"video__{name}" for name in LARGE))
    rows = rows.annotate(used=Exists(Entry.objects.filter(**films)), marked=F("video__facts__watermarked"))
    before, now = counts_before(search), timezone.now()
    channel = search.owner.channel if search.owner else None
    shown_at = channel.used() if channel else {}
    videos = []
    for row in rows:
        video = row.video
        video.used, video.marked, video.score = row.used, bool(row.marked), scoring.of_video(video, now)
        video.channel, video.used_at = channel, shown_at.get(video.pk)
        video.is_new = before is not None and video.pk not in before
        video.rise = _rise(row.play_count, (before or {}).get(video.pk))
        videos.append(video)
    return videos


def _rise(plays: int | None, before: int | None) -> int | None:
    return None if plays is None or before is None else plays - before


def apart(videos: Sequence[Video]) -> list[list[Video]]:
    """Each video as a group of its own."""
    return [[video] for video in videos]


def grouped(videos: Sequence[Video], groups: Callable[[Sequence[Video]], list[list[Video]]] = apart) -> list[Video]:
    """The first of each group that can be picked, its re-uploads in `reuploads`, at the place of the group's first."""
    place = {video.pk: number for number, video in enumerate(videos)}
    fronts = {}
    for group in groups(videos):
        front = next((video for video in group if video.is_pickable), group[0])
        front.reuploads = [video for video in group if video is not front]
        fronts[min(place[video.pk] for video in group)] = front
    return [fronts[number] for number in sorted(fronts)]


def best(videos: Sequence[Video], count: int) -> list[Video]:
    """So many videos with the best score, the best first; those that cannot be picked and those of no score are out."""
    scored = [video for video in videos if video.is_pickable and video.score.total is not None]
    return sorted(scored, key=lambda video: video.score.total, reverse=True)[:count]
