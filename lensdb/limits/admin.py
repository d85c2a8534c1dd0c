"""Quotas in the admin: administrators change the numbers, nobody adds or removes a level."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from lensdb.limits.models import Quota


@admin.register(Quota)
class QuotaAdmin(admin.ModelAdmin):
    """What accounts of each level may hold and send."""

    list_display = ("level", "drafts", "copies", "series_a_day", "bytes_a_day", "bytes_kept")
    readonly_fields = ("level",)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False
