"""Labels for ranks that have none yet, suggested from what is known of their videos."""

from collections.abc import Collection

import regex
from django.utils import timezone

from ranking.labels import next_label
from ranking.models import Entry, Project, Video

# VID_2026..., IMG_1234, dog-walk-720x480: the name that an app or a tidy person gave a file, not a caption.
MACHINE_NAME = regex.compile(r"_|\d{4,}|^[!-~]*[-.\d][!-~]*$")


def suggested_label(video: Video, taken: Collection[str] = ()) -> str:
    """Return a label from a video's caption that is not taken, or "" where it says none; an upload's is its name."""
    if not video.url and not video.author and MACHINE_NAME.search(video.caption):
        return ""
    return next_label(video.caption, taken)


def fill_label(entry: Entry) -> bool:
    """Give an entry a suggested label that no other of its ranking has, and return whether it got one.

    What a person typed stays; an entry whose caption says only what others are called stays without.
    """
    others = Entry.objects.filter(project=entry.project_id).exclude(pk=entry.pk)
    label = suggested_label(entry.video, others.values_list("label", flat=True))
    if not label:
        return False
    # Conditional: somebody may be typing at this very moment.
    filled = Entry.objects.filter(pk=entry.pk, label__regex=r"^\s*$").update(label=label)
    Project.objects.filter(pk=entry.project_id).update(updated_at=timezone.now())
    return bool(filled)
