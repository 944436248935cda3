"""What the studio holds on its disk: by kind, and which of it nobody needs any more.

Nothing that a ranking has, and nothing that a film in the making needs, is ever among that.
"""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.utils import timezone

from ranking import storage
from ranking.jobs import Job
from ranking.models import Video
from rendering.models import Render
from scraping.models import Download

FOLDERS = {  # of the media, by kind
    "videos": ("videos", "proxies", "covers", "filmstrips"),
    "films": ("films",),
    "sounds": ("tracks", "voices"),
}
FILES = ("file", "proxy", "cover", "filmstrip")  # of a video
FRESH = timedelta(hours=1)  # a video that came in just now may be on its way into a ranking


@dataclass(frozen=True)
class Held:
    """Files of one kind: how many, and their bytes together."""

    kind: str
    count: int
    size: int


def held() -> list[Held]:
    """Return what lies on the disk of the whole studio, by kind."""
    places = {kind: [settings.MEDIA_ROOT / name for name in names] for kind, names in FOLDERS.items()}
    places |= {"segments": [settings.SEGMENTS_DIR], "temp": [settings.TEMP_DIR]}
    return [_held(kind, (size for folder in folders for size in _sizes(folder))) for kind, folders in places.items()]


def _held(kind: str, sizes: Iterator[int]) -> Held:
    known = list(sizes)
    return Held(kind, len(known), sum(known))


def _sizes(folder: Path) -> Iterator[int]:
    for root, _folders, names in os.walk(folder):
        for name in names:
            if (size := _size(Path(root, name))) is not None:
                yield size


def _size(path: Path) -> int | None:
    """Return a file's bytes, None where somebody else removed it meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def bytes_of(names: list[str]) -> int:
    """Return the bytes of the media's files of these names; one that is gone has none, one named twice counts once."""
    return sum(_size(Path(default_storage.path(name))) or 0 for name in set(names) if name)


def files_of(video: Video) -> list[str]:
    return [name for field in FILES if (name := getattr(video, field).name)]


def old_films(user: Any) -> QuerySet[Render]:
    """Return the user's films that a newer one of the same ranking has taken the place of, the oldest first.

    Each ranking keeps its last finished film, and its last draft where that is newer.
    """
    films = Render.objects.owned_by(user).filter(status=Render.Status.DONE).exclude(film="")
    kept: dict[int, list[Any]] = {}
    for pk, project, draft in films.order_by("-created_at").values_list("pk", "project_id", "draft"):
        known = kept.setdefault(project, [])
        if not draft and not any(is_draft is False for is_draft, _pk in known):
            known.append((False, pk))
        elif draft and not known:
            known.append((True, pk))
    last = [pk for known in kept.values() for _draft, pk in known]
    return films.exclude(pk__in=last).select_related("project").order_by("created_at")


def filmed() -> set[str]:
    """Return the hashes of the videos that films in the making need."""
    plans = Render.objects.active().values_list("plan", flat=True)
    return {clip["clip"] for plan in plans for clip in plan.get("clips", ())}


def unneeded(videos: QuerySet[Video]) -> QuerySet[Video]:
    """Return those of these videos that no ranking has, no film in the making needs and nobody is at."""
    at_work = Q(downloads__status__in=Job.ACTIVE) | Q(ingests__status__in=Job.ACTIVE)
    return videos.filter(entries=None).exclude(sha256__in=filmed()).exclude(at_work)


def unused_videos(user: Any) -> QuerySet[Video]:
    """Return the user's uploads that nobody needs, but those that came in just now; the oldest first."""
    return unneeded(Video.objects.filter(owner=user, created_at__lt=timezone.now() - FRESH)).order_by("created_at")


def unused_posts() -> QuerySet[Video]:
    """Return the posts with a file that nobody needs and that can be fetched again; the oldest first."""
    posts = Video.objects.filter(owner=None, created_at__lt=timezone.now() - FRESH).exclude(url="").exclude(file="")
    return unneeded(posts).order_by("created_at")


def left_over() -> list[Path]:
    """Return what downloads and killed workers left in the temporary folder: nothing that somebody is at."""
    active = {job.folder for job in Download.objects.active()}
    limit = time.time() - storage.TEMP_HOURS * 3600
    found = []
    for path in settings.TEMP_DIR.iterdir() if settings.TEMP_DIR.exists() else ():
        ended = path.name.startswith("download-") and path.name not in active
        try:
            if path.name not in active and (ended or path.stat().st_mtime < limit):
                found.append(path)
        except FileNotFoundError:  # somebody else cleaned it up first
            continue
    return sorted(found)


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all in a folder."""
    return sum(_sizes(path)) if path.is_dir() else _size(path) or 0


def own(user: Any) -> list[Held]:
    """Return what the user's own films and uploads take."""
    films = [name for row in Render.objects.owned_by(user).values_list("film", "cover") for name in row if name]
    uploads = [name for row in Video.objects.filter(owner=user).values_list(*FILES) for name in row if name]
    return [Held(kind, len(set(names)), bytes_of(names)) for kind, names in (("films", films), ("videos", uploads))]


def free() -> int:
    """Return the bytes that are free on the disk of the studio's files."""
    return shutil.disk_usage(settings.DATA_DIR).free
