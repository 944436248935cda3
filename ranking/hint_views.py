"""Hints for the first time: each goes for good once its user puts it away."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

HINTS = frozenset({"moves", "picking", "library"})


@require_POST
def hint_away(request: HttpRequest, name: str) -> HttpResponse:
    """Remember that the user knows this; the hint's place in the page gets nothing in its stead."""
    if name not in HINTS:
        raise Http404
    request.user.hints_seen = sorted({*request.user.hints_seen, name})
    request.user.save(update_fields=["hints_seen"])
    if request.htmx:
        return HttpResponse()
    came_from = request.headers.get("Referer", "")
    return redirect(came_from if url_has_allowed_host_and_scheme(came_from, {request.get_host()}) else "home")
