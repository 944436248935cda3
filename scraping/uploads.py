"""Files that a person sends: each is accepted or told why not, and what is accepted may join a ranking."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.utils.translation import gettext as _

from ranking.models import Project, User, Video
from ranking.storage import work_folder
from scraping.downloading import start_ingest
from scraping.ingest import accept
from scraping.probe import BadFile


@dataclass(frozen=True)
class Received:
    """What came of one file: its video, or the sentence why there is none (`code` is BadFile's)."""

    name: str
    video: Video | None = None
    error: str = ""
    code: str = ""


def receive(upload: UploadedFile, owner: User) -> Received:
    """Accept one uploaded file and start preparing it."""
    name = upload.name or _("a file without a name")
    try:
        with on_disk(upload) as path:
            video = accept(path, owner=owner, original_name=name, move=True)
    except BadFile as bad:
        return Received(name, error=bad.message, code=bad.code)
    start_ingest(video, owner)
    return Received(name, video)


def add_to(project: Project, received: list[Received]) -> list[Received]:
    """Put the accepted videos into a ranking; those for which it has no room are told so."""
    told = []
    for item in received:
        if item.video:
            try:
                project.add(item.video)
            except ValueError as full:
                kept = _("The video is in your library.")
                item = Received(item.name, error=f"{full} {kept}", code="full")
        told.append(item)
    return told


@contextmanager
def on_disk(upload: UploadedFile) -> Iterator[Path]:
    """The uploaded bytes as a file on the data disk; a small one comes in memory and is written there first."""
    if isinstance(upload, TemporaryUploadedFile):
        yield Path(upload.temporary_file_path())
        return
    with work_folder("upload") as folder:
        path = folder / "file"
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        yield path
