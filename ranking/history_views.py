"""Undo and redo on the editor's page, and the state of the two."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from ranking import history, steps
from ranking.models import Change, Project
from ranking.owned import project_of
from ranking.views import project_page


@require_GET
def offers(request: HttpRequest, pk: int) -> HttpResponse:
    """The two buttons, each with what it would do."""
    found = project_of(request, pk)
    return render(request, "ranking/_history.html", {"project": found, "steps": steps.offers(found)})


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, history.undo, _("Undone: %(step)s"))


@require_POST
def redo(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, history.redo, _("Done again: %(step)s"))


def _step(request: HttpRequest, pk: int, take: Callable[..., Change | None], words: str) -> HttpResponse:
    """Take a step, and answer with the page as it is now; a button that was overtaken by another tab does nothing."""
    project, number = project_of(request, pk), request.POST.get("number", "")
    overtaken = _("Nothing was undone: something else was changed meanwhile. Look again.")
    try:
        change = take(project, int(number) if number.isdecimal() and len(number) < 10 else None)
        said = words % {"step": steps.told(change, steps.ranks_of(project))} if change else overtaken
    except ValueError as error:
        said = str(error)
    return _answer(request, project, said)


def _answer(request: HttpRequest, project: Project, said: str) -> HttpResponse:
    if not request.htmx:
        messages.info(request, said)
        return redirect(project)
    response = trigger_client_event(project_page(request, project), "board-changed")
    return trigger_client_event(response, "told", {"words": said})
