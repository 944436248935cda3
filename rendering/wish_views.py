"""The pages of “Make it for me”: the wish, and what is left for a person to do."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from ranking.channels import chosen
from ranking.forms import first_error
from ranking.models import MAX_ENTRIES
from rendering.models import Render
from rendering.wishes import LEAST, TOP, start_wish
from scraping.forms import SearchForm


class WishForm(SearchForm):
    """A search, and how many of the best shall be ranked."""

    top = forms.TypedChoiceField(
        choices=[(n, n) for n in range(LEAST, MAX_ENTRIES + 1)],
        coerce=int,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": _("A ranking holds 3 to 10 videos.")},
    )


@require_POST
def wish(request: HttpRequest) -> HttpResponse:
    form = WishForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("home")
    said, channel = form.cleaned_data, chosen(request.user, request.POST)
    top = said["top"] or (channel.top if channel else TOP)
    try:
        return redirect(start_wish(request.user, said["q"], said["source"], top).project)
    except ValueError as error:  # links that are too few
        messages.error(request, str(error))
        return redirect("home")


@require_GET
def left_to_do(request: HttpRequest, job_id: str) -> HttpResponse:
    """What a person may still do for a film that was wished for, as the open editor asks after each edit."""
    job = get_object_or_404(Render.objects.owned_by(request.user).select_related("project"), pk=job_id)
    return render(request, "rendering/_left_to_do.html", {"job": job})
