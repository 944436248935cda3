"""The page of somebody's TikTok cookies: added, tried out, deleted, and never shown."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from scraping import cookie_file, cookies, posts
from scraping.models import CookieJar
from scraping.providers.base import ProviderError


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    jar = CookieJar.objects.filter(owner=request.user).first()
    told = {"jar": jar, "is_login": bool(jar and cookies.is_login(jar)), "lost": bool(jar and not cookies.opens(jar))}
    return render(request, "scraping/cookies.html", told | more, status=status)


@require_GET
@never_cache
def cookies_page(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@sensitive_post_parameters("text")
@sensitive_variables()
def cookies_add(request: HttpRequest) -> HttpResponse:
    file, text = request.FILES.get("file"), request.POST.get("text", "")
    if not file and not text.strip():
        return _page(request, 422, error=_("Choose a cookies.txt, or paste what is in it."))
    try:
        if file and file.size > cookie_file.MOST_BYTES:
            raise ProviderError("credentials", cookie_file.TOO_LARGE)
        jar = cookies.keep(request.user, file.read() if file else text)
    except ProviderError as error:
        return _page(request, 422, error=_(error.message))
    if cookies.is_login(jar):
        messages.success(request, _("The cookies are kept, sealed."))
    return redirect("cookies")


@require_POST
def cookies_test(request: HttpRequest) -> HttpResponse:
    jar = get_object_or_404(CookieJar, owner=request.user)
    try:
        cookies.try_out(jar, posts.fetch_options())
    except ProviderError as error:
        return _page(request, 422, error=_(error.message))
    return redirect("cookies")


@require_POST
def cookies_delete(request: HttpRequest) -> HttpResponse:
    CookieJar.objects.filter(owner=request.user).delete()
    messages.success(request, _("The cookies are deleted."))
    return redirect("cookies")
