"""Music that a user keeps to lay under films: added, found and taken away."""

from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from ranking import quotas
from ranking.jobs import JobError
from ranking.models import Project, Track, User
from scraping.ingest import keep, sha256
from scraping.probe import SOUND, BadFile, probe_sound, sniff
from scraping.providers.base import clean_text
from scraping.uploads import on_disk

LEAST_SECONDS = 2.0  # less is no music to go round
NAME_LETTERS = 200


def add_track(upload: UploadedFile, owner: User) -> Track:
    """Keep an uploaded piece of music, the same for the same file again; any file with sound will do.

    Raises BadFile or QuotaReached; then nothing is kept.
    """
    with on_disk(upload) as path:
        sniff(path, SOUND)
        digest = sha256(path)
        if known := owner.tracks.filter(sha256=digest).first():
            return known
        quotas.check_upload(owner, upload.size)
        facts = probe_sound(path)
        if facts["seconds"] < LEAST_SECONDS:
            raise BadFile("too_short", _("Music must last at least %(n)d seconds.") % {"n": LEAST_SECONDS})
        name = keep(path, Track.file.field, digest, f".{facts['container']}")
    title = clean_text(Path(upload.name or "").stem)[:NAME_LETTERS] or _("Music")
    fields = {"name": title, "file": name, "seconds": facts["seconds"]}
    return Track.objects.get_or_create(owner=owner, sha256=digest, defaults=fields)[0]


def add_file(path: Path, owner: User) -> Track:
    """Keep a copy of a file on this machine as music, as add_track() does. Raises BadFile; then nothing is kept."""
    sniff(path, SOUND)
    with path.open("rb") as file:
        return add_track(UploadedFile(file, path.name), owner)


def find_track(sha256: str) -> Path:
    """Return the file of a track. Raises JobError when it is gone."""
    track = Track.objects.filter(sha256=sha256).first()
    path = settings.MEDIA_ROOT / track.file.name if track else None
    if path is None or not path.exists():
        raise JobError(_("The music of this ranking is gone. Choose another."))
    return path


def remove_track(track: Track) -> str:
    """Delete a track that no ranking uses; return the sentence why it stays, or an empty text."""
    used = Project.objects.filter(track=track).first()
    if used:
        return _("This music lies under “%(ranking)s”. Choose other music there first.") % {"ranking": used.name}
    track.delete()
    return ""
