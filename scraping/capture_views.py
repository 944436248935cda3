"""Capture without scraping: how a person brings over what they see on TikTok, and the one address that takes it."""

import json
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from scraping import captures, tokens
from scraping.models import Search
from scraping.providers.base import ProviderError
from scraping.shapes import read

ORIGINS = ("https://www.tiktok.com", "https://tiktok.com", "https://m.tiktok.com")
MOST_BYTES = 5_000_000  # of one capture: about 2,000 posts as the scripts send them


@require_GET
def capture(request: HttpRequest) -> HttpResponse:
    """How it is done, with the bookmark and the script for this studio's own address."""
    last = Search.objects.owned_by(request.user).filter(source="capture").exclude(asked=[]).first()
    return render(request, "scraping/capture.html", {"bookmark": _bookmark(request), "last": last})


@require_GET
@never_cache
def window(request: HttpRequest) -> HttpResponse:
    """The window that a bookmark opens: it takes the results from the TikTok page and hands them in with its token."""
    context = {"token": tokens.issue(request.user), "origins": " ".join(ORIGINS)}
    response = render(request, "scraping/capture_window.html", context)
    # With Django's usual same-origin the browser would cut the tie to the page that opened it.
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


@require_GET
@never_cache
def script(request: HttpRequest) -> HttpResponse:
    """The user script, made for this studio and user, with its first token."""
    host = request.get_host()
    context = _words(request) | {"token": tokens.issue(request.user, tokens.FOR_SCRIPT), "host": host}
    context["hostname"] = urlsplit(f"//{host}").hostname
    text = render_to_string("scraping/capture.user.js", context)
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


def open_to_tiktok(view: Any) -> Any:
    """Let pages of TikTok post to this view, and no others; no cookie is ever sent or read."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(status=204) if request.method == "OPTIONS" else view(request)
        if (origin := request.headers.get("Origin", "")) in ORIGINS:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Allow-Methods"] = "POST"
            response["Access-Control-Allow-Headers"] = "authorization, content-type"
            response["Access-Control-Allow-Private-Network"] = "true"
            response["Access-Control-Max-Age"] = "600"
        response["Vary"] = "Origin"
        return response

    return answered


@csrf_exempt  # the token stands for the user; no cookie counts here
@login_not_required
@require_http_methods(["POST", "OPTIONS"])
@open_to_tiktok
def take(request: HttpRequest) -> HttpResponse:
    """Keep one capture; the answer says how much was found, where to look at it, and the next token."""
    if problem := _problem(request):
        return problem
    token = tokens.use(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if token is None:
        return _refusal(403, _("This permission was used already or is too old. Open the studio's page once more."))
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _refusal(413, _("This is too much at once: at most 5 MB."))
    return _kept(request, body, token)


def _problem(request: HttpRequest) -> HttpResponse | None:
    """Why a request is not even read: the token is not used up by it."""
    origin = request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    if origin and origin not in (*ORIGINS, own):
        return _refusal(403, _("Only pages of TikTok and of this studio may hand over results."))
    if request.content_type != "application/json":
        return _refusal(415, _("Results are handed over as JSON."))
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return _refusal(413, _("This is too much at once: at most 5 MB."))
    return None


def _kept(request: HttpRequest, body: bytes, token: Any) -> HttpResponse:
    following = {"next": tokens.issue(token.owner, tokens.lifetime(token))}
    try:
        kept = captures.keep(read(body), token.owner, _query(body))
    except ProviderError as error:
        return _refusal(422, _(error.message), **following)
    url = request.build_absolute_uri(kept.search.get_absolute_url())
    told = {"found": len(kept.videos), "new": kept.new, "skipped": len(kept.skipped), "url": url}
    return JsonResponse(told | following)


def _query(body: bytes) -> str:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    page = told.get("page") if isinstance(told, dict) else ""
    return captures.query_of(page) if isinstance(page, str) else ""


def _refusal(status: int, sentence: str, **more: str) -> JsonResponse:
    return JsonResponse({"error": sentence, **more}, status=status)


def _words(request: HttpRequest) -> dict[str, Any]:
    """What the scripts are told of the studio, as JSON that may stand in a script."""
    words = {
        "studio": request.build_absolute_uri("/").rstrip("/"),
        "take": reverse("capture-take"),
        "window": reverse("capture-window"),
        "send": _("Send to the studio"),
        "none": _("No videos can be seen here yet. Search on tiktok.com, scroll down a little and try again."),
        "closed": _("The studio's window was not opened. Allow pop-ups for tiktok.com and try again."),
        "sent": _("[n] videos are in your studio."),
        "failed": _("The studio does not answer. Is it running?"),
    }
    return {"words": json.dumps(words, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", " ")}


def _bookmark(request: HttpRequest) -> str:
    """The bookmark's address: the whole script in one line."""
    text = render_to_string("scraping/capture-bookmark.js", _words(request))
    lines = (line.strip() for line in text.splitlines())
    return "javascript:" + quote("\n".join(line for line in lines if line and not line.startswith("//")), safe="")
