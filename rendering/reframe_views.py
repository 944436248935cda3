"""The blurred areas of an entry, as its form sends them."""

import math
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ranking.clashes import Changed, check, offer_both
from ranking.history import changing
from ranking.models import Entry
from ranking.owned import entry_of
from rendering.masks import NUMBERS, fingerprint, read_masks


@require_POST
def entry_masks(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Store the blurred areas of an entry as they are sent; `without` takes that one of the stored ones away."""
    entry, problem = entry_of(request, entry_id), ""
    rows, gone = mask_rows(request.POST), request.POST.get("without")
    if gone is not None:
        rows = [mask for place, mask in enumerate(entry.masks) if str(place) != gone]
    try:
        _store_masks(entry, rows, request.POST.get("was", ""))
    except Changed as changed:
        return offer_both(request, entry.project, changed, f"masks-{entry.pk}")
    except ValueError as wrong:
        problem = str(wrong)
    if not request.htmx:
        if problem:
            messages.error(request, problem)
        return redirect(entry.project)
    shown = {"entry": entry, "masks": rows if problem else entry.masks, "problem": problem, "saved": not problem}
    return render(request, "rendering/_masks.html", shown, status=422 if problem else 200)


def _store_masks(entry: Entry, rows: list[dict[str, Any]], was: str) -> None:
    """Store the blurred areas of an entry. Raises ValueError, a sentence, and Changed."""
    with changing(entry.project):
        entry.refresh_from_db(fields=["masks"])
        check(was, fingerprint(entry.masks))
        entry.masks = read_masks(rows, entry.video.duration)
        entry.save(update_fields=["masks"])


def mask_rows(sent: QueryDict) -> list[dict[str, Any]]:
    """Return the rows of a form as numbers: places in shares of the picture, None for what is empty, NaN for words.

    A row whose places are all empty is none.
    """
    columns = [[_number(word) for word in sent.getlist(name)] for name in NUMBERS]
    rows = []
    for values in zip(*columns, strict=False):
        row = dict(zip(NUMBERS, values, strict=True))
        if any(row[name] is not None for name in NUMBERS[:4]):
            rows.append(row | {name: row[name] / 100 for name in NUMBERS[:4] if row[name] is not None})
    return rows


def _number(word: str) -> float | None:
    try:
        return float(word.replace(",", ".")) if word.strip() else None
    except ValueError:
        return math.nan
