"""The admin of users and projects, and the base of every kind of job's history."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ranking import jobs
from ranking.channels import Channel
from ranking.models import MAX_ENTRIES, Entry, Project, User


class NamedTimes(admin.options.BaseModelAdmin):
    """Day and hour of a moment are two fields: each is named after it, for those who hear the form."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.SplitDateTimeField):
            field.widget.attrs["aria-label"] = field.label
        return field


@admin.register(User)
class StudioUserAdmin(NamedTimes, UserAdmin):
    filter_horizontal = ()  # the browser's own lists can be read aloud, Django's double ones not whole
    list_display = ("username", "is_staff", "is_active", "films_a_day", "uploads_mb", "active_jobs", "last_login")
    limits = {
        "fields": ("films_a_day", "uploads_mb", "active_jobs"),
        "description": _("Empty: the studio's own limit, and for superusers none. 0: no limit."),
    }
    fieldsets = (*UserAdmin.fieldsets, (_("What they may have"), limits))


class EntryForm(forms.ModelForm):
    """An entry whose rank is a wish: the ranking closes up and makes room when the form is saved."""

    place = forms.IntegerField(label=_("rank"), min_value=1, max_value=MAX_ENTRIES, required=False)

    class Meta:
        model = Entry
        fields = ("place", "video", "label", "start", "end", "fit", "volume")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("place", self.instance.rank)


class EntryFormSet(forms.BaseInlineFormSet):
    def add_fields(self, form: EntryForm, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():  # the heads of the columns are no labels of their fields
            field.widget.attrs["aria-label"] = field.label


class EntryInline(admin.TabularInline):
    model = Entry
    form = EntryForm
    formset = EntryFormSet
    fields = EntryForm.Meta.fields
    autocomplete_fields = ("video",)
    ordering = ("rank",)
    extra = 0
    max_num = MAX_ENTRIES

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return super().get_queryset(request).select_related("video")


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):
    list_display = ("__str__", "owner", "entry_count", "target", "style", "order", "updated_at")
    list_filter = ("target", "style", "order", "updated_at")
    list_select_related = ("owner",)
    search_fields = ("title", "owner__username", "entries__label")
    date_hierarchy = "created_at"
    inlines = (EntryInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return super().get_queryset(request).annotate(entry_count=Count("entries"))

    @admin.display(description=_("entries"), ordering="entry_count")
    def entry_count(self, project: Project) -> int:
        return project.entry_count

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, dict[str, int], set[str], list[str]]:
        """Films are history that nobody deletes by hand, but with their project they go."""
        going, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return going, counts, lacking - {kind._meta.verbose_name for kind in jobs.kinds()}, protected

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Store the entries, then rank them as wished; the one that was moved goes before the one that stood there."""
        project = form.instance
        formset.save(commit=False)
        for entry in formset.deleted_objects:
            entry.delete()
        kept = [form for form in formset.forms if form not in formset.deleted_forms and form.instance.video_id]
        for place, entry_form in enumerate(kept):
            if entry_form.instance.pk is None:
                entry_form.instance.rank = 10 * MAX_ENTRIES + place  # free until all are ranked below
            entry_form.instance.save()
        project.rank_as([entry_form.instance for entry_form in sorted(kept, key=_wish)])


@admin.register(Channel)
class ChannelAdmin(admin.ModelAdmin):
    list_display = ("name", "owner", "top", "target", "style", "order", "seconds", "created_at")
    list_filter = ("target", ("owner", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("owner",)
    search_fields = ("name", "owner__username", "credit")
    raw_id_fields = ("track",)
    date_hierarchy = "created_at"


def _wish(form: EntryForm) -> tuple[int, int]:
    """Return the sort key of an entry's wished place; a new one without a wish goes last."""
    old, wished = form.initial.get("place"), form.cleaned_data.get("place")
    if not wished:
        return (old or 10 * MAX_ENTRIES, 1)
    moved_down = old is not None and wished > old
    return (wished, 2 if moved_down else 1 if wished == old else 0)


class JobAdmin(admin.ModelAdmin):
    """The base of every kind of job's history; a kind adds columns of its own in front."""

    list_display = ("status", "percent", "message", "error", "attempt", "owner", "created_at", "finished_at")
    list_filter = ("status", "created_at")
    list_select_related = ("owner",)
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
