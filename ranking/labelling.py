"""Labels for ranks that have none yet, suggested from what is known of their videos."""

import regex
from django.utils import timezone

from ranking.labels import suggest_label
from ranking.models import Entry, Project, Video

# VID_2026..., IMG_1234, dog-walk-720x480: the name that an app or a tidy person gave a file, not a caption.
MACHINE_NAME = regex.compile(r"_|\d{4,}|^[!-~]*[-.\d][!-~]*$")


def suggested_label(video: Video) -> str:
    """Return a label from a video's caption, or "" where it says nothing; an upload's is its file's name."""
    if not video.url and not video.author and MACHINE_NAME.search(video.caption):
        return ""
    return suggest_label(video.caption)


def fill_label(entry: Entry) -> bool:
    """Give an entry its suggested label where it has none, and return whether it got it: what a person typed stays."""
    label = suggested_label(entry.video)
    if not label:
        return False
    # Conditional: somebody may be typing at this very moment.
    filled = Entry.objects.filter(pk=entry.pk, label__regex=r"^\s*$").update(label=label)
    Project.objects.filter(pk=entry.project_id).update(updated_at=timezone.now())
    return bool(filled)
