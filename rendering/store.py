"""The store of what films are made from: segments, art, sound, camera paths. Bounded; the longest unused goes first.

Whoever finds a file here calls `used`; whoever misses one makes it again. So a file may go at any time, and no reader
holds a lock: a file appears whole by a rename and goes by an unlink, which leaves it to those who have it open.
"""

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db.models import Min

from ranking.jobs import Job
from rendering.models import Render, Segment

logger = logging.getLogger(__name__)

ROOM = 0.9  # of the limit is kept when the store was full, so that not every film has to make room
LOOK_SECONDS = 0.1  # between two looks whether somebody else is ready


@dataclass(frozen=True, order=True)
class Item:
    """One file of the store: when it was last used (seconds since 1970), its size in bytes, its path."""

    used: float
    size: int
    path: Path


def used(path: Path) -> bool:
    """Note that a file of the store is used now; return whether it is there."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def put(made: Path, place: Path) -> Path:
    """Move a finished file to its place in the store, whole even when the power goes; return the place."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(made, place)
    return place


@contextmanager
def alone(name: str, *, wait: bool = True, report: Callable[[float], None] = lambda percent: None) -> Iterator[bool]:
    """Yield whether this is the only worker at what `name` says; by default wait until it is.

    `report` is called with 0 while it waits; whatever it raises ends the waiting.
    """
    path = settings.SEGMENTS_DIR / "locks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        while not (mine := _locked(file)) and wait:
            report(0)
            time.sleep(LOOK_SECONDS)
        yield mine  # closing the file lets go of it


def _locked(file: IO[str]) -> bool:
    """Lock a file unless somebody else has; return whether it is ours now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def trim(limit: int | None = None) -> int:
    """Remove what was not used for longest until the store holds at most `limit` bytes; return how many went.

    The setting SEGMENTS_MB is the limit where none is given. What a film in the making needs stays, so that much more
    may be held until it is made. Somebody else who trims is left to it.
    """
    limit = settings.SEGMENTS_BYTES if limit is None else limit
    with alone("trim", wait=False) as mine:
        items = sorted(_items()) if mine else []
        held = sum(item.size for item in items)
        return _remove(items, held - int(limit * ROOM)) if held > limit else 0


def unused(days: float) -> list[Item]:
    """Return the files that were not used for so many days and that no film in the making needs, longest first."""
    keys, since = _needed()
    limit = min(time.time() - days * 86400, since)
    found = (item for item in _items() if item.used < limit and item.path.stem not in keys)
    return sorted(item for item in found if item.path.parent.name != "locks")


def _remove(items: list[Item], excess: int) -> int:
    """Remove the first of the items that no film in the making needs until so many bytes are gone; return how many."""
    keys, since = _needed()
    gone = count = 0
    for item in items:
        if gone >= excess:
            break
        if item.path.stem in keys or item.used >= since:
            continue
        if forget(item):
            gone, count = gone + item.size, count + 1
    logger.info("%d files that were not used for long left the store", count)
    return count


def _needed() -> tuple[set[str], float]:
    """Return the keys that films in the making need, and since when they may have taken what else they need."""
    keys = Segment.objects.filter(render__status__in=Job.ACTIVE).values_list("key", flat=True)
    oldest = Render.objects.active().aggregate(first=Min("created_at"))["first"]
    return set(keys), oldest.timestamp() if oldest else float("inf")


def forget(item: Item) -> bool:
    """Remove a file unless it was used meanwhile; return whether it went."""
    try:
        if item.path.stat().st_mtime > item.used:
            return False
        item.path.unlink()
    except FileNotFoundError:  # somebody else was quicker
        return False
    return True


def _items() -> Iterator[Item]:
    """Give every file of the store, also what a killed worker left there half made."""
    for folder, _folders, names in os.walk(settings.SEGMENTS_DIR):
        for name in names:
            path = Path(folder, name)
            try:
                found = path.stat()
            except FileNotFoundError:  # somebody else removed or renamed it
                continue
            yield Item(found.st_mtime, found.st_size, path)
