"""The films that a project has had, with what differed, and one film with all that goes with it as a ZIP."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from ranking import media
from ranking.owned import project_of
from rendering import bundle, differences
from rendering.finished import film_of

PAGE = 12


@require_GET
def films(request: HttpRequest, project_id: int) -> HttpResponse:
    """The finished films of a project, the newest first, each with what differed from the one before it."""
    project = project_of(request, project_id)
    page = Paginator(project.renders.finished(), PAGE).get_page(request.GET.get("page"))
    shown = {"project": project, "page": page, "films": differences.told(page)}
    return render(request, "rendering/films.html", shown)


@require_safe
def everything(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """The film, its covers, texts, sources and report as a ZIP."""
    job = film_of(request, job_id)
    try:
        parts = bundle.parts_of(job)
    except FileNotFoundError:
        raise Http404 from None
    return media.stream(request, bundle.stream(parts), "application/zip", f"{bundle.name_of(job)}.zip")
