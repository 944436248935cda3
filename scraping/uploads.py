"""Files that a person sends: each is accepted or told why not, and what is accepted may join a ranking."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.utils.translation import gettext as _

from ranking import quotas
from ranking.models import Project, User, Video
from ranking.storage import work_folder
from scraping import captures
from scraping.downloading import start_ingest
from scraping.ingest import accept
from scraping.models import Search
from scraping.probe import BadFile
from scraping.providers.base import ProviderError


@dataclass(frozen=True)
class Received:
    """What came of one file: its video, the search that was saved in it, or why there is neither (BadFile's `code`)."""

    name: str
    video: Video | None = None
    search: Search | None = None
    error: str = ""
    code: str = ""


def receive(upload: UploadedFile, owner: User) -> Received:
    """Accept one uploaded file, a video that is then prepared or saved search results."""
    name = upload.name or _("a file without a name")
    if captures.is_capture(name):
        return _receive_capture(upload, name, owner)
    try:
        quotas.check_upload(owner, upload.size)
        quotas.check_jobs(owner)
        with on_disk(upload) as path:
            video = accept(path, owner=owner, original_name=name, move=True)
    except BadFile as bad:
        return Received(name, error=bad.message, code=bad.code)
    except quotas.QuotaReached as reached:
        return Received(name, error=str(reached), code="quota")
    start_ingest(video, owner)
    return Received(name, video)


def _receive_capture(upload: UploadedFile, name: str, owner: User) -> Received:
    try:
        with on_disk(upload) as path:
            kept = captures.keep(captures.read_file(path, name), owner, Path(name).stem)
    except ProviderError as error:
        return Received(name, error=_(error.message), code=error.kind)
    return Received(name, search=kept.search)


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
