"""Where somebody is who must come back there: to log in, or to read the page in another language."""

from functools import lru_cache
from inspect import getclosurevars
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme


def page_of(request: HttpRequest) -> str:
    """Return the address of the page that a request is about, which can be visited.

    What was answered to a form may have an address that takes no visit; then it is the page of the form, or the
    nearest one above it.
    """
    if request.method in ("GET", "HEAD") and takes_visits(request.resolver_match.func):
        return request.get_full_path()
    came_from, steps = request.headers.get("Referer", ""), request.path.strip("/").split("/")
    known = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
    here = urlsplit(came_from)._replace(scheme="", netloc="", fragment="").geturl() if known else ""
    above = ["/" + "".join(f"{step}/" for step in steps[:count]) for count in range(len(steps) - 1, 0, -1)]
    return next((path for path in (here, *above) if _is_page(path)), "/")


def _is_page(path: str) -> bool:
    try:
        return takes_visits(resolve(urlsplit(path).path).func)
    except Resolver404:
        return False


@lru_cache(maxsize=512)  # every page asks, and a view answers the same for good
def takes_visits(view: Any) -> bool:
    """Return whether a view answers GET."""
    if hasattr(view, "view_class"):
        return "get" in view.view_class.http_method_names
    while hasattr(view, "__wrapped__"):
        # Django's require_POST tells it nowhere else.
        methods = getclosurevars(view).nonlocals.get("request_method_list")
        if methods is not None:
            return "GET" in methods
        view = view.__wrapped__
    return True


class LoginMiddleware(LoginRequiredMiddleware):
    """Sends who is not logged in to the login, and back to a page from there; what htmx asks for is answered 401.

    A redirect would bring the page of the login where a word of the page was wanted, as if all was well.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:
        if request.htmx:
            return HttpResponse(status=401)
        return redirect_to_login(page_of(request))


class NoVisitMiddleware:
    """Gives who visits an address that takes none a page with a way on: an answer of 405 is empty by itself."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or response.content:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page
