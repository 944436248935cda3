"""Pages of what goes with a film: the words to publish it with, how original it is, and the ledger of its sources."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_safe

from rendering import originality
from rendering.finished import film_of
from rendering.ledger import rows, signs_of, to_csv
from rendering.models import Render
from rendering.publish import LANGUAGES, PLACE_OF, PLACES, words_of


@require_GET
def publish(request: HttpRequest, job_id: str) -> HttpResponse:
    """The words for the place and the language that the query names; else for where the film was made for."""
    job = film_of(request, job_id)
    place = request.GET.get("for") or PLACE_OF.get(job.plan["target"], "youtube")
    own = job.project.channel.language if job.project.channel else ""
    language = request.GET.get("in") or own or ("ko" if (get_language() or "").startswith("ko") else "en")
    if place not in PLACES or language not in LANGUAGES:
        raise Http404
    shown = publishing(job) | {"place": PLACES[place], "language": language, "places": PLACES.values()}
    shown |= {"job": job, "project": job.project, "tongues": LANGUAGES, "words": words_of(job, place, language)}
    return render(request, "rendering/_words.html" if request.htmx else "rendering/publish.html", shown)


def publishing(job: Render) -> dict[str, Any]:
    """Return how original a film is: its signs, how many of them are there, the rules, and whom it credits."""
    ledger = rows(job)
    signs = signs_of(job, ledger)
    there = sum(sign.there for sign in signs)
    shown = {"signs": signs, "there": there, "credited": originality.credit_words(ledger)}
    return shown | {"rules": originality.RULES, "as_of": originality.AS_OF}


@require_safe
def sources_json(request: HttpRequest, job_id: str) -> HttpResponse:
    job = film_of(request, job_id)
    ledger = {"film": str(job.pk), "made": job.created_at.isoformat(), "sources": rows(job)}
    text = json.dumps(ledger, ensure_ascii=False, indent=2)
    return _download(text, "application/json", f"{job.project} sources.json")


@require_safe
def sources_csv(request: HttpRequest, job_id: str) -> HttpResponse:
    job = film_of(request, job_id)
    return _download(to_csv(rows(job)), "text/csv; charset=utf-8", f"{job.project} sources.csv")


def _download(text: str, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(text, content_type=content_type, headers=headers)
