"""What every new file goes through, wherever it came from: accepted, then completed with pictures and a proxy."""

import errno
import hashlib
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import FileField
from django.utils.translation import gettext as _

from ranking.ffmpeg import FFmpegError
from ranking.models import User, Video
from ranking.storage import work_folder
from scraping import decode, pictures
from scraping.facts import Facts
from scraping.hashing import hashes
from scraping.looking import is_looked_at, look
from scraping.probe import BadFile, probe, sniff
from scraping.providers.base import clean_text

logger = logging.getLogger(__name__)

TITLE_LETTERS = 200
CHUNK = 1024 * 1024
PICTURES_SHARE = 60.0  # percent of the preparing that the pictures take


def ingest_file(
    path: Path | str,
    *,
    owner: User | None,
    source: str = "file",
    external_id: str = "",
    caption: str = "",
    original_name: str = "",
    move: bool = False,
    report: decode.Report = decode.silent,
) -> Video:
    """Accept a file and complete it at once; return its Video. Raises BadFile."""
    video = accept(
        path,
        owner=owner,
        source=source,
        external_id=external_id,
        caption=caption,
        original_name=original_name,
        move=move,
    )
    try:
        complete(video, report)
    except BaseException:
        if not is_complete(video):
            discard(video)
        raise
    return video


def accept(
    path: Path | str,
    *,
    owner: User | None,
    source: str = "file",
    external_id: str = "",
    caption: str = "",
    original_name: str = "",
    move: bool = False,
) -> Video:
    """Examine a file, keep it under its content's hash and return its Video, the same for the same file again.

    Without external_id the file belongs to `owner`, and its hash is its id. Raises BadFile; then nothing is kept.
    """
    path = Path(path)
    sniff(path)
    digest = sha256(path)
    key = external_id or (f"{owner.pk}-{digest[:40]}" if owner else digest[:40])
    known = Video.objects.ready().filter(source=source, external_id=key, sha256=digest).first()
    if known and Path(known.file.path).exists():
        return known
    facts = probe(path)
    title = clean_text(caption) or clean_text(Path(original_name or path.name).stem)
    fields = {"owner": owner, "caption": title[:TITLE_LETTERS]}
    with _kept(path, digest, facts, move) as name, transaction.atomic():
        video, _new = Video.objects.get_or_create(source=source, external_id=key, defaults=fields)
        _describe(video, name, digest, facts)
    return video


def attach(video: Video, path: Path | str, *, move: bool = True) -> Video:
    """Give a known post its file; raises BadFile, and then the post is as it was."""
    path = Path(path)
    facts = probe(path)
    digest = sha256(path)
    with _kept(path, digest, facts, move) as name, transaction.atomic():
        _describe(video, name, digest, facts)
    return video


def complete(video: Video, report: decode.Report = decode.silent) -> None:
    """Make pictures, a proxy where no browser plays the file, and the curves that its best moments come from.

    What another owner of the same file already has is taken over. Raises BadFile where no frame can be decoded.
    """
    if not has_pictures(video) and not _take_over(video):
        _picture(video, lambda percent: report(PICTURES_SHARE * percent / 100))
    if not is_looked_at(video):
        look(video, lambda percent: report(PICTURES_SHARE + (100 - PICTURES_SHARE) * percent / 100))


def _picture(video: Video, report: decode.Report) -> None:
    """Make cover, filmstrip, waveform, frame hashes and, where no browser plays the file, a proxy."""
    facts = Facts.of(video.facts)
    with work_folder("ingest") as folder:
        proxy = _read(Path(video.file.path), facts, folder, report)
        frames = pictures.load(folder)
        if not frames:
            raise BadFile("corrupt")
        best = pictures.best(frames)
        pictures.cover(best, folder / "cover.webp")
        pictures.filmstrip(frames, folder / "filmstrip.webp")
        video.waveform = pictures.waveform(folder / "sound.raw")
        video.hashes = hashes(frames)
        video.filmstrip.name = keep(folder / "filmstrip.webp", Video.filmstrip.field, video.sha256)
        if not video.cover:  # a post keeps the cover that its author chose
            video.cover.name = keep(folder / "cover.webp", Video.cover.field, video.sha256)
            video.cover_hashes = hashes([best])
        if proxy:
            video.proxy.name = keep(proxy, Video.proxy.field, video.sha256)
    video.save(update_fields=["waveform", "hashes", "filmstrip", "cover", "cover_hashes", "proxy"])


def discard(video: Video) -> bool:
    """Take away a video that is in no ranking, and its files that no other video shares; return whether it went."""
    if video.entries.exists():
        return False
    names = [item.name for item in (video.file, video.proxy, video.cover, video.filmstrip) if item]
    digest = video.sha256
    video.delete()
    _remove(names, digest)
    return True


def _remove(names: list[str], digest: str) -> None:
    """Remove files that were made of these bytes, unless another video is made of the same."""
    if not Video.objects.filter(sha256=digest).exclude(sha256="").exists():
        for name in names:
            (settings.MEDIA_ROOT / name).unlink(missing_ok=True)


def is_complete(video: Video) -> bool:
    """True where complete() has been here and all that it made still lies where it should."""
    return has_pictures(video) and is_looked_at(video)


def has_pictures(video: Video) -> bool:
    """True where a video's pictures and proxy lie where they should."""
    plays = not video.facts or Facts.of(video.facts).plays_in_browsers
    made = [video.filmstrip, video.cover, *([] if plays else [video.proxy])]
    return all(item and Path(item.path).exists() for item in made)


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path, facts: Facts, folder: Path, report: decode.Report) -> Path | None:
    try:
        return decode.read(path, facts, folder, report=report)
    except FFmpegError as error:
        logger.warning("a file that was found sound could not be decoded: %s", error)
        raise BadFile("corrupt") from error


def _describe(video: Video, name: str, digest: str, facts: Facts) -> None:
    if video.sha256 != digest:  # other bytes than before, or the first
        _forget(video)
    video.file.name, video.sha256 = name, digest
    video.facts, video.duration = facts.as_dict(), facts.duration
    video.search_text = video.searchable()
    video.save()


def _forget(video: Video) -> None:
    """Drop what was made of a file that is replaced."""
    names = [item.name for item in (video.file, video.proxy, video.filmstrip) if item]
    if names:
        digest, pk = video.sha256, video.pk
        transaction.on_commit(lambda: _remove(names, digest) if Video.objects.get(pk=pk).sha256 != digest else None)
    video.proxy.name = video.filmstrip.name = ""
    video.waveform, video.hashes, video.moments = [], [], {}


def _take_over(video: Video) -> bool:
    """Use the pictures that were made for the same bytes before; return whether there were any."""
    same = Video.objects.filter(sha256=video.sha256).exclude(pk=video.pk).exclude(filmstrip="")
    for twin in same:
        if has_pictures(twin):
            names = ["waveform", "hashes", "moments", "filmstrip", "proxy"]
            names += [] if video.cover else ["cover", "cover_hashes"]
            for name in names:
                setattr(video, name, getattr(twin, name))
            video.save(update_fields=names)
            return True
    return False


@contextmanager
def _kept(path: Path, digest: str, facts: Facts, move: bool) -> Iterator[str]:
    """Put a file where the studio keeps its videos, give its name, and take it away again when what follows fails."""
    name = f"videos/{digest}.{facts.container}"
    place = settings.MEDIA_ROOT / name
    was_there = place.exists() and place.stat().st_size == path.stat().st_size
    if not was_there:
        _copy(path, place, link=move)
    try:
        yield name
    except BaseException:
        if not was_there:
            place.unlink(missing_ok=True)
        raise
    if move:
        path.unlink(missing_ok=True)


def keep(path: Path, field: FileField, stem: str, suffix: str = "") -> str:
    """Keep a file, under its own suffix or this one, where the field's files lie; return the name for the field."""
    name = f"{field.upload_to}/{stem}{suffix or path.suffix}"
    _copy(path, settings.MEDIA_ROOT / name, link=True)
    return name


def _copy(path: Path, place: Path, *, link: bool) -> None:
    """Copy so that the place holds the whole file or nothing, whenever the power goes; raises BadFile on a full disk.

    A file that is to leave its old place anyway is linked where that can be done: nothing to copy.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with work_folder("keep") as folder:
            copy = folder / place.name
            if not (link and _linked(path, copy)):
                shutil.copyfile(path, copy)
            copy.chmod(settings.FILE_UPLOAD_PERMISSIONS)
            with copy.open("rb") as file:
                os.fsync(file.fileno())
            os.replace(copy, place)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise BadFile("too_large", _("There is no room left on the disk for this file.")) from error


def _linked(path: Path, copy: Path) -> bool:
    try:
        os.link(path, copy)
    except OSError:  # another disk, or a file system without links
        return False
    return True
