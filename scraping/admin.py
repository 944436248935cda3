"""The admin for curating videos, and the history of searches, downloads and preparations."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ranking.admin import JobAdmin, NamedTimes
from ranking.models import Project, Video
from scraping.downloading import start_download, start_ingest
from scraping.models import CookieJar, Download, Ingest, Search, Trial, Update


class ReadyFilter(admin.SimpleListFilter):
    title = gettext_lazy("file")
    parameter_name = "ready"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", _("is here")), ("0", _("not fetched yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "1":
            return queryset.ready()
        return queryset.filter(sha256="") if self.value() == "0" else queryset


class ProjectChoice(forms.Form):
    project = forms.ModelChoiceField(Project.objects.none(), label=gettext_lazy("Ranking"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.recent()


@admin.register(Video)
class VideoAdmin(NamedTimes, admin.ModelAdmin):
    list_display = (
        *("thumb", "title", "source", "handle", "play_count", "like_count", "comment_count", "share_count"),
        *("save_count", "duration", "ready", "hidden", "published_at"),
    )
    list_display_links = ("thumb", "title")
    list_filter = ("source", ReadyFilter, "hidden", "created_at", "published_at")
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False  # counting 100,000 rows twice for a number that nobody reads
    search_fields = ("search_text", "external_id", "url")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    actions = ("add_to_project", "fetch_again", "look_again", "hide", "show")
    raw_id_fields = ("owner",)
    readonly_fields = (
        *("thumb", "source", "external_id", "url", "fetched_at", "duration", "file", "proxy", "cover", "filmstrip"),
        *("sha256", "hashes", "facts", "created_at"),
    )
    exclude = ("waveform", "moments", "cover_url")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a video comes through ingest or from a source, never from a form

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, term: str) -> tuple[QuerySet, bool]:
        """Search as the library does, and by a pasted link or id."""
        exact = queryset.filter(external_id=term.strip()) | queryset.filter(url=term.strip())
        return (exact if term and exact.exists() else queryset.matching(term)), False

    def save_model(self, request: HttpRequest, obj: Video, form: Any, change: bool) -> None:
        obj.search_text = obj.searchable()
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("cover"))
    def thumb(self, video: Video) -> str:
        if not video.cover:
            return "—"
        address = reverse("video-cover", args=[video.pk])
        return format_html(
            '<img src="{}" alt="{}" loading="lazy" style="height:72px;border-radius:4px">', address, video
        )

    @admin.display(description=gettext_lazy("account name"))
    def handle(self, video: Video) -> str:
        return video.handle

    @admin.display(description=gettext_lazy("video"), ordering="caption")
    def title(self, video: Video) -> str:
        return str(video)

    @admin.display(description=gettext_lazy("ready"), boolean=True)
    def ready(self, video: Video) -> bool:
        return video.is_ready

    @admin.action(description=gettext_lazy("Add to a ranking"), permissions=["change"])
    def add_to_project(self, request: HttpRequest, chosen: QuerySet) -> HttpResponse | None:
        form = ProjectChoice(request.POST if "project" in request.POST else None)
        if form.is_valid():
            self._add(request, form.cleaned_data["project"], chosen)
            return None
        names = {"videos": chosen, "form": form, "title": _("Add to a ranking"), "media": self.media}
        return TemplateResponse(request, "scraping/admin_add_to_project.html", self._context(request) | names)

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"opts": self.model._meta}

    def _add(self, request: HttpRequest, project: Project, chosen: QuerySet) -> None:
        """Put videos into a ranking until it is full; what is not visible to its owner stays out."""
        count = 0
        for video in chosen.visible_to(project.owner):
            try:
                project.add(video)
            except ValueError as full:
                self.message_user(request, str(full), messages.WARNING)
                break
            count += 1
        left_out = chosen.count() - count
        words = ngettext("%(n)d video is in “%(project)s”.", "%(n)d videos are in “%(project)s”.", count)
        self.message_user(request, words % {"n": count, "project": project}, messages.SUCCESS)
        if left_out:
            words = ngettext("%(n)d video was left out.", "%(n)d videos were left out.", left_out)
            self.message_user(request, words % {"n": left_out}, messages.WARNING)

    @admin.action(description=gettext_lazy("Fetch again"), permissions=["change"])
    def fetch_again(self, request: HttpRequest, chosen: QuerySet) -> None:
        linked = [video for video in chosen if video.url]
        for video in linked:
            start_download(video, request.user)
        words = ngettext("%(n)d video is being fetched.", "%(n)d videos are being fetched.", len(linked))
        self.message_user(request, words % {"n": len(linked)})
        if without := chosen.count() - len(linked):
            words = ngettext("%(n)d video has no link.", "%(n)d videos have no link.", without)
            self.message_user(request, words % {"n": without}, messages.WARNING)

    @admin.action(description=gettext_lazy("Look for the best moments again"), permissions=["change"])
    def look_again(self, request: HttpRequest, chosen: QuerySet) -> None:
        ready = list(chosen.ready())
        chosen.ready().update(moments={})
        for video in ready:
            start_ingest(video, request.user)
        words = ngettext("%(n)d video is looked at again.", "%(n)d videos are looked at again.", len(ready))
        self.message_user(request, words % {"n": len(ready)})

    @admin.action(description=gettext_lazy("Hide"), permissions=["change"])
    def hide(self, request: HttpRequest, chosen: QuerySet) -> None:
        self._set_hidden(request, chosen, True)

    @admin.action(description=gettext_lazy("Show again"), permissions=["change"])
    def show(self, request: HttpRequest, chosen: QuerySet) -> None:
        self._set_hidden(request, chosen, False)

    def _set_hidden(self, request: HttpRequest, chosen: QuerySet, hidden: bool) -> None:
        count = chosen.update(hidden=hidden)
        words = ngettext("%(n)d video changed.", "%(n)d videos changed.", count)
        self.message_user(request, words % {"n": count})


@admin.register(Search)
class SearchAdmin(JobAdmin):
    list_display = ("query", "source", *JobAdmin.list_display)
    list_filter = ("source", *JobAdmin.list_filter)
    search_fields = ("query",)


@admin.register(Download, Ingest)
class VideoJobAdmin(JobAdmin):
    list_display = ("video", *JobAdmin.list_display)
    list_select_related = ("video", "owner")
    search_fields = ("video__search_text", "video__external_id")


@admin.register(Trial)
class TrialAdmin(JobAdmin):
    list_display = ("source", *JobAdmin.list_display)
    list_filter = ("source", *JobAdmin.list_filter)


@admin.register(Update)
class UpdateAdmin(JobAdmin):
    list_display = ("package", "before", "after", *JobAdmin.list_display)


@admin.register(CookieJar)
class CookieJarAdmin(admin.ModelAdmin):
    """Whose cookies are kept, by their names: they are added on their own page, and nobody is shown a value."""

    list_display = ("owner", "names", "expires_at", "works", "tested_at", "created_at")
    list_select_related = ("owner",)
    fields = readonly_fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
