"""Making room: each kind of thing that nobody needs any more is told before it goes, and no more goes than was told."""

import hashlib
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ranking.deleting import forget_file
from ranking.models import Video
from rendering import holding, store
from rendering.models import Render

DAYS = 14  # a segment that no film used for so long may go


@dataclass(frozen=True)
class Thing:
    """One thing that can go: a key that is only its own, its name for people, its bytes."""

    key: str
    name: str
    size: int
    row: Any


@dataclass(frozen=True)
class Offer:
    """What would go of one kind; `told` stands for just these things."""

    kind: str
    title: str | Promise
    hint: str | Promise
    things: list[Thing]

    @property
    def size(self) -> int:
        return sum(thing.size for thing in self.things)

    @property
    def told(self) -> str:
        return hashlib.sha256("\n".join(sorted(thing.key for thing in self.things)).encode()).hexdigest()


class Changed(Exception):
    """What would go is no longer what was told."""


@dataclass(frozen=True)
class Kind:
    title: Promise
    hint: Promise
    find: Callable[[Any], Iterable[Thing]]
    remove: Callable[[Any], bool]
    staff: bool = False  # it is of all who use the studio


def _films(user: Any) -> Iterable[Thing]:
    for film in holding.old_films(user):
        yield Thing(str(film.pk), film.project.name, holding.bytes_of([film.film.name, film.cover.name]), film)


def _videos(videos: Iterable[Video]) -> Iterable[Thing]:
    for video in videos:
        yield Thing(str(video.pk), str(video), holding.bytes_of(holding.files_of(video)), video)


def _segments(_user: Any) -> Iterable[Thing]:
    for item in store.unused(DAYS):
        name = str(item.path.relative_to(settings.SEGMENTS_DIR))
        yield Thing(f"{name} {item.used}", name, item.size, item)


def _left_over(_user: Any) -> Iterable[Thing]:
    for path in holding.left_over():
        yield Thing(path.name, path.name, holding.size_of(path), path)


def _remove_path(path: Path) -> bool:
    try:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    except FileNotFoundError:  # somebody else cleaned it up first
        return False
    return True


def _remove_film(film: Render) -> bool:
    return bool(Render.objects.filter(pk=film.pk).delete()[0])


@transaction.atomic
def forget_video(video: Video) -> bool:
    """Delete an upload with its files; return whether it went: one that a ranking has stays."""
    names = [(field, getattr(video, field).name) for field in holding.FILES]
    try:
        video.delete()
    except ProtectedError:
        return False
    for field, name in names:
        forget_file(Video._meta.get_field(field), name)
    return True


@transaction.atomic
def drop_file(video: Video) -> bool:
    """Remove a post's file and what was made of it; its row and cover stay, so that it can be fetched again."""
    held = Video.objects.select_for_update(of=("self",)).filter(pk=video.pk, entries=None).first()
    if held is None:
        return False
    names = {field: getattr(held, field).name for field in ("file", "proxy", "filmstrip")}
    Video.objects.filter(pk=held.pk).update(**dict.fromkeys(names, ""), sha256="", waveform=[], moments={})
    for field, name in names.items():
        forget_file(Video._meta.get_field(field), name)
    return True


KINDS = {
    "films": Kind(
        _("Earlier films"),
        _("Films that a newer one of the same ranking has taken the place of. The last film of each ranking stays."),
        _films,
        _remove_film,
    ),
    "uploads": Kind(
        _("Uploads in no ranking"),
        _(
            "Your own videos that no ranking has. They are gone for good, unless you have them elsewhere."
            " What came in within the last hour stays."
        ),
        lambda user: _videos(holding.unused_videos(user)),
        forget_video,
    ),
    "posts": Kind(
        _("Fetched posts in no ranking"),
        _("Only their files go: the posts stay in the library and can be fetched again."),
        lambda _user: _videos(holding.unused_posts()),
        drop_file,
        staff=True,
    ),
    "segments": Kind(
        _("Parts of films that were not used for 14 days"),
        _("They make the next film of the same clips quicker; without them it is filmed anew."),
        _segments,
        store.forget,
        staff=True,
    ),
    "left": Kind(
        _("Left over from downloads"),
        _("What downloads and stopped workers left half done."),
        _left_over,
        _remove_path,
        staff=True,
    ),
}


def offers(user: Any) -> list[Offer]:
    """Return what would go of each kind that this user may clear, also where that is nothing."""
    return [offer(user, name) for name, kind in KINDS.items() if user.is_staff or not kind.staff]


def offer(user: Any, name: str) -> Offer:
    """Return what would go of one kind. Raises KeyError for a kind that is not this user's to clear."""
    kind = KINDS[name]
    if kind.staff and not user.is_staff:
        raise KeyError(name)
    return Offer(name, kind.title, kind.hint, list(kind.find(user)))


def clear(user: Any, name: str, told: str) -> tuple[int, int]:
    """Remove what was told of one kind; return how many things and bytes went.

    Raises Changed, with nothing removed, when it is no longer the same, and KeyError as `offer` does.
    """
    found = offer(user, name)
    if found.told != told:
        raise Changed
    gone = [thing.size for thing in found.things if KINDS[name].remove(thing.row)]
    return len(gone), sum(gone)


def own_uploads(user: Any, ids: Iterable[int]) -> list[Video]:
    """Return those of these videos that are the user's own uploads and that nothing needs."""
    return list(holding.unneeded(Video.objects.filter(owner=user, pk__in=list(ids))).order_by("created_at"))


def size_of(videos: Iterable[Video]) -> int:
    """Return the bytes of the files of these videos."""
    return holding.bytes_of([name for video in videos for name in holding.files_of(video)])
