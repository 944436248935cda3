"""The history of films and of the segments they are joined from."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ranking.admin import JobAdmin
from rendering.models import Render, Segment


@admin.register(Render)
class RenderAdmin(JobAdmin):
    list_display = ("project", "film_link", "seconds", "rendered", "reused", *JobAdmin.list_display)
    list_select_related = ("project", "owner")
    search_fields = ("project__title", "owner__username", "error")

    @admin.display(description=gettext_lazy("film"))
    def film_link(self, render: Render) -> str:
        if not render.film:
            return "—"
        return format_html('<a href="{}">{}</a>', render.get_absolute_url(), _("watch"))


@admin.register(Segment)
class SegmentAdmin(JobAdmin):
    list_display = ("render", "position", "frames", "reused", *JobAdmin.list_display)
    list_select_related = ("render", "owner")
    search_fields = ("render__project__title", "key", "error")
