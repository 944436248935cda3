"""The REST API of projects and films, over the same forms and methods as the pages. Mounted by ranking/api.py."""

import uuid
from dataclasses import asdict
from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Field, Router, Schema, Status

from ranking.forms import EntryForm, SettingsForm, first_error
from ranking.models import MAX_ENTRIES, Entry, Project, Video
from ranking.owned import project_of
from rendering.generate import start_render
from rendering.ledger import rows
from rendering.models import Render
from rendering.originality import signs
from rendering.plan import PlanError
from rendering.publish import LANGUAGES, PLACES, words_of

router = Router(tags=["projects"])


class Problem(Schema):
    code: str
    message: str


class ErrorOut(Schema):
    error: Problem


class RankedVideoIn(Schema):
    id: int = Field(description="The video's id, from a search or an upload")
    label: str = Field("", max_length=200)
    reason: str = Field("", max_length=300, description="Why it has its rank, for the film's description")
    start: float | None = Field(None, ge=0, description="Seconds into the video")
    end: float | None = Field(None, gt=0, description="Seconds into the video")


class ProjectIn(Schema):
    title: str = Field("", max_length=200, description="A newline splits it into two lines")
    target: str = "shorts"
    style: str = "classic"
    order: Literal["countdown", "shuffled", "listed"] = "countdown"
    seconds: float | None = Field(None, description="The whole film; null is the target's own length")
    transition: Literal["cut", "crossfade", "whip", "blackout"] = "cut"
    hook: bool = Field(False, description="Open with a flash of #1 that gives nothing away")
    card: str = Field("", max_length=200, description="An end card; ' | ' splits its two lines; empty for none")
    effects: bool = Field(False, description="Short sounds when a rank appears or clips change")
    videos: list[RankedVideoIn] = Field(max_length=MAX_ENTRIES, description="Best first")


class EntryOut(Schema):
    rank: int
    video: int = Field(alias="video_id")
    label: str
    reason: str
    start: float | None
    end: float | None


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
    entries: list[EntryOut]

    @staticmethod
    def resolve_entries(project: Project) -> list[Entry]:
        return list(project.ranked())


class RenderOut(Schema):
    id: uuid.UUID
    status: str
    percent: float
    stage: str
    message: str
    error: str
    project: int = Field(alias="project_id")
    seconds: float | None
    film: str | None = Field(None, description="Where the film is, once it is done")

    @staticmethod
    def resolve_film(render: Render) -> str | None:
        return reverse("render-film", args=[render.pk]) if render.film else None


class WordsOut(Schema):
    title: str = Field(description="Also where the place has captions only")
    body: str = Field(description="The description, or the caption; it ends with the hashtags")
    hashtags: str
    credits: str
    left_out: list[str] = Field(description="What found no room in the body: numbers, links, reasons, labels")


class SignOut(Schema):
    name: str
    there: bool
    title: str
    has: str
    todo: str


class PublishOut(Schema):
    words: dict[str, dict[str, WordsOut]] = Field(description="By place (youtube, tiktok, instagram), then ko and en")
    originality: list[SignOut] = Field(description="Four signs of own work that platforms ask for")
    sources: list[dict[str, Any]] = Field(description="Best first: whose each clip is, and what was known of it then")


class Refused(ValueError):
    """The project cannot be made as asked; the text is a sentence for people."""


@router.post("/projects", response={201: ProjectOut, 422: ErrorOut}, summary="Rank videos in a new project")
def create_project(request: HttpRequest, data: ProjectIn) -> Status:
    try:
        return Status(201, make_project(request.user, data))
    except Refused as error:
        return Status(422, _error("invalid", str(error)))


@router.get("/projects", response=list[ProjectOut], summary="Your projects, the latest first")
def list_projects(request: HttpRequest) -> Any:
    return Project.objects.owned_by(request.user).recent()[:100]


@router.get("/projects/{int:pk}", response={200: ProjectOut, 404: ErrorOut}, summary="A project and its ranking")
def read_project(request: HttpRequest, pk: int) -> Project:
    return project_of(request, pk)


@router.post(
    "/projects/{int:pk}/generate",
    response={202: RenderOut, 404: ErrorOut, 409: ErrorOut},
    summary="Film the project",
)
def generate(request: HttpRequest, pk: int) -> Status:
    """409 when it cannot be filmed as it stands; asking twice for the same film returns the one in the making."""
    project = project_of(request, pk)
    try:
        return Status(202, start_render(project))
    except PlanError as error:
        return Status(409, _error("not_ready", str(error)))


@router.get("/renders/{uuid:pk}", response={200: RenderOut, 404: ErrorOut}, summary="A film and how far it is")
def read_render(request: HttpRequest, pk: uuid.UUID) -> Render:
    return get_object_or_404(Render.objects.owned_by(request.user), pk=pk)


@router.get(
    "/renders/{uuid:pk}/publish",
    response={200: PublishOut, 404: ErrorOut},
    summary="What to publish a finished film with, and whose clips it shows",
)
def read_publish(request: HttpRequest, pk: uuid.UUID) -> dict[str, Any]:
    films = Render.objects.owned_by(request.user).filter(draft=False).exclude(film="")
    render = get_object_or_404(films.select_related("project"), pk=pk)
    words = {place: {code: asdict(words_of(render, place, code)) for code in LANGUAGES} for place in PLACES}
    ledger = rows(render)
    return {"words": words, "originality": [asdict(sign) for sign in signs(ledger)], "sources": ledger}


@transaction.atomic
def make_project(owner: Any, data: ProjectIn) -> Project:
    """Return a new project with its videos ranked as given. Raises Refused, with nothing stored, when one is amiss."""
    project = Project(owner=owner, title=data.title.replace("\0", ""))
    form = SettingsForm(data.dict(include=set(SettingsForm.Meta.fields)), instance=project)
    if not form.is_valid():
        raise Refused(first_error(form))
    project = form.save()
    known = Video.objects.visible_to(owner).in_bulk([video.id for video in data.videos])
    for rank, given in enumerate(data.videos, 1):
        if given.id not in known:
            raise Refused(f"There is no video {given.id}.")
        _rank(project, known[given.id], given, rank)
    return project


def _rank(project: Project, video: Video, given: RankedVideoIn, rank: int) -> None:
    entry = project.add(video)
    if entry.rank != rank:
        raise Refused(f"Video {video.pk} is named twice.")
    form = EntryForm(given.dict(include={"label", "reason", "start", "end"}), instance=entry)
    if not form.is_valid():
        raise Refused(f"Video {video.pk}: {first_error(form)}")
    form.save()


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}
