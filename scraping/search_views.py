"""The pages of searching: a search and what it found, what is picked of it, and saved searches."""

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, push_url

from ranking import scoring
from ranking.channels import chosen
from ranking.forms import picked_videos, source_choices
from ranking.history import changing
from ranking.models import Project, Video
from ranking.owned import named_project
from ranking.quotas import QuotaReached
from ranking.titles import recounted, title_for
from ranking.views import back
from scraping import chain, tasks
from scraping.filters import FOUND
from scraping.forms import SearchForm
from scraping.models import SavedSearch, Search
from scraping.saved import save_search
from scraping.searching import LIMIT, start_search


def _search_of(request: HttpRequest, pk: uuid.UUID) -> Search:
    return get_object_or_404(Search.objects.owned_by(request.user), pk=pk)


def _go(request: HttpRequest, to: Search) -> HttpResponse:
    """Send to a search; a form within what the socket sends has no token, so htmx posts it and must be told."""
    return HttpResponseClientRedirect(to.get_absolute_url()) if request.htmx else redirect(to)


@require_POST
def search_start(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.POST)
    if not form.is_valid():
        messages.error(request, next(iter(form.errors.values()))[0])
        return redirect("home")
    chosen(request.user, request.POST)
    return _go(request, start_search(form.cleaned_data["q"], form.cleaned_data["source"], request.user))


@require_GET
def search(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = _search_of(request, pk)
    if not request.htmx or request.htmx.boosted:
        return render(request, "scraping/search.html", {"job": job, "sources": source_choices()})
    response = render(request, "scraping/_search.html", {"job": job})
    return push_url(response, _address(request)) if request.htmx.target else response


def _address(request: HttpRequest) -> str:
    """Return the address of a page without what is so anyway, so that it can be kept and sent on."""
    said = request.GET.copy()
    for name in [name for name in said if said[name] in ("", FOUND)]:
        del said[name]
    return f"{request.path}?{said.urlencode()}" if said else request.path


@require_POST
def search_more(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Have the source that answered asked for what follows; the page shows that it is at it."""
    job = _search_of(request, pk)
    chain.more(job, LIMIT)
    return render(request, "scraping/_search.html", {"job": job}) if request.htmx else redirect(job)


@require_POST
def search_save(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = _search_of(request, pk)
    save_search(job)
    messages.success(request, _("The search is saved. It is asked again each morning."))
    return _go(request, job)


@require_POST
def saved_delete(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(SavedSearch, pk=pk, owner=request.user).delete()
    messages.success(request, _("The search is no longer asked each morning. What it found stays."))
    return redirect("home")


@require_POST
def pick(request: HttpRequest) -> HttpResponse:
    """Rank the picked videos in a new project, or at the end of the one that is named, and fetch their files."""
    named, picked = named_project(request), picked_videos(request.POST, request.user)
    videos = [video for video in picked if video.is_pickable]
    if lost := len(picked) - len(videos):
        gone = ngettext(
            "%(n)d picked video was left out: its file cannot be had.",
            "%(n)d picked videos were left out: their files cannot be had.",
            lost,
        )
        messages.warning(request, gone % {"n": lost})
        if not videos:
            return redirect(named or back(request))
    if request.POST.get("order") == "score":
        videos = _by_score(videos)
    try:
        project = _rank(request, named, videos)
    except ValueError as problem:
        messages.error(request, str(problem))
        return redirect(named or back(request))
    try:
        tasks.download_videos_batch_task([video.pk for video in videos if not video.is_ready], request.user.pk)
    except QuotaReached as reached:
        messages.error(request, str(reached))
    return redirect(project)


def _by_score(videos: list[Video]) -> list[Video]:
    totals = {video.pk: scoring.of_video(video, timezone.now()).total for video in videos}
    return sorted(videos, key=lambda video: -1.0 if totals[video.pk] is None else totals[video.pk], reverse=True)


@transaction.atomic
def _rank(request: HttpRequest, project: Project | None, videos: list[Video]) -> Project:
    """Return the project with the videos at its end. Raises ValueError, a sentence, where they are none or too many."""
    if not videos:
        raise ValueError(_("Pick at least one video first."))
    if project is None:
        project = Project.begun(request.user, title=title_for(request.POST.get("title", ""), len(videos)))
        project.save()
        for video in videos:
            project.add(video)
        return project
    with changing(project) as now:
        before = now.entries.count()
        for video in videos:
            now.add(video)
        now.title = recounted(now.title, before, now.entries.count())
        now.save(update_fields=["title", "updated_at"])
    return now
