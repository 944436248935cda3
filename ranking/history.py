"""What was done to a ranking, step by step: each step can be undone and done again, also after a reload."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from ranking import jobs
from ranking.models import MAX_ENTRIES, Change, Entry, Project, Track, Video

MOST = 200  # steps that are kept of a ranking
RUN = timedelta(seconds=5)  # what is typed or slid within this is one step
RUNS = {"title", "card", "seconds", "label", "reason", "start", "end", "volume", "track_start", "track_volume"}
STYLES = "rendering.own_styles.style_choices"  # the hub names what stands above it by dotted string only
UNTOLD = {"id", "owner", "project", "rank", "channel", "version", "cover_at"}  # said by the row's place, or no edit


def _names(model: type[models.Model]) -> list[str]:
    """Return the columns that a person edits."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.DateTimeField)]
    return [field.attname for field in fields if field.name not in UNTOLD]


def state(project: Project) -> dict[str, Any]:
    """Return all that can be edited of a ranking, as JSON values: its fields, its entries by key, their order."""
    fields = Project.objects.filter(pk=project.pk).values(*_names(Project)).get()
    entries = project.entries.order_by("rank").values("pk", *_names(Entry))
    found = {str(entry.pop("pk")): entry for entry in entries}
    return {"project": fields, "entries": found, "order": [int(pk) for pk in found]}


def difference(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return what of the new state is not so in the old one; an entry that is gone is None, a new one is whole."""
    told: dict[str, Any] = {}
    if fields := {name: value for name, value in new["project"].items() if old["project"][name] != value}:
        told["project"] = fields
    entries: dict[str, Any] = {pk: None for pk in old["entries"] if pk not in new["entries"]}
    for pk, entry in new["entries"].items():
        before = old["entries"].get(pk)
        if fields := {name: value for name, value in entry.items() if not before or before[name] != value}:
            entries[pk] = fields
    if entries:
        told["entries"] = entries
    if old["order"] != new["order"]:
        told["order"] = new["order"]
    return told


@contextmanager
def changing(project: Project, words: str = "") -> Iterator[Project]:
    """Keep what is done to a ranking as one step that can be undone; yield its row as it is now, locked.

    The words, a gettext_noop, name a step that its difference would not tell well, as “Rank for me”.
    """
    with transaction.atomic():
        now = Project.objects.select_for_update().get(pk=project.pk)
        before = state(now)
        yield now
        after = state(now)
        if before != after:
            _keep(now, difference(after, before), difference(before, after), words)
            _tell(now)
            project.version = now.version


def _keep(project: Project, before: dict[str, Any], after: dict[str, Any], words: str) -> None:
    dropped, _rows = project.changes.filter(undone=True).delete()
    last = project.changes.last()
    if last and not words and not dropped and _goes_on(last, after):
        last.after, last.made_at, last.voices = after, timezone.now(), _voices(last.before, after)
        if last.before == after:
            last.delete()
        else:
            last.save()
        return
    number = last.number + 1 if last else 1
    project.changes.filter(number__lte=number - MOST).delete()
    said = {"before": before, "after": after, "words": words, "voices": _voices(before, after)}
    Change.objects.create(project=project, number=number, **said)


def _goes_on(last: Change, after: dict[str, Any]) -> bool:
    """Return whether an edit only goes on with the last one: the same few letters or slider, a moment later."""
    touched = _touched(after)
    same = bool(touched) and touched == _touched(last.after) and not last.words
    return same and {name for _pk, name in touched} <= RUNS and timezone.now() - last.made_at < RUN


def _touched(part: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the fields of a difference, each with its entry's key; what came, went or moved is of no run."""
    if "order" in part:
        return set()
    found = {("", name) for name in part.get("project", {})}
    return found | {(pk, name) for pk, entry in part.get("entries", {}).items() for name in entry or ()}


def _voices(*parts: dict[str, Any]) -> str:
    """Return the names of the voices that a step needs, one a line: their files are kept as long as the step."""
    entries = [entry for part in parts for entry in part.get("entries", {}).values() if entry]
    return "\n".join(sorted({entry["voice"] for entry in entries if entry.get("voice")}))


def _tell(project: Project) -> None:
    """Give the ranking its next version, and have the open pages look at it once it is committed."""
    Project.objects.filter(pk=project.pk).update(version=F("version") + 1, updated_at=timezone.now())
    project.version += 1
    transaction.on_commit(lambda: jobs.tell(project.group))


def volume_before(entry: Entry) -> float:
    """Return the volume at which an entry was heard last, 1 where no step that is kept tells it."""
    for change in entry.project.changes.filter(undone=False).order_by("-number"):
        for side in (change.after, change.before):
            fields = side.get("entries", {}).get(str(entry.pk)) or {}
            if fields.get("volume", 0) > 0:
                return fields["volume"]
    return 1.0


def undo(project: Project, number: int | None = None) -> Change | None:
    """Take back the last step, and return it; None where there is none, or it is not the one of that number.

    Raises ValueError, a sentence, where what it needs is gone.
    """
    return _step(project, number, undone=True)


def redo(project: Project, number: int | None = None) -> Change | None:
    """Do again what was undone last, as undo() does."""
    return _step(project, number, undone=False)


def _step(project: Project, number: int | None, *, undone: bool) -> Change | None:
    try:
        with transaction.atomic():
            now = Project.objects.select_for_update().get(pk=project.pk)
            rows = now.changes.filter(undone=not undone)
            change = rows.last() if undone else rows.first()
            if change is None or number not in (None, change.number):
                return None
            restore(now, change.before if undone else change.after)
            now.changes.filter(pk=change.pk).update(undone=undone)
            _tell(now)
            project.refresh_from_db()
            return change
    except IntegrityError as error:
        raise ValueError(_("This step does not fit any more to what the ranking is now.")) from error


def restore(project: Project, part: dict[str, Any]) -> None:
    """Store one side of a step; videos, music and styles that are gone since are left out."""
    if fields := _still_there(project, part.get("project", {})):
        Project.objects.filter(pk=project.pk).update(**fields)
    back = []
    for pk, entry in part.get("entries", {}).items():
        known = project.entries.filter(pk=pk)
        if entry is None:
            for gone in known:
                gone.delete()
        elif known.exists():
            known.update(**entry)
        else:
            back.append((int(pk), entry))
    for place, (pk, entry) in enumerate(back):
        _bring_back(project, pk, entry, place)
    entries = {entry.pk: entry for entry in project.entries.order_by("rank")}
    order = [pk for pk in part.get("order", []) if pk in entries]
    project.rank_as([entries[pk] for pk in dict.fromkeys([*order, *entries])])


def _still_there(project: Project, fields: dict[str, Any]) -> dict[str, Any]:
    kept = dict(fields)
    if kept.get("track_id") and not Track.objects.filter(pk=kept["track_id"]).exists():
        kept["track_id"] = None
    if "style" in kept and kept["style"] not in dict(import_string(STYLES)(project.owner)):
        del kept["style"]
    return kept


def _bring_back(project: Project, pk: int, entry: dict[str, Any], place: int) -> None:
    there = project.entries.filter(video=entry["video_id"]).exists() or project.entries.count() >= MAX_ENTRIES
    if not there and Video.objects.filter(pk=entry["video_id"]).exists():
        Entry(pk=pk, project=project, rank=10 * MAX_ENTRIES + place, **entry).save(force_insert=True)
