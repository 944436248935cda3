"""The admin of users, rankings and channels, and of what Celery keeps of its tasks."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_celery_results.admin import TaskResultAdmin
from django_celery_results.models import GroupResult, TaskResult

from ranking import jobs
from ranking.admin_base import TECHNICAL, History, NamedFilter, PlainFields, column, moment
from ranking.channels import Channel
from ranking.forms import LEAST_SECONDS, style_choices, style_name, target_choices, target_name, voice_choices
from ranking.models import MAX_ENTRIES, Entry, Project, User
from ranking.templatetags.studio import UNKNOWN

admin.site.unregister((Group, GroupResult, TaskResult))  # the studio has no groups of tasks
admin.site.empty_value_display = UNKNOWN
HOW = ("target", "style", "order", "seconds", "transition", "hook", "card", "effects")
MUSIC = ("track", "track_start", "track_volume")


@admin.register(User)
class StudioUserAdmin(PlainFields, UserAdmin):
    list_display = ("username", "is_staff", "is_active", "films_a_day", "uploads_mb", "active_jobs", "seen")
    limits = {
        "fields": ("films_a_day", "uploads_mb", "active_jobs"),
        "description": _("Empty: the studio's own limit, and for superusers none. 0: no limit."),
    }
    fieldsets = (
        (None, {"fields": ("username", "password", "first_name", "last_name", "email")}),
        (_("What they may do"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("What they may have"), limits),
        (TECHNICAL, {"fields": ("last_login", "date_joined"), "classes": ("collapse",)}),
    )
    seen = moment("last_login", _("last login"))


@admin.register(Group)
class PeopleGroupAdmin(PlainFields, GroupAdmin):
    """Groups of people; a permission is for something that the admin shows, for nothing else asks for one."""

    ACTIONS = {"view": _("View"), "add": _("Add"), "change": _("Change"), "delete": _("Delete")}
    comes_here = _("Groups give several people the same permissions.")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        shown = ContentType.objects.get_for_models(*self.admin_site._registry).values()
        field.queryset = field.queryset.filter(content_type__in=shown)
        field.label_from_instance = self.words
        return field

    def words(self, permission: Permission) -> str:
        action = self.ACTIONS.get(permission.codename.partition("_")[0], permission.name)
        return f"{permission.content_type.name}: {action}"


class PresetForm(forms.ModelForm):
    """How films are made, by the names that people know, out of what their owner has."""

    target = forms.ChoiceField(label=_("Made for"), choices=target_choices)
    style = forms.ChoiceField(label=_("Style"))
    seconds = forms.FloatField(label=_("Length in seconds"), min_value=LEAST_SECONDS, required=False)

    class Meta:
        labels = {
            "track_start": _("Start of the music (s)"),
            "cover_at": _("Moment of the cover (s)"),
            "transition": _("Between clips"),
            "hook": _("Open with a flash of #1"),
            "card": _("Words on the end card"),
        }
        help_texts = {"track_start": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of = self.instance
        known = style_choices(of.owner if of.owner_id else None)
        # A style that is gone since stays what it is until somebody chooses another one.
        self.fields["style"].choices = known if of.style in dict(known) else [*known, (of.style, of.style)]
        self.fields["seconds"].help_text = of._meta.get_field("seconds").help_text
        for name in {"track", "channel"} & set(self.fields) if of.owner_id else ():
            found = self.fields[name].queryset
            self.fields[name].queryset = found.filter(owner=of.owner) | found.filter(pk=getattr(of, f"{name}_id"))

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        owner, style = values.get("owner"), values.get("style")
        if owner and {"owner", "style"} & set(self.changed_data) and style not in dict(style_choices(owner)):
            self.add_error("style", _("%(owner)s has no such style.") % {"owner": owner})
        return values


class EntryForm(forms.ModelForm):
    """An entry whose rank is a wish: the ranking closes up and makes room when the form is saved."""

    place = forms.IntegerField(label=_("Rank"), min_value=1, max_value=MAX_ENTRIES, required=False)

    class Meta:
        model = Entry
        fields = ("place", "video", "label", "start", "end", "fit", "volume")
        labels = {"start": _("From, seconds"), "end": _("To, seconds"), "volume": _("Volume, 0 to 2")}
        help_texts = {"start": "", "end": "", "volume": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("place", self.instance.rank)


class EntryInline(PlainFields, admin.StackedInline):
    model = Entry
    form = EntryForm
    fields = (EntryForm.Meta.fields,)
    autocomplete_fields = ("video",)
    ordering = ("rank",)
    extra = 0
    max_num = MAX_ENTRIES

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return super().get_queryset(request).select_related("video")


class TargetFilter(NamedFilter):
    say = staticmethod(target_name)


class StyleFilter(NamedFilter):
    say = staticmethod(style_name)


@admin.register(Project)
class ProjectAdmin(PlainFields, admin.ModelAdmin):
    form = PresetForm
    fieldsets = (
        (None, {"fields": ("title", "owner", "channel")}),
        (_("How it is made"), {"fields": (*HOW, "cover_at")}),
        (_("Music"), {"fields": MUSIC}),
    )
    comes_here = _("Rankings come here as soon as somebody begins one.")
    list_display = ("__str__", "owner", "entry_count", "made_for", "look", "order", "changed")
    list_filter = (("target", TargetFilter), ("style", StyleFilter), "order", "updated_at")
    list_select_related = ("owner",)
    search_fields = ("title", "owner__username", "entries__label")
    date_hierarchy = "created_at"
    inlines = (EntryInline,)
    made_for = column("target", target_name, _("made for"))
    look = column("style", style_name, _("style"))
    changed = moment("updated_at", _("changed at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return super().get_queryset(request).annotate(entry_count=Count("entries"))

    @admin.display(description=_("videos"), ordering="entry_count")
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


class ChannelForm(PresetForm):
    top = forms.IntegerField(label=_("How many ranks"), min_value=1, max_value=MAX_ENTRIES)
    voice = forms.ChoiceField(label=_("Speaking voice"), choices=voice_choices, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("that of the page")), *settings.LANGUAGES]


@admin.register(Channel)
class ChannelAdmin(PlainFields, admin.ModelAdmin):
    form = ChannelForm
    fieldsets = (
        (None, {"fields": ("name", "owner", "top", "language", "voice", "credit")}),
        (_("How it is made"), {"fields": HOW}),
        (_("Music"), {"fields": MUSIC}),
    )
    comes_here = _("Channels come here once somebody keeps how a ranking is made as one.")
    list_display = ("name", "owner", "top", "made_for", "look", "order", "seconds", "made")
    list_filter = (("target", TargetFilter), ("owner", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("owner",)
    search_fields = ("name", "owner__username", "credit")
    date_hierarchy = "created_at"
    made_for, look = ProjectAdmin.made_for, ProjectAdmin.look
    made = moment("created_at", _("made at"))


@admin.register(TaskResult)
class TaskResultHistory(History, TaskResultAdmin):
    """What Celery keeps of its tasks, for who looks for a fault."""

    comes_here = _("What becomes of each task is kept here.")
    list_display = ("task_name", "state", "worker", "ended")
    list_filter = ("task_name", "date_done")
    fieldsets = (
        (None, {"fields": ("task_name", "state", "worker", "date_created", "date_started", "date_done")}),
        (
            TECHNICAL,
            {"fields": ("task_id", "task_args", "task_kwargs", "result", "traceback"), "classes": ("collapse",)},
        ),
    )
    STATES = {
        "SUCCESS": jobs.Job.Status.DONE,
        "FAILURE": jobs.Job.Status.FAILED,
        "STARTED": jobs.Job.Status.RUNNING,
        "REVOKED": jobs.Job.Status.CANCELLED,
    }
    state = column(
        "status", lambda status: TaskResultHistory.STATES.get(status, jobs.Job.Status.QUEUED).label, _("status")
    )
    ended = moment("date_done", _("ended at"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for _title, options in self.fieldsets for name in options["fields"]]


def _wish(form: EntryForm) -> tuple[int, int]:
    """Return the sort key of an entry's wished place; a new one without a wish goes last."""
    old, wished = form.initial.get("place"), form.cleaned_data.get("place")
    if not wished:
        return (old or 10 * MAX_ENTRIES, 1)
    moved_down = old is not None and wished > old
    return (wished, 2 if moved_down else 1 if wished == old else 0)
