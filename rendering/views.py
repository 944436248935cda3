"""Pages of films: the board over the preview, generate, progress, the film itself."""

import json
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe
from django_htmx.http import reswap, retarget

from ranking.media import serve
from ranking.owned import project_of
from ranking.quotas import check_jobs
from rendering import ahead
from rendering.bundle import name_of
from rendering.generate import start_render
from rendering.models import Render
from rendering.plan import PlanError
from rendering.preview import preview_board, preview_plan
from rendering.timeline import timeline_of

MOST_LOOKS = 50  # so often a page asks anew where the cameras look


@require_GET
def show_board(request: HttpRequest, project_id: int) -> HttpResponse:
    """The film's own art for the moment when an entry plays, or of the opening or the end card (`piece`)."""
    project = project_of(request, project_id)
    ranks = dict(project.entries.values_list("pk", "rank"))
    rank = ranks.get(int(request.GET["entry"])) if _is_number(request) else None
    plan = preview_plan(project)
    if rank not in plan.order:  # none was named, or it was taken out this very moment
        rank = 1
    shown = preview_board(plan, rank, request.GET.get("piece", "clip"), drawn=bool(ranks))
    return render(request, "rendering/_board.html", {"project": project, **shown})


def _is_number(request: HttpRequest) -> bool:
    return request.GET.get("entry", "").isdecimal()


@require_GET
def show_timeline(request: HttpRequest, project_id: int) -> HttpResponse:
    """The film as it would be now, to be played from its clips: its length, its ranks in time, and what plays when."""
    project = project_of(request, project_id)
    line, looks = timeline_of(project), request.GET.get("looks", "")
    looks = int(looks) + 1 if looks.isdecimal() else 1
    shown = {"project": project, "line": line, "stretches": line.stretches(), "data": json.dumps(line.as_json())}
    shown["looks"] = looks if line.waits and looks < MOST_LOOKS else 0
    return render(request, "rendering/_timeline.html", shown)


@require_safe
def board_picture(request: HttpRequest, project_id: int, name: str) -> HttpResponseBase:
    """One picture of the art; its name is the hash of its bytes, so a browser may keep it for good."""
    project_of(request, project_id)
    path = Path(settings.SEGMENTS_DIR / "art" / f"{name}.png")
    if not path.exists():
        raise Http404
    response = serve(request, path, "image/png")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@require_POST
def start(request: HttpRequest, project_id: int, *, draft: bool = False) -> HttpResponse:
    project = project_of(request, project_id)
    try:
        job = start_render(project, draft=draft)
    except PlanError as error:
        page = "rendering/_refused.html" if request.htmx else "rendering/refused.html"
        return render(request, page, {"error": error, "project": project}, status=422)
    if request.htmx:
        return render(request, Render.template, {"job": job, "live": True})
    return redirect(job)


@require_POST
def start_draft(request: HttpRequest, project_id: int) -> HttpResponse:
    return start(request, project_id, draft=True)


@require_POST
def make_ahead(request: HttpRequest, project_id: int) -> HttpResponse:
    """The open editor says that nobody edits; the answer says how far its film is made ahead."""
    project = project_of(request, project_id)
    state = ahead.ask(project)
    told = {"project": project, "ahead": state, "why": ahead.why(project) if state == ahead.State.STUCK else ""}
    return render(request, "rendering/_ahead.html", told)


@require_GET
def show_render(request: HttpRequest, job_id: str) -> HttpResponse:
    job = get_object_or_404(Render.objects.owned_by(request.user).select_related("project"), pk=job_id)
    return render(request, "rendering/render.html", {"job": job, "project": job.project})


@require_GET
def tell_behind(request: HttpRequest, job_id: str) -> HttpResponse:
    """Whether the project was changed since this film was made, as the open editor asks after each edit."""
    job = get_object_or_404(Render.objects.owned_by(request.user).select_related("project"), pk=job_id)
    return render(request, "rendering/_behind.html", {"job": job})


@require_POST
def cancel(request: HttpRequest, job_id: str) -> HttpResponse:
    job = get_object_or_404(Render.objects.owned_by(request.user), pk=job_id)
    job.cancel()
    return render(request, Render.template, {"job": job}) if request.htmx else redirect(job)


@require_POST
def retry(request: HttpRequest, job_id: str) -> HttpResponse:
    job = get_object_or_404(Render.objects.owned_by(request.user).select_related("project"), pk=job_id)
    if not job.is_gathering:
        answer = start(request, job.project_id, draft=job.draft)
        made = request.htmx and answer.status_code == 200
        return reswap(retarget(answer, f"#job-{job_id}"), "outerHTML") if made else answer
    check_jobs(request.user)
    fresh = job.again()
    return render(request, Render.template, {"job": fresh, "live": True}) if request.htmx else redirect(job.project)


@require_safe
def film_file(request: HttpRequest, job_id: str) -> HttpResponseBase:
    job = get_object_or_404(Render.objects.owned_by(request.user).exclude(film=""), pk=job_id)
    if job.draft and "download" in request.GET:
        raise Http404
    name = f"{name_of(job)}.mp4" if "download" in request.GET else ""
    return serve(request, Path(job.film.path), "video/mp4", name)


@require_safe
def film_cover(request: HttpRequest, job_id: str) -> HttpResponseBase:
    job = get_object_or_404(Render.objects.owned_by(request.user).exclude(cover=""), pk=job_id)
    return serve(request, Path(job.cover.path), "image/jpeg")
