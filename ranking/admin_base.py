"""What the admins of all three apps share: names in place of internal words, short moments, the history of jobs."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ranking.jobs import Job
from ranking.templatetags.studio import UNKNOWN, percent, said

TECHNICAL = _("Technical facts")


def moment(field: str, words: Any) -> Callable:
    """Return a column that shows the moment of a field, short and in one line."""
    return column(field, short_moment, words)


def column(field: str, say: Callable[[Any], str], words: Any) -> Callable:
    """Return a column that says the value of a field as people do; its list is sorted by the field."""

    @admin.display(description=words, ordering=field)
    def shown(_admin: admin.ModelAdmin, row: Any) -> str:
        return say(getattr(row, field))

    return shown


def short_moment(when: datetime | None) -> str:
    if when is None:
        return UNKNOWN
    words = date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT")
    return format_html('<time class="nowrap" datetime="{}">{}</time>', when.isoformat(), words)


class NamedFilter(admin.AllValuesFieldListFilter):
    """Offers the values of a column by the names that `say` gives them."""

    say: ClassVar[Callable[[str], Any]] = str

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        for number, choice in enumerate(super().choices(changelist)):
            value, counted, count = str(choice["display"]).partition(" (")  # a count stands there where it is asked for
            words = f"{type(self).say(value)}{counted}{count}"
            yield choice | ({"display": words} if number else {})  # the first one is: all


class PlainFields(admin.options.BaseModelAdmin):
    """Fields without side doors: what stands beside a field leads to the object that it names, and deletes nothing.

    What there may be several of is ticked: no key need be held, and it can be read aloud whole.
    """

    filter_horizontal = ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.SplitDateTimeField):  # day and hour are two fields: both are named for who hears it
            field.widget.attrs["aria-label"] = field.label
        widget = getattr(field, "widget", None)
        if isinstance(widget, RelatedFieldWidgetWrapper):
            widget.can_add_related = widget.can_change_related = widget.can_delete_related = False
        return field

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **kwargs | {"widget": forms.CheckboxSelectMultiple})


class History(admin.ModelAdmin):
    """Rows that are read and never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class JobAdmin(History):
    """The base of every kind of job's history; a kind adds columns and fields of its own."""

    columns: ClassVar[tuple[str, ...]] = ()
    about: ClassVar[tuple[str, ...]] = ()
    technical: ClassVar[tuple[str, ...]] = ()

    list_filter = ("status", "created_at")
    list_select_related = ("owner",)
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    made = moment("created_at", _("made at"))
    begun = moment("started_at", _("begun at"))
    ended = moment("finished_at", _("ended at"))
    spoken = column(
        "language", lambda code: gettext(dict(settings.LANGUAGES).get(code, code)) or UNKNOWN, _("language")
    )

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return ("state", *self.columns, "told", "owner", "made", "ended")

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> tuple[str, ...]:
        return self.columns[:1]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, dict[str, Any]]]:
        times = ("stage", "attempt", "lost_workers", "spoken", "heartbeat_at", "nudged_at", "not_before")
        return [
            (None, {"fields": ("state", *(self.about or self.columns), "told", "owner", "made", "begun", "ended")}),
            (TECHNICAL, {"fields": (*self.technical, *times), "classes": ("collapse",)}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for _title, options in self.get_fieldsets(request, obj) for name in options["fields"]]

    @admin.display(description=_("status"), ordering="status")
    def state(self, job: Job) -> str:
        words = job.get_status_display()
        return f"{words} {percent(job.shown_percent)}" if job.is_measured else words

    @admin.display(description=_("what it says"))
    def told(self, job: Job) -> str:
        """Return what a job does while it goes on, and why it failed, in the language of the page."""
        doing = said(job.message) or getattr(job, "stage_label", "")
        return (doing if job.is_active else said(job.error)) or UNKNOWN
