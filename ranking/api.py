"""The REST API under /api/v1/: who may ask, how errors look, health and jobs. The apps above add their routers."""

import json
import logging
import shutil
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from ninja import NinjaAPI, Schema, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import Swagger
from ninja.security import HttpBearer, SessionAuth
from redis.exceptions import RedisError

from ranking import access, heartbeat, jobs
from ranking.problems import ErrorOut, problem
from ranking.quotas import QuotaReached

logger = logging.getLogger(__name__)

LEAST_FREE_BYTES = 1024**3  # below this films begin to fail


class _Docs(Swagger):
    """The page of documentation with the scripts that ranking/settings.py found; without that they are a CDN's."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        swagger = self.settings | {"url": self.get_openapi_url(api, kwargs)}
        return render(request, self.template, {"swagger_settings": json.dumps(swagger), "api": api, "add_csrf": True})


class _Token(HttpBearer):
    """A program with a token of its owner; it needs no cookie, so nobody can send it by another's browser."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        owner = access.owner_of(token)
        if owner is None:
            raise AuthenticationError(message="This token is unknown here, or was deleted.")
        request.user = owner
        return owner


api = NinjaAPI(
    title="Ranking Shorts Studio",
    version="1",
    docs=_Docs(),
    urls_namespace="api-v1",
    auth=[_Token(), SessionAuth(csrf=True)],
    description="Send a token of your account's page as Authorization: Bearer TOKEN. Or log in on the pages, or use "
    "the studio on its own machine, and send the csrftoken cookie's value as X-CSRFToken with each POST, PATCH and "
    "DELETE. Errors are {error: {code, message}}; message is a sentence for people.",
)
api.add_router("", "scraping.api.router")
api.add_router("", "rendering.api.router")


class Part(Schema):
    ok: bool
    detail: str


class HealthOut(Schema):
    status: str
    parts: dict[str, Part]


class JobOut(Schema):
    id: uuid.UUID
    kind: str
    status: str
    percent: float
    stage: str
    message: str
    error: str
    attempt: int


@api.get("/health", auth=None, response={200: HealthOut, 503: HealthOut}, tags=["studio"], summary="Is all of it up?")
def read_health(request: HttpRequest) -> Status:
    """200 when everything is up, 503 when a part is not. It also sets the csrftoken cookie."""
    get_token(request)
    parts = {"database": _part(_ask_database), "disk": _part(_ask_disk)}
    parts |= {"redis": _part(heartbeat.alive)}
    alive = heartbeat.alive() if parts["redis"]["ok"] else {}
    for name in heartbeat.EXPECTED:
        up = alive.get(name, False)
        parts[name] = {"ok": up, "detail": "up" if up else f"no sign of life for {heartbeat.LIFE_SECONDS} s"}
    ok = all(part["ok"] for part in parts.values())
    return Status(200 if ok else 503, {"status": "ok" if ok else "degraded", "parts": parts})


@api.get("/jobs/{uuid:pk}", response={200: JobOut, 404: ErrorOut}, tags=["studio"], summary="A job's present state")
def read_job(request: HttpRequest, pk: uuid.UUID) -> dict[str, Any]:
    job = jobs.find(pk)
    if job is None or job.owner_id != request.user.pk:
        raise Http404
    return job.as_dict()


def _part(ask: Callable[[], Any]) -> dict[str, Any]:
    started = time.monotonic()
    try:
        ask()
    except (DatabaseError, RedisError, OSError) as error:
        return {"ok": False, "detail": type(error).__name__}
    return {"ok": True, "detail": f"{1000 * (time.monotonic() - started):.0f} ms"}


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_disk() -> None:
    if shutil.disk_usage(settings.DATA_DIR).free < LEAST_FREE_BYTES:
        raise OSError("less than 1 GB is free")


def _problem(request: HttpRequest, code: str, message: str, status: int) -> HttpResponse:
    return api.create_response(request, problem(code, message), status=status)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "data", "query", "path"))
    return _problem(request, "invalid", f"{where}: {first['msg']}" if where else first["msg"], 422)


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    has_token = request.headers.get("Authorization", "").lower().startswith("bearer")
    sentence = str(error) if has_token else "Log in first."
    return _problem(request, "not_logged_in", sentence, 401)


@api.exception_handler(QuotaReached)
def _too_much(request: HttpRequest, error: QuotaReached) -> HttpResponse:
    return _problem(request, "quota", str(error), 429)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _problem(request, "not_found", "There is no such thing here, or it is not yours.", 404)


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    codes = {400: "bad_request", 403: "forbidden"}
    return _problem(request, codes.get(error.status_code, "refused"), str(error), error.status_code)


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return _problem(request, "internal", "Something went wrong in the studio; its log says what.", 500)


def _open_to_all(urls: tuple[list[Any], str, str]) -> tuple[list[Any], str, str]:
    """Let the API answer strangers itself, with a 401 in JSON, where pages send them to the login page."""
    for pattern in urls[0]:
        login_not_required(pattern.callback)
    return urls


urls = _open_to_all(api.urls)
