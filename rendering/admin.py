"""The history of films and of the segments they are joined from."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ranking.admin_base import JobAdmin, column
from ranking.templatetags.studio import UNKNOWN, duration
from rendering.models import Render, Segment


@admin.register(Render)
class RenderAdmin(JobAdmin):
    columns = ("project", "film_link", "lasts")
    about = (*columns, "draft")
    technical = ("rendered", "reused", "facts")
    list_select_related = ("project", "owner")
    search_fields = ("project__title", "owner__username", "error")
    comes_here = gettext_lazy("Every film that is begun is kept here.")
    lasts = column("seconds", duration, gettext_lazy("length"))

    @admin.display(description=gettext_lazy("film"))
    def film_link(self, render: Render) -> str:
        if not render.film:
            return UNKNOWN
        return format_html('<a href="{}">{}</a>', render.get_absolute_url(), _("watch"))


@admin.register(Segment)
class SegmentAdmin(JobAdmin):
    columns = ("name", "position", "reused")
    about = ("render", "position", "reused", "frames")
    technical = ("key",)
    list_select_related = ("render__project", "owner")
    search_fields = ("render__project__title", "key", "error")
    comes_here = gettext_lazy("The segments that films are joined from are kept here.")

    @admin.display(description=gettext_lazy("film"), ordering="render")
    def name(self, segment: Segment) -> str:
        return segment.render.project.name
