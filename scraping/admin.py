"""The admin for curating videos, and the history of searches, downloads and preparations."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ranking.admin_base import TECHNICAL, History, JobAdmin, NamedFilter, PlainFields, column, moment
from ranking.models import Project, Video
from ranking.templatetags.studio import UNKNOWN, duration, human_count, said
from scraping.downloading import start_download, start_ingest
from scraping.models import CookieJar, Download, Ingest, Search, Trial, Update
from scraping.templatetags.found import asked_lines, refused_words, source_name


def _from_where(source: str) -> str:
    return _("Automatic") if source == "auto" else source_name(source)


def _day(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT") if moment else UNKNOWN


class SourceFilter(NamedFilter):
    say = staticmethod(_from_where)


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
class VideoAdmin(PlainFields, admin.ModelAdmin):
    list_display = (
        *("thumb", "title", "from_where", "handle", "plays", "likes", "comments", "lasts"),
        *("state", "published"),
    )
    list_display_links = ("thumb", "title")
    list_filter = (("source", SourceFilter), ReadyFilter, "hidden", "created_at", "published_at")
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False  # counting 100,000 rows twice for a number that nobody reads
    search_fields = ("search_text", "external_id", "url")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    actions = ("add_to_project", "fetch_again", "look_again", "hide", "show")
    counts = ("play_count", "like_count", "comment_count", "share_count", "save_count")
    files = ("file", "proxy", "cover", "filmstrip", "sha256", "hashes", "cover_hashes", "facts", "music", "created_at")
    fieldsets = (
        (None, {"fields": ("thumb", "from_where", "url", "author", "author_name", "caption", "owner")}),
        (gettext_lazy("Curating"), {"fields": ("hidden", "is_photo", "why_not", "lasts")}),
        (gettext_lazy("Numbers"), {"fields": (*counts, "rounded", "published_at", "fetched_at")}),
        (TECHNICAL, {"fields": ("external_id", *files), "classes": ("collapse",)}),
    )
    readonly_fields = ("thumb", "from_where", "url", "why_not", "lasts", "fetched_at", "external_id", *files)
    comes_here = gettext_lazy("Videos come here as they are found or uploaded.")

    from_where = column("source", _from_where, gettext_lazy("source"))
    plays = column("play_count", human_count, gettext_lazy("plays"))
    likes = column("like_count", human_count, gettext_lazy("likes"))
    comments = column("comment_count", human_count, gettext_lazy("comments"))
    lasts = column("duration", duration, gettext_lazy("length"))
    published = column("published_at", _day, gettext_lazy("published"))
    why_not = column(
        "refused", lambda kind: refused_words(kind) if kind else UNKNOWN, gettext_lazy("why there is no file")
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a video comes through ingest or from a source, never from a form

    def view_on_site(self, video: Video) -> str:
        return reverse("video", args=[video.pk])

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
            return UNKNOWN
        address = reverse("video-cover", args=[video.pk])
        return format_html('<img class="thumb" src="{}" alt="{}" loading="lazy">', address, video)

    @admin.display(description=gettext_lazy("account name"))
    def handle(self, video: Video) -> str:
        return video.handle

    @admin.display(description=gettext_lazy("video"), ordering="caption")
    def title(self, video: Video) -> str:
        return str(video)

    @admin.display(description=gettext_lazy("status"))
    def state(self, video: Video) -> str:
        if video.hidden:
            return _("hidden")
        if video.is_ready:
            return _("ready")
        return refused_words(video.refused) if video.refused else _("not fetched yet")

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
    columns = ("query", "from_where")
    about = ("query", "from_where", "limit", "saved", "each_source", "from_which", "note", "not_usable")
    technical = ("next_cursor",)
    list_filter = (("source", SourceFilter), *JobAdmin.list_filter)
    search_fields = ("query",)
    comes_here = gettext_lazy("What people look for is kept here.")

    from_where = VideoAdmin.from_where
    from_which = column("answered", lambda name: source_name(name) if name else UNKNOWN, gettext_lazy("who answered"))

    @admin.display(description=gettext_lazy("who was asked"))
    def each_source(self, search: Search) -> str:
        told = ((source_name(line.source), line.words) for line in asked_lines(search))
        return format_html_join("", "<div>{}: {}</div>", told) or UNKNOWN

    @admin.display(description=gettext_lazy("left out"))
    def not_usable(self, search: Search) -> str:
        told = ((one["what"], said(one["reason"])) for one in search.skipped)
        return format_html_join("", "<div>{}: {}</div>", told) or UNKNOWN


@admin.register(Download, Ingest)
class VideoJobAdmin(JobAdmin):
    columns = ("video",)
    list_select_related = ("video", "owner")
    search_fields = ("video__search_text", "video__external_id")
    comes_here = gettext_lazy("Each fetching and preparing of a video is kept here.")


@admin.register(Trial)
class TrialAdmin(JobAdmin):
    columns = ("from_where", "found")
    list_filter = (("source", SourceFilter), *JobAdmin.list_filter)
    comes_here = gettext_lazy("Each trial of a source on the page of sources is kept here.")
    from_where = VideoAdmin.from_where


@admin.register(Update)
class UpdateAdmin(JobAdmin):
    columns = ("package", "before", "after")
    about = (*columns, "wanted", "forced")
    comes_here = gettext_lazy("Each update of yt-dlp is kept here.")


@admin.register(CookieJar)
class CookieJarAdmin(History):
    """Whose cookies are kept, by their names: they are added on their own page, and nobody is shown a value."""

    list_display = ("owner", "which", "works", "ends", "tested")
    list_select_related = ("owner",)
    fields = readonly_fields = ("owner", "which", "works", "ends", "tested", "made")
    comes_here = gettext_lazy("Who keeps TikTok cookies is told here.")
    ends = moment("expires_at", gettext_lazy("valid until"))
    tested = moment("tested_at", gettext_lazy("tried at"))
    made = moment("created_at", gettext_lazy("made at"))
    which = column("names", ", ".join, gettext_lazy("names of the cookies"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)
