"""The page of the sources: how each does, switched and tried; and yt-dlp's version, brought up to date."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from scraping import health, sources, ytdlp
from scraping.models import Update


@require_GET
@never_cache
def health_page(request: HttpRequest) -> HttpResponse:
    return render(request, "scraping/health.html", {"found": health.sources_now(request.user), "job": _update()})


@require_POST
def source_switch(request: HttpRequest, name: str) -> HttpResponse:
    found = _source(request, name)
    if not found.can_switch:
        raise PermissionDenied
    sources.switch(name, request.POST.get("on") == "1")
    return _line(request, name)


@require_POST
def source_try(request: HttpRequest, name: str) -> HttpResponse:
    _source(request, name)
    try:
        health.start_trial(name, request.user)
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("health")
    return _line(request, name)


@require_GET
@never_cache
def ytdlp_line(request: HttpRequest) -> HttpResponse:
    return render(request, "scraping/_ytdlp.html", {"job": _update()})


@require_POST
def ytdlp_update(request: HttpRequest) -> HttpResponse:
    _only_staff(request)
    ytdlp.start_update(request.user)
    return _ytdlp_shown(request)


@require_POST
def ytdlp_back(request: HttpRequest) -> HttpResponse:
    _only_staff(request)
    if not Update.objects.active().exists() and not ytdlp.take_back():
        messages.error(request, _("There is no newer version to take back."))
    return _ytdlp_shown(request)


def _ytdlp_shown(request: HttpRequest) -> HttpResponse:
    """The part of the page about yt-dlp, or the whole page where there are no scripts."""
    return render(request, "scraping/_ytdlp.html", {"job": _update()}) if request.htmx else redirect("health")


def _update() -> Update | None:
    """The update under way, or the last one."""
    return Update.objects.active().first() or Update.objects.order_by("-created_at").first()


def _line(request: HttpRequest, name: str) -> HttpResponse:
    if not request.htmx:
        return redirect("health")
    return render(request, "scraping/_health.html", {"health": _source(request, name)})


def _source(request: HttpRequest, name: str) -> health.Health:
    found = health.source_now(name, request.user)
    if found is None:
        raise Http404
    return found


def _only_staff(request: HttpRequest) -> None:
    if not request.user.is_staff:
        raise PermissionDenied
