"""Choosing a style by its picture, and a user's own styles: up, down, away."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe
from django_htmx.http import trigger_client_event

from ranking.clashes import Changed, check
from ranking.history import changing
from ranking.media import serve
from ranking.models import Project
from ranking.owned import project_of
from rendering.gallery import choices, picture_file
from rendering.models import OwnStyle
from rendering.own_styles import MOST_BYTES, delete_own_style, keep_own_style, look_of, own_value
from rendering.style import FOLDER


def _gallery(
    request: HttpRequest, project: Project, problem: str = "", note: str | None = None, mine: str = ""
) -> HttpResponse:
    """Answer with the gallery; without htmx with the page it stands on. `mine` is offered beside another tab's."""
    if not request.htmx and request.method == "POST":
        if problem or note:
            messages.add_message(request, messages.ERROR if problem else messages.SUCCESS, problem or note)
        return redirect("styles", project.pk)
    page = "rendering/_styles.html" if request.htmx else "rendering/styles.html"
    shown = {"project": project, "styles": choices(project), "problem": problem, "note": note, "mine": mine}
    return render(request, page, shown, status=422 if problem else 409 if mine else 200)


@require_GET
def styles(request: HttpRequest, project_id: int) -> HttpResponse:
    return _gallery(request, project_of(request, project_id))


@require_POST
def choose(request: HttpRequest, project_id: int) -> HttpResponse:
    project, value = project_of(request, project_id), request.POST.get("style", "")
    try:
        look_of(value, request.user)
    except ValueError as error:
        return _gallery(request, project, str(error))
    try:
        with changing(project) as now:
            if now.style != value:
                check(request.POST.get("was", ""), now.style)
            now.style = value
            now.save(update_fields=["style", "updated_at"])
    except Changed:
        project.refresh_from_db()
        return _gallery(request, project, note=_("Another tab chose another style meanwhile."), mine=value)
    project.style = value
    return trigger_client_event(_gallery(request, project, note=""), "board-changed")


@require_POST
def upload(request: HttpRequest, project_id: int) -> HttpResponse:
    project, file = project_of(request, project_id), request.FILES.get("file")
    try:
        own = keep_own_style(request.user, file.read(MOST_BYTES + 1) if file else b"")
    except ValueError as error:
        return _gallery(request, project, str(error))
    with changing(project):
        project.style = own_value(own)
        project.save(update_fields=["style", "updated_at"])
    note = _("“%(name)s” is added, and this ranking has it now.") % {"name": own.name}
    return trigger_client_event(_gallery(request, project, note=note), "board-changed")


@require_POST
def remove(request: HttpRequest, project_id: int, own_id: int) -> HttpResponse:
    project = project_of(request, project_id)
    try:
        delete_own_style(get_object_or_404(OwnStyle, pk=own_id, owner=request.user))
    except ValueError as error:
        return _gallery(request, project, str(error))
    return _gallery(request, project)


@require_safe
def style_picture(request: HttpRequest, project_id: int, value: str, name: str) -> HttpResponseBase:
    """A style as a picture of the project; the name in the address is its content's hash, so browsers may keep it."""
    try:
        path = picture_file(project_of(request, project_id), value)
    except ValueError as error:
        raise Http404 from error
    response = serve(request, path, "image/webp")
    fresh = path.stem == name
    response["Cache-Control"] = "private, max-age=31536000, immutable" if fresh else "private, no-store"
    return response


@require_safe
def style_json(request: HttpRequest, value: str) -> HttpResponse:
    """A style's file, to begin one's own with."""
    try:
        look = look_of(value, request.user)
    except ValueError as error:
        raise Http404 from error
    data = look or json.loads((FOLDER / f"{value}.json").read_text(encoding="utf-8"))
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{value}.json"'
    return response
