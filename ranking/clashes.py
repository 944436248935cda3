"""Two tabs on one ranking: what is typed in one is not stored over what it never saw of the other."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import reswap, retarget

from ranking.history import changing
from ranking.models import Entry, Project

NEAR = 0.06  # numbers are shown rounded: nearer ones are the same


@dataclass(frozen=True)
class Clash:
    """A field that says one thing in a tab and another in its row; the values are as a form sends them."""

    name: str
    label: str
    mine: str
    theirs: str
    mine_words: str
    theirs_words: str


class Changed(Exception):
    """Another tab changed what this one was about to store; `now` is how a form names what the row says."""

    def __init__(self, now: str) -> None:
        super().__init__(now)
        self.now = now


def check(known: str, now: str) -> None:
    """Raise Changed where a form that names what it knew of a row knew something else; nothing is no name."""
    if known and known != now:
        raise Changed(now)


def offer_both(request: HttpRequest, project: Project, changed: Changed, box: str) -> HttpResponse:
    """Answer a form whose row another tab changed, within a box of the page: told, with both to choose from.

    The form stays as it is, also with a file or a recording in it; its own button sends it all the same.
    """
    if not request.htmx:
        messages.error(request, _("Another tab changed this meanwhile. Look at it, then do it again."))
        return redirect(project)
    shown = {"project": project, "now": changed.now, "form": request.htmx.trigger, "box": box}
    response = render(request, "ranking/_both.html", shown, status=409)
    return reswap(retarget(response, f"#both-{box}"), "innerHTML")


def edit(row: Project | Entry, kind: type[forms.ModelForm], data: QueryDict) -> tuple[forms.ModelForm, list[Clash]]:
    """Store what was sent of a row, and return its form; with clashes, or where it is not valid, nothing is stored.

    `was` in the data is a JSON object: what the tab knew of each field. Fields that it did not change keep what the
    row says now; one that somebody else changed meanwhile is a clash, and stays one until one of the two is chosen,
    whatever is typed: then `was` has null for it (see unsettled). Raises Http404 where the row is gone.
    """
    with changing(row if isinstance(row, Project) else row.project) as now:
        if isinstance(row, Entry):
            found: Project | Entry = get_object_or_404(Entry.objects.select_related("video"), pk=row.pk)
            found.project = now
        else:
            found = now
        form, clashes = _compared(kind, data, found)
        if not clashes and form.is_valid():
            form.save()
    return form, clashes


def move(entry: Entry, rank: int, was: int | None) -> bool:
    """Move an entry; return False, with nothing moved, where it does not stand where the tab knew it to be."""
    with changing(entry.project) as now:
        found = get_object_or_404(now.entries, pk=entry.pk)
        if was not in (None, found.rank) and rank != found.rank:
            return False
        found.project = now
        found.move_to(rank)
    return True


def known_of(data: QueryDict) -> dict[str, str | None]:
    """Return what a tab knew of its fields; nothing where it did not say, as a page without scripts.

    None stands for a field of which two values were offered, and none was chosen yet.
    """
    try:
        found = json.loads(data.get("was", "") or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if value is None or isinstance(value, str)}


def unsettled(data: QueryDict, clashes: list[Clash]) -> str:
    """Return what the tab knows from here on, as JSON: its form sends that until one of the two values is chosen."""
    return json.dumps(known_of(data) | dict.fromkeys(clash.name for clash in clashes))


def _compared(kind: type[forms.ModelForm], data: QueryDict, row: Any) -> tuple[forms.ModelForm, list[Clash]]:
    known, form = known_of(data), kind(data, instance=row)
    if not known:
        return form, []
    sent, clashes = data.copy(), []
    for name in known.keys() & form.fields.keys():
        field, now, mine, was = form.fields[name], _sent(form.initial.get(name)), data.get(name, ""), known[name]
        if was is not None and _same(field, mine, was):
            sent[name] = now
        elif (was is None or not _same(field, now, was)) and not _same(field, now, mine):
            words = (_words(field, mine), _words(field, now))
            clashes.append(Clash(name, str(field.label), mine, now, *words))
    return kind(sent, instance=row), clashes


def _sent(value: Any) -> str:
    """Return a stored value as a form would send it."""
    return "" if value is None or value is False else "on" if value is True else str(value)


def _same(field: forms.Field, one: str, other: str) -> bool:
    """Return whether two values as sent mean the same to a field."""
    one, other = one.replace("\r\n", "\n"), other.replace("\r\n", "\n")
    try:
        first, second = field.to_python(one), field.to_python(other)
    except forms.ValidationError:
        return one == other
    if isinstance(first, float) and isinstance(second, float):
        return abs(first - second) < NEAR
    return first == second


def _words(field: forms.Field, value: str) -> str:
    """Return a value as people read it: a choice's own name, yes or no, and a dash for nothing."""
    if isinstance(field, forms.BooleanField):
        return _("on") if value else _("off")
    choices = {str(key): str(name) for key, name in getattr(field, "choices", [])}
    return choices.get(value, value) or "–"
