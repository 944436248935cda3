"""The pages of the hub: home, the project with its ranking, and the state of one job."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from ranking import demo, jobs, scoring, steps
from ranking.clashes import Clash, edit, move, unsettled
from ranking.forms import (
    EntryForm,
    MoveForm,
    SettingsForm,
    TitleForm,
    WeightsForm,
    first_error,
    picked_videos,
    source_choices,
)
from ranking.history import changing
from ranking.labelling import fill_label, suggested_label
from ranking.models import MAX_ENTRIES, Entry, Project
from ranking.owned import entry_of, project_of
from ranking.owner import is_owner
from ranking.reasons import suggest_reasons

LEAST_ENTRIES = 3  # a ranking of fewer is none
RECENT = 24
PARTS = "rendering.parts.parts_of"  # the hub names what stands above it by dotted string only


def _with_work(entries: list[Entry]) -> list[Entry]:
    """Let the entries know the newest job on what is not all there of their videos; return them."""
    works = jobs.last_of([entry.video for entry in entries if not (entry.video.is_ready and entry.video.cover)])
    for entry in entries:
        entry.work = works.get(entry.video_id)
    return entries


def _is_in_vain(entry: Entry) -> bool:
    """Whether waiting for a video, or trying again, brings nothing: it has no link, or was refused for good."""
    video, work = entry.video, entry.work
    return not (work and work.is_active) and (not video.url or bool(work.failed_for_good if work else video.refused))


def _readiness(project: Project, entries: list[Entry]) -> dict[str, Any]:
    """Return what keeps a project from being filmed, and what would be missing in its film. Entries know their work."""
    waiting = [entry for entry in entries if not entry.video.is_ready]
    for entry in waiting:
        entry.in_vain = _is_in_vain(entry)
    return {
        "waiting": waiting,
        "in_vain": [entry for entry in waiting if entry.in_vain],
        "fetchable": sum(not (entry.in_vain or (entry.work and entry.work.is_active)) for entry in waiting) > 1,
        "lacking": max(LEAST_ENTRIES - len(entries), 0),
        "untitled": not project.title.strip(),
        "unlabelled": [entry.rank for entry in entries if not entry.label.strip()],
    }


def _editor(request: HttpRequest, project: Project) -> dict[str, Any]:
    """Return what the ranked list and the panel beside it show."""
    weights = request.session.get("weights", dict(scoring.WEIGHTS))
    entries, now = _with_work(list(project.ranked())), timezone.now()
    parts = import_string(PARTS)(project, entries)
    labels = [entry.label for entry in entries]
    for entry in entries:
        entry.part = parts.get(entry.pk)
        entry.score = scoring.of_video(entry.video, now, weights)
        entry.score_words = scoring.explain(entry.score)
        entry.suggested = "" if entry.label.strip() else suggested_label(entry.video, labels)
        entry.reasons = suggest_reasons(entry, entries)
    shown = {"project": project, "entries": entries, "weights_form": WeightsForm(initial=weights)}
    shown["suggestions"] = sum(bool(entry.suggested) for entry in entries)
    return shown | _readiness(project, entries)


def _ranking(request: HttpRequest, project: Project, problem: str = "", note: str = "") -> HttpResponse:
    """Answer a change of the ranking: the list as it is now, or the project page where there is no htmx."""
    if not request.htmx:
        if problem:
            messages.error(request, problem)
        if note:
            messages.info(request, note)
        return redirect(project)
    context = _editor(request, project) | {"problem": problem, "note": note}
    response = render(request, "ranking/_ranking.html", context, status=422 if problem else 200)
    response["X-Version"] = project.version
    return trigger_client_event(response, "board-changed")


def _placed(project: Project) -> HttpResponse:
    """Answer a move that the page shows already: it is saved. The page asks for what else it changed by itself."""
    return trigger_client_event(HttpResponse(status=204, headers={"X-Version": str(project.version)}), "board-changed")


def _clash(request: HttpRequest, entry: Entry, rank: int) -> HttpResponse:
    """Answer a move from a rank where the entry stands no more: the list as it is, and the move offered again."""
    if not request.htmx:
        return _ranking(request, entry.project, _("Another tab moved this rank meanwhile. Move it again."))
    entry.refresh_from_db(fields=["rank"])
    context = _editor(request, entry.project) | {"clash": {"entry": entry, "rank": rank}}
    return render(request, "ranking/_ranking.html", context, status=409)


def _saved(
    request: HttpRequest, project: Project, form: BaseForm, clashes: list[Clash], board: bool = True
) -> HttpResponse:
    """Answer an edit in place: a quiet word that it is saved, or why it is not, and for which fields."""
    if clashes and request.htmx:
        fields = " ".join(clash.name for clash in clashes)
        shown = {"clashes": clashes, "fields": fields, "was": unsettled(request.POST, clashes)}
        return render(request, "ranking/_clash.html", shown, status=409)
    problem = first_error(form)
    if not request.htmx:
        if problem:
            messages.error(request, problem)
        return redirect(project)
    context = {"project": project, "problem": problem, "fields": " ".join(form.errors)}
    context |= _readiness(project, _with_work(list(project.ranked())))
    response = render(request, "ranking/_saved.html", context, status=422 if problem else 200)
    response["X-Version"] = project.version
    return trigger_client_event(response, "board-changed") if board and not problem else response


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    projects = Project.objects.owned_by(request.user).recent().shelved()
    shelf = {"projects": projects[:RECENT], "demo_percent": demo.percent() if is_owner(request.user) else None}
    if request.htmx:
        return render(request, "ranking/_shelf.html", shelf)
    channels = request.user.channels.all()
    begun = {"channel": request.GET.get("channel", str(request.user.channel_id or ""))}  # the last, or one just pressed
    return render(request, "ranking/home.html", shelf | begun | {"sources": source_choices(), "channels": channels})


@require_POST
def project_create(request: HttpRequest) -> HttpResponse:
    videos = picked_videos(request.POST, request.user)
    if len(videos) > MAX_ENTRIES:
        messages.error(request, _("A ranking holds at most %(n)d videos.") % {"n": MAX_ENTRIES})
        return redirect(back(request))
    title = TitleForm({"title": request.POST.get("title", "")[:200]})
    with transaction.atomic():
        project = Project.begun(request.user, title=title.cleaned_data["title"] if title.is_valid() else "")
        project.save()
        for video in videos:
            project.add(video)
    return redirect(project)


def back(request: HttpRequest) -> str:
    """Return the page of this site that the request came from, or the first page."""
    came_from = request.headers.get("Referer", "")
    return came_from if url_has_allowed_host_and_scheme(came_from, {request.get_host()}) else "home"


@require_GET
def project(request: HttpRequest, pk: int) -> HttpResponse:
    found = project_of(request, pk)
    context = _editor(request, found)
    if request.htmx and request.htmx.target == "ranking":
        return render(request, "ranking/_ranking.html", context)
    return project_page(request, found, context)


def project_page(request: HttpRequest, found: Project, context: dict[str, Any] | None = None) -> HttpResponse:
    """Return the whole page of a project as it is now."""
    context = context or _editor(request, found)
    context |= {"settings_form": SettingsForm(instance=found), "film": found.renders.worth_showing().first()}
    context["steps"] = steps.offers(found, {entry.pk: entry.rank for entry in context["entries"]})
    response = render(request, "ranking/project.html", context)
    response["X-Version"] = found.version
    return response


@require_POST
def project_title(request: HttpRequest, pk: int) -> HttpResponse:
    form, clashes = edit(project_of(request, pk), TitleForm, request.POST)
    return _saved(request, form.instance, form, clashes)


@require_POST
def project_settings(request: HttpRequest, pk: int) -> HttpResponse:
    form, clashes = edit(project_of(request, pk), SettingsForm, request.POST)
    return _saved(request, form.instance, form, clashes)


@require_POST
def project_delete(request: HttpRequest, pk: int) -> HttpResponse:
    project_of(request, pk).delete()
    messages.success(request, _("The project is deleted. Its videos stay in your library."))
    return redirect("home")


@require_POST
def project_rank(request: HttpRequest, pk: int) -> HttpResponse:
    found = project_of(request, pk)
    form = WeightsForm(request.POST)
    if not form.is_valid():
        return _ranking(request, found, first_error(form))
    request.session["weights"] = form.weights()
    entries = found.ranked()
    if not any(scoring.of_video(entry.video, timezone.now(), form.weights()).total is not None for entry in entries):
        return _ranking(request, found, note=_("These videos came without numbers, so the order stays yours."))
    with changing(found, gettext_noop("ranking by score")) as now:
        now.rank_as(scoring.best_first(now.ranked(), timezone.now(), form.weights()))
    return _ranking(request, found, note=_("Ranked by score. You can still move any row."))


@require_POST
def entry_add(request: HttpRequest, pk: int) -> HttpResponse:
    found = project_of(request, pk)
    videos = picked_videos(request.POST, request.user)
    try:
        with changing(found) as now:
            for video in videos:
                now.add(video)
    except ValueError as full:
        return _ranking(request, found, str(full))
    return _ranking(request, found, "" if videos else _("Pick at least one video first."))


@require_POST
def entry_move(request: HttpRequest, pk: int) -> HttpResponse:
    entry = entry_of(request, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _ranking(request, entry.project, first_error(form))
    rank = form.cleaned_data["rank"]
    if not move(entry, rank, form.cleaned_data["was"]):
        return _clash(request, entry, rank)
    name = entry.label or str(entry.video)
    words = _("[name] is now rank [rank].").replace("[name]", name).replace("[rank]", str(rank))
    answer = _placed(entry.project) if form.cleaned_data["placed"] else _ranking(request, entry.project)
    return trigger_client_event(answer, "told", {"words": words})


@require_POST
def entry_edit(request: HttpRequest, pk: int) -> HttpResponse:
    form, clashes = edit(entry_of(request, pk), EntryForm, request.POST)
    board = bool({"label", "reason"} & set(form.changed_data))
    return _saved(request, form.instance.project, form, clashes, board)


@require_POST
def entry_label(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the label that is suggested for a rank without one."""
    entry = entry_of(request, pk)
    with changing(entry.project):
        filled = fill_label(entry)
    if filled:
        return _ranking(request, entry.project)
    return _ranking(request, entry.project, note=_("This rank has a label already, or its caption says nothing new."))


@require_POST
def project_labels(request: HttpRequest, pk: int) -> HttpResponse:
    """Take all suggested labels; those that a person typed stay."""
    found = project_of(request, pk)
    with changing(found, gettext_noop("filling empty labels")) as now:
        count = sum(fill_label(entry) for entry in now.ranked())
    words = ngettext("%(n)d label is filled from its caption.", "%(n)d labels are filled from their captions.", count)
    note = words % {"n": count} if count else _("No label could be filled.")
    return _ranking(request, found, note=f"{note} {_still_empty(found)}".strip())


def _still_empty(project: Project) -> str:
    """Return in a sentence how many labels could not be filled and why, or "" where all are there."""
    count = project.entries.filter(label__regex=r"^\s*$").count()
    words = ngettext(
        "%(n)d stays empty: its caption says nothing that the others do not say. Write that one yourself.",
        "%(n)d stay empty: their captions say nothing that the others do not say. Write those yourself.",
        count,
    )
    return words % {"n": count} if count else ""


@require_POST
def entry_remove(request: HttpRequest, pk: int) -> HttpResponse:
    entry = entry_of(request, pk)
    with changing(entry.project):
        entry.remove()
    return _ranking(request, entry.project)


@require_GET
def job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    found = jobs.find(pk)
    if found is None or found.owner_id != request.user.pk:
        raise Http404
    return render(request, jobs.partial(found, request.GET), {"job": found})
