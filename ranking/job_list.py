"""The jobs of a user of all kinds together: what goes on, what waits in its order, then what ended, newest first."""

from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Case, DateTimeField, JSONField, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ranking import jobs
from ranking.jobs import Job

PAGE = 20
MOST_TOLD = 2
STATES = {"active": _("waiting or working"), "done": _("done"), "failed": _("failed"), "cancelled": _("cancelled")}
ENDED = Coalesce("finished_at", "created_at")
TURN = {  # what the rows are sorted by; what has ended has no place in the line, and what goes on has no end
    "turn": Case(When(status=Job.Status.RUNNING, then=0), When(status=Job.Status.QUEUED, then=1), default=2),
    "begun": Case(When(status__in=Job.ACTIVE, then="created_at"), output_field=DateTimeField()),
    "ended": Case(When(status__in=Job.ACTIVE, then=None), default=ENDED, output_field=DateTimeField()),
}


def listed() -> dict[str, type[Job]]:
    """Return the kinds that the page shows, by name."""
    return {kind._meta.model_name: kind for kind in jobs.kinds() if not kind.is_part}


def _kind_choices() -> list[tuple[str, Any]]:
    return [("", _("All kinds")), *((name, kind._meta.verbose_name_plural) for name, kind in listed().items())]


class JobsForm(forms.Form):
    """Which jobs are shown. What makes no sense in it is as if it had not been said."""

    kind = forms.ChoiceField(label=_("Kind"), choices=_kind_choices, required=False)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All states")), *STATES.items()], required=False)

    def chosen(self) -> tuple[str, str]:
        """Return the kind and the state, "" for all."""
        self.is_valid()
        return self.cleaned_data.get("kind", ""), self.cleaned_data.get("state", "")


def page_of(user: Any, kind: str, state: str, number: str | None) -> Page:
    """Return one page of a user's jobs, with what they work on; as many queries for many jobs as for few."""
    shown = [kind] if kind else list(listed())
    parts = [_rows(listed()[name], user, state).values_list("turn", "begun", "ended", "pk", "name") for name in shown]
    union = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    page = Paginator(union.order_by("turn", "begun", "-ended", "pk"), PAGE).get_page(number)
    rows = list(page.object_list)
    found = {name: _loaded(listed()[name], [pk for *_turn, pk, of in rows if of == name]) for name in shown}
    page.object_list = [found[name][pk] for *_turn, pk, name in rows if pk in found[name]]
    return page


def in_the_making(user: Any) -> list[Job]:
    """Return the few jobs of a user that the bar of every page tells of, the newest first."""
    rows: list[Job] = []
    for kind in (kind for kind in jobs.kinds() if kind.is_told):
        active = kind.objects.active().owned_by(user)
        # Mostly there is none, and to ask for a row of everything costs a page three times as much.
        ids = list(active.values_list("pk", flat=True)[:MOST_TOLD])
        rows += active.filter(pk__in=ids).select_related("project") if ids else []
    return rows[:MOST_TOLD]


def _rows(kind: type[Job], user: Any, state: str) -> QuerySet:
    rows = kind.objects.listed().owned_by(user).annotate(name=Value(kind._meta.model_name), **TURN).order_by()
    if not state:
        return rows
    return rows.filter(status__in=Job.ACTIVE) if state == "active" else rows.filter(status=state)


def _loaded(kind: type[Job], ids: list[Any]) -> dict[Any, Job]:
    related = [field.name for field in kind._meta.fields if field.is_relation and field.name != "owner"]
    large = [field.name for field in kind._meta.fields if isinstance(field, JSONField)]
    return kind.objects.select_related(*related).defer(*large).in_bulk(ids)
