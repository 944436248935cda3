"""The REST API of projects: ranking videos, and changing a ranking, over the same forms and methods as the pages."""

from typing import Any, Literal

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.forms import BaseForm, model_to_dict
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from ranking.forms import EntryForm, SettingsForm, first_error
from ranking.history import changing
from ranking.models import MAX_ENTRIES, Entry, Project, Video
from ranking.owned import project_of
from ranking.problems import ErrorOut, problem
from rendering.masks import MOST, read_masks
from rendering.sound_forms import MusicForm

router = Router(tags=["projects"])

Order = Literal["countdown", "shuffled", "listed"]
Transition = Literal["cut", "crossfade", "whip", "blackout"]
Fit = Literal["cover", "smart", "contain", "bars"]
MUSIC = {"track": "track", "start": "track_start", "volume": "track_volume"}  # the names of a project's columns
CARD = "An end card; ' | ' splits its two lines; empty for none"
VOLUME = "0 is mute, 1 as levelled, 2 twice as loud"


class MaskIn(Schema):
    x: float = Field(description="Left edge, 0 to 1 of the video's upright picture")
    y: float
    width: float
    height: float
    start: float = Field(0, description="Seconds into the video")
    end: float | None = Field(None, description="Seconds into the video; null is its end")


class EntryIn(Schema):
    label: str = Field("", max_length=200)
    reason: str = Field("", max_length=300, description="Why it has its rank, for the film and its description")
    start: float | None = Field(None, ge=0, description="Seconds into the video")
    end: float | None = Field(None, gt=0, description="Seconds into the video")
    fit: Fit = Field("cover", description="smart follows the subject; contain and bars show all of the picture")
    volume: float = Field(1, ge=0, le=2, description=VOLUME)
    masks: list[MaskIn] = Field([], max_length=MOST, description="Areas to blur")


class RankedVideoIn(EntryIn):
    id: int = Field(description="The video's id, from a search or an upload")


class MusicIn(Schema):
    track: int | None = Field(None, description="The music's id; null is none")
    start: float = Field(0, ge=0, description="Seconds into the music")
    volume: float = Field(1, ge=0, le=2, description="0 is mute, 1 the usual level under a film")


class ProjectIn(Schema):
    title: str = Field("", max_length=200, description="A newline splits it into two lines")
    target: str = "shorts"
    style: str = "classic"
    order: Order = "countdown"
    seconds: float | None = Field(None, description="The whole film; null is the target's own length")
    transition: Transition = "cut"
    hook: bool = Field(False, description="Open with a flash of #1 that gives nothing away")
    card: str = Field("", max_length=200, description=CARD)
    effects: bool = Field(False, description="Short sounds when a rank appears or clips change")
    music: MusicIn | None = Field(None, description="Music under the whole film")


class NewProjectIn(ProjectIn):
    videos: list[RankedVideoIn] = Field(max_length=MAX_ENTRIES, description="Best first")


class EntryOut(Schema):
    rank: int
    video: int = Field(alias="video_id")
    label: str
    reason: str
    start: float | None
    end: float | None
    fit: Fit
    volume: float
    masks: list[MaskIn]
    spoken: str = Field(alias="voice_text", description="What its voice says, where that was typed")
    voice: str = Field(alias="voice_sha256", description="SHA-256 of what is said over it; empty for nothing")


class MusicOut(MusicIn):
    track: int | None = Field(alias="track_id")
    start: float = Field(alias="track_start")
    volume: float = Field(alias="track_volume")


class ProjectOut(Schema):
    id: int
    title: str
    target: str
    style: str
    order: str
    seconds: float | None
    transition: str
    hook: bool
    card: str
    effects: bool
    music: MusicOut
    entries: list[EntryOut]

    @staticmethod
    def resolve_music(project: Project) -> Project:
        return project

    @staticmethod
    def resolve_entries(project: Project) -> list[Entry]:
        prefetch_related_objects([project], "entries__video")  # a list has done so for all of its projects
        return sorted(project.entries.all(), key=lambda entry: entry.rank)


class Refused(ValueError):
    """The project cannot be made or changed as asked; the text is a sentence for people."""


@router.post("/projects", response={201: ProjectOut, 422: ErrorOut}, summary="Rank videos in a new project")
def create_project(request: HttpRequest, data: NewProjectIn) -> Status:
    try:
        return Status(201, make_project(request.user, data))
    except Refused as error:
        return Status(422, problem("invalid", str(error)))


@router.get("/projects", response=list[ProjectOut], summary="Your projects, the latest first")
def list_projects(request: HttpRequest) -> Any:
    return Project.objects.owned_by(request.user).recent().prefetch_related("entries__video")[:100]


@router.get("/projects/{int:pk}", response={200: ProjectOut, 404: ErrorOut}, summary="A project and its ranking")
def read_project(request: HttpRequest, pk: int) -> Project:
    return project_of(request, pk)


@router.patch(
    "/projects/{int:pk}",
    response={200: ProjectOut, 404: ErrorOut, 422: ErrorOut},
    summary="Change a project; what is not sent stays",
)
def change_project(request: HttpRequest, pk: int, data: ProjectIn) -> Status:
    project = project_of(request, pk)
    try:
        with changing(project) as now:
            set_project(now, data)
    except Refused as error:
        return Status(422, problem("invalid", str(error)))
    return Status(200, project_of(request, pk))


@router.patch(
    "/projects/{int:pk}/entries/{int:rank}",
    response={200: EntryOut, 404: ErrorOut, 422: ErrorOut},
    summary="Change what a rank shows and says; what is not sent stays",
)
def change_entry(request: HttpRequest, pk: int, rank: int, data: EntryIn) -> Status:
    entry = ranked(request, pk, rank)
    try:
        with changing(entry.project):
            set_entry(entry, data)
    except Refused as error:
        return Status(422, problem("invalid", str(error)))
    return Status(200, ranked(request, pk, rank))


def ranked(request: HttpRequest, pk: int, rank: int) -> Entry:
    """Return the entry of a rank of the user's project. Raises Http404."""
    return get_object_or_404(project_of(request, pk).ranked(), rank=rank)


@transaction.atomic
def make_project(owner: Any, data: NewProjectIn) -> Project:
    """Return a new project with its videos ranked as given. Raises Refused, with nothing stored, when one is amiss."""
    project = Project(owner=owner)
    set_project(project, data)
    known = Video.objects.visible_to(owner).in_bulk([video.id for video in data.videos])
    for rank, given in enumerate(data.videos, 1):
        if given.id not in known:
            raise Refused(_("There is no video %(id)d.") % {"id": given.id})
        _rank(project, known[given.id], given, rank)
    return project


def _rank(project: Project, video: Video, given: RankedVideoIn, rank: int) -> None:
    entry = project.add(video)
    if entry.rank != rank:
        raise Refused(_("Video %(id)d is named twice.") % {"id": video.pk})
    try:
        set_entry(entry, given)
    except Refused as error:
        raise Refused(_("Video %(id)d: %(why)s") % {"id": video.pk, "why": error}) from error


@transaction.atomic
def set_project(project: Project, data: ProjectIn) -> None:
    """Store what was sent of a project. Raises Refused, with nothing stored."""
    sent, is_new = data.dict(exclude_unset=True), project.pk is None
    project.title = sent.get("title", project.title).replace("\0", "")
    project.save()
    settings = {name: sent[name] for name in SettingsForm.Meta.fields if name in sent}
    if settings or is_new:
        _save(SettingsForm(model_to_dict(project, SettingsForm.Meta.fields) | settings, instance=project))
    if "music" in sent:
        music = sent["music"] or {"track": None}
        _save(MusicForm({MUSIC[name]: value for name, value in music.items()}, project))


@transaction.atomic
def set_entry(entry: Entry, data: EntryIn) -> None:
    """Store what was sent of an entry. Raises Refused, with nothing stored."""
    sent = data.dict(exclude_unset=True, exclude={"id"})
    masks = sent.pop("masks", None)
    _save(EntryForm(sent, instance=entry))
    if masks is not None:
        try:
            entry.masks = read_masks(data.dict()["masks"], entry.video.duration)
        except ValueError as error:
            raise Refused(str(error)) from error
        entry.save(update_fields=["masks"])
    entry.project.save(update_fields=["updated_at"])


def _save(form: BaseForm) -> None:
    if not form.is_valid():
        raise Refused(first_error(form))
    form.save()
