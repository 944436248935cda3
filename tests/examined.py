"""Videos that were examined once, put into each test's own database and media folder: reading a file takes a second."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings

from ranking.models import User, Video
from scraping import ingest

FILES = ("file", "proxy", "cover", "filmstrip")
OWN = ("id", "owner", "external_id", "created_at")  # of each row for itself
_known: dict[Path, dict[str, Any]] = {}


def video_of(clip: Path, owner: User) -> Video:
    """Return the video of a clip, ready to be ranked; its files are kept beside the clip for the next test."""
    kept = clip.parent / f"{clip.name}-examined"
    if clip not in _known:
        video = ingest.ingest_file(clip, owner=owner)
        columns = {field.name: field.value_from_object(video) for field in Video._meta.concrete_fields}
        names = {name: columns[name].name or "" for name in FILES}
        for name in filter(None, names.values()):
            (kept / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(settings.MEDIA_ROOT / name, kept / name)
        _known[clip] = {name: columns[name] for name in columns if name not in OWN} | names
        return video
    shutil.copytree(kept, settings.MEDIA_ROOT, dirs_exist_ok=True)
    known = _known[clip]
    return Video.objects.create(owner=owner, external_id=f"{owner.pk}-{known['sha256'][:40]}", **known)
