"""The page of a user's jobs, and what can be done with one."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from ranking import jobs, line
from ranking.job_list import JobsForm, page_of
from ranking.jobs import Job
from ranking.quotas import check_jobs


def _job_of(request: HttpRequest, pk: uuid.UUID) -> Job:
    found = jobs.find(pk)
    if found is None or found.owner_id != request.user.pk or found.is_part:
        raise Http404
    return found


@require_GET
def jobs_page(request: HttpRequest) -> HttpResponse:
    form = JobsForm(request.GET)
    kind, state = form.chosen()
    page = page_of(request.user, kind, state, request.GET.get("page"))
    shown = {"page": page, "form": form, "kind": kind, "state": state, "places": line.places(page.object_list)}
    return render(request, "ranking/_jobs.html" if request.htmx else "ranking/jobs.html", shown)


@require_POST
def cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = _job_of(request, pk)
    job.cancel()
    return render(request, "ranking/_job_row.html", {"job": job}) if request.htmx else redirect("jobs")


@require_POST
def retry(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Queue the same work anew, as another job at the head of the list."""
    job = _job_of(request, pk)
    if not job.may_work_again:
        messages.error(request, job.instead if job.failed_for_good else _("This work cannot be done again from here."))
        return redirect("jobs")
    check_jobs(request.user)
    job.again()
    # What a socket sent has no token in its form: htmx posts it, and is told where to go.
    return HttpResponseClientRedirect(reverse("jobs")) if request.htmx else redirect("jobs")
