"""The REST API of films, with that of projects and of sound beside it. Mounted by ranking/api.py."""

import uuid
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Field, Router, Schema, Status

from ranking.owned import project_of
from ranking.problems import ErrorOut, problem
from rendering import project_api, sound_api
from rendering.generate import start_render
from rendering.ledger import rows, signs_of
from rendering.models import Render
from rendering.plan import PlanError
from rendering.publish import LANGUAGES, PLACES, words_of
from rendering.wish_api import WishIn, make_wish

router = Router(tags=["films"])
router.add_router("", project_api.router)
router.add_router("", sound_api.router)


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
        return Status(409, problem("not_ready", str(error)))


@router.post(
    "/wishes",
    response={202: RenderOut, 422: ErrorOut, 429: ErrorOut},
    summary="Make it for me: search, choose, fetch and film the best videos of a keyword",
)
def create_wish(request: HttpRequest, data: WishIn) -> Status:
    """The film's ranking is there at once, and can be changed; follow the film under /renders/{id} or /jobs/{id}."""
    if not data.keyword.replace("\0", "").strip():
        return Status(422, problem("empty_keyword", "The keyword is empty."))
    try:
        return Status(202, make_wish(request.user, data))
    except ValueError as error:
        return Status(422, problem("invalid", str(error)))


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
    return {"words": words, "originality": [asdict(sign) for sign in signs_of(render, ledger)], "sources": ledger}
