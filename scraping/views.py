"""The pages of what is there: the library, uploads, one video and its files."""

import uuid
from contextlib import nullcontext
from pathlib import Path

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe
from django_htmx.http import trigger_client_event

from ranking import media
from ranking.history import changing
from ranking.models import Project, Video
from ranking.owned import named_project
from scraping.downloading import start_download, start_ingest
from scraping.facts import MEDIA_TYPES
from scraping.models import Download
from scraping.uploads import Received, add_to, receive

COUNTS = {
    "play_count": gettext_lazy("plays"),
    "like_count": gettext_lazy("likes"),
    "comment_count": gettext_lazy("comments"),
    "share_count": gettext_lazy("shares"),
    "save_count": gettext_lazy("saves"),
}
PICTURE_TYPES = {".webp": "image/webp", ".jpg": "image/jpeg"}


def _video_of(request: HttpRequest, pk: int, *only: str) -> Video:
    """A post, or an upload of this user; hidden ones too, for they may stand in a ranking. Read whole or in part."""
    videos = Video.objects.only(*only) if only else Video.objects
    return get_object_or_404(videos, Q(owner=None) | Q(owner=request.user), pk=pk)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    project = named = named_project(request)
    received = [receive(file, request.user) for file in request.FILES.getlist("files")]
    if not received:
        received = [Received(_("Upload"), error=_("Choose one or more video files first."), code="empty_file")]
    if project is None and any(item.video for item in received):
        project = Project.begun(request.user)
        project.save()
    with changing(named) if named else nullcontext():  # what a new ranking begins with is no step to undo
        received = add_to(project, received) if project else received
    refused = [item for item in received if item.error]
    searches = [item.search for item in received if item.search]
    if not request.htmx:
        for item in refused:
            messages.error(request, f"{item.name}: {item.error}")
        return redirect(project or next(iter(searches), "home"))
    context = {"results": received, "refused": refused, "project": project, "searches": searches}
    status = 422 if len(refused) == len(received) else 200
    response = render(request, "scraping/_upload_results.html", context, status=status)
    return trigger_client_event(response, "projects-changed")


@require_GET
def video(request: HttpRequest, pk: int) -> HttpResponse:
    found = _video_of(request, pk)
    films = Count("project__renders", filter=Q(project__renders__draft=False) & ~Q(project__renders__film=""))
    ranked = found.entries.filter(project__owner=request.user).select_related("project").annotate(films=films)
    counts = [(words, known) for name, words in COUNTS.items() if (known := getattr(found, name)) is not None]
    shown = {"video": found, "counts": counts, "ranked": ranked.order_by("-project__updated_at")}
    return render(request, "scraping/video.html", shown)


@require_safe
def video_file(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """One of a video's files; `name` is a FileField of Video that urls.py allows."""
    file = getattr(_video_of(request, pk, name), name)
    if not file:
        raise Http404
    path = Path(file.path)
    kind = PICTURE_TYPES.get(path.suffix) or MEDIA_TYPES.get(path.suffix[1:], "application/octet-stream")
    response = media.serve(request, path, kind)
    if name in ("cover", "filmstrip"):  # shown at once where the browser has it, and looked at again behind that
        response["Cache-Control"] = "private, max-age=60, stale-while-revalidate=604800"
    return response


@require_POST
def download_start(request: HttpRequest, pk: int) -> HttpResponse:
    found = _video_of(request, pk)
    try:
        job = start_download(found, request.user)
    except ValueError as why:
        if request.htmx:
            return HttpResponse(str(why), status=422, content_type="text/plain; charset=utf-8")
        messages.error(request, str(why))
        return redirect("video", pk)
    if request.htmx:
        return trigger_client_event(render(request, job.template, {"job": job}), "entries-changed")
    return redirect("video", pk)


@require_POST
def download_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = get_object_or_404(Download.objects.owned_by(request.user), pk=pk)
    job.cancel()
    return render(request, job.template, {"job": job}) if request.htmx else redirect("video", job.video_id)


@require_POST
def video_look(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for the best moments of a video that nobody has looked at."""
    found = get_object_or_404(Video.objects.ready(), Q(owner=None) | Q(owner=request.user), pk=pk)
    job = start_ingest(found, request.user)
    if request.htmx:
        return render(request, job.template, {"job": job})
    messages.success(request, _("Looking for the best part."))
    return redirect("video", pk)


@require_POST
def video_hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide a video from library and searches, or with hidden=0 show it again. Shared posts are the staff's to hide."""
    found = _video_of(request, pk)
    if found.owner_id != request.user.pk and not request.user.is_staff:
        messages.error(request, _("Only the studio's staff can hide a post that everybody sees."))
        return redirect("video", pk)
    found.hidden = request.POST.get("hidden") != "0"
    found.save(update_fields=["hidden"])
    messages.success(request, _("The video is hidden.") if found.hidden else _("The video shows again."))
    return redirect("library")
