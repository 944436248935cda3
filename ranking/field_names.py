"""What the admin calls the columns whose own names are English words of the code."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

FIELD_NAMES = {
    # jobs of all kinds
    "attempt": _("attempt"),
    "created_at": _("made at"),
    "error": _("what went wrong"),
    "finished_at": _("ended at"),
    "heartbeat_at": _("last sign of life"),
    "language": _("language"),
    "lost_workers": _("lost workers"),
    "message": _("what it is doing"),
    "not_before": _("not before"),
    "nudged_at": _("last nudge"),
    "owner": _("owner"),
    "percent": _("percent"),
    "stage": _("stage"),
    "started_at": _("begun at"),
    "status": _("status"),
    # videos, and how they are found
    "answered": _("who answered"),
    "asked": _("who was asked"),
    "author_name": _("name of the author"),
    "cover": _("cover"),
    "cover_hashes": _("marks of the cover"),
    "expires_at": _("valid until"),
    "external_id": _("number at its source"),
    "facts": _("facts of the file"),
    "fetched_at": _("fetched at"),
    "file": _("file"),
    "filmstrip": _("filmstrip"),
    "found": _("found"),
    "hashes": _("marks of the pictures"),
    "is_photo": _("photo post"),
    "limit": _("at most"),
    "music": _("music"),
    "names": _("names of the cookies"),
    "next_cursor": _("where to go on"),
    "note": _("note"),
    "proxy": _("file for playing"),
    "refused": _("refused"),
    "rounded": _("rounded numbers"),
    "saved": _("saved search"),
    "sha256": _("SHA-256"),
    "skipped": _("left out"),
    "tested_at": _("tried at"),
    "url": _("address"),
    "video": _("video"),
    "works": _("works"),
    # updates of yt-dlp
    "after": _("after"),
    "before": _("before"),
    "forced": _("forced"),
    "package": _("package"),
    "wanted": _("wanted version"),
    # rankings and films
    "cover_at": _("moment of the cover"),
    "draft": _("draft"),
    "film": _("film"),
    "frames": _("frames"),
    "key": _("key"),
    "position": _("position"),
    "project": _("ranking"),
    "render": _("film"),
    "rendered": _("newly filmed"),
    "reused": _("used again"),
    "seconds": _("seconds"),
    "track_start": _("start of the music"),
    "track_volume": _("volume of the music"),
    "updated_at": _("changed at"),
}


def name_fields(app: AppConfig) -> None:
    """Give each field of an app that has no name of its own the one that people read; migrations do not see it."""
    for model in app.get_models():
        for field in model._meta.local_fields:
            if field._verbose_name is None and field.name in FIELD_NAMES:
                field.verbose_name = FIELD_NAMES[field.name]
