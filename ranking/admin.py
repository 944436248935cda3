"""The admin's view of background work: a history that can be read and searched, and never edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


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
