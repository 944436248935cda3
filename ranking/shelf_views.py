"""All rankings of a user, found by their titles and by whether they have a film yet."""

from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from ranking.models import Project

PAGE = 24
STATES = {"filmed": _("with a film"), "unfilmed": _("without a film")}


class RankingsForm(forms.Form):
    """Which rankings are shown. What makes no sense in it is as if it had not been said."""

    q = forms.CharField(label=_("Search the titles"), max_length=200, required=False)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All rankings")), *STATES.items()], required=False)

    def page_of(self, user: Any, number: str | None) -> Page:
        """Return one page of a user's rankings with what their cards show, the last edited first."""
        self.is_valid()
        wanted, state = self.cleaned_data.get("q", ""), self.cleaned_data.get("state", "")
        found = Project.objects.owned_by(user).recent().shelved().called(wanted)
        if state:
            found = found.filmed(state == "filmed")
        return Paginator(found, PAGE).get_page(number)


@require_GET
def rankings(request: HttpRequest) -> HttpResponse:
    form = RankingsForm(request.GET)
    page = form.page_of(request.user, request.GET.get("page"))
    said = request.GET.copy()
    said.pop("page", None)
    return render(request, "ranking/rankings.html", {"form": form, "page": page, "said": said.urlencode()})
