"""Pages of a film's cover: the moment that it shows is chosen, and the picture is taken away."""

import logging

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ranking.ffmpeg import FFmpegError
from ranking.forms import first_error
from ranking.jobs import JobError
from ranking.media import serve
from rendering import cover
from rendering.finished import film_of
from rendering.models import Render

logger = logging.getLogger(__name__)


KINDS = {"cover": True, "cover-plain": False}  # the exports, and whether they have text


class CoverForm(forms.Form):
    """The second of a film that its cover shows."""

    def __init__(self, *args: object, seconds: float, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        wrong = dict.fromkeys(("required", "invalid", "min_value", "max_value"), _("The film has no such moment."))
        self.fields["at"] = forms.FloatField(min_value=0, max_value=seconds, error_messages=wrong)


def _chosen(job: Render, form: CoverForm) -> str:
    """Choose the moment that a form names; return the sentence why not, or an empty text."""
    if not (problem := first_error(form)):
        try:
            cover.choose(job, form.cleaned_data["at"])
        except FFmpegError as error:
            logger.warning("the cover of %s cannot be chosen: %s", job.mark, error)
            problem = _("The film's file is gone or damaged. Make the film again.")
    return problem


@require_POST
def choose(request: HttpRequest, job_id: str) -> HttpResponse:
    """Show another moment of the film on its cover, and on those of later films of the project."""
    job = film_of(request, job_id)
    problem = _chosen(job, CoverForm(request.POST, seconds=job.seconds))
    if request.htmx:
        return render(request, Render.template, {"job": job, "problem": problem}, status=422 if problem else 200)
    if problem:
        messages.error(request, problem)
    return redirect(job)


@require_safe
def export(request: HttpRequest, job_id: str, kind: str) -> HttpResponseBase:
    """The cover as a JPEG of 1080x1920, with the film's text or without."""
    job = film_of(request, job_id)
    if kind not in KINDS:
        raise Http404
    try:
        path = cover.export(job, text=KINDS[kind])
    except (JobError, FFmpegError) as error:
        logger.warning("the cover of %s cannot be made: %s", job.mark, error)
        film = _("The film's file is gone or damaged. Make the film again.")
        words = film if KINDS[kind] else _("The file of a video is damaged.")
        messages.error(request, str(error) if isinstance(error, JobError) else words)
        return redirect(job)
    return serve(request, path, "image/jpeg", f"{job.project} {kind}.jpg")
