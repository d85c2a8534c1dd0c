"""The operator's page of the backlog: everything can be seen, one thing done."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from lensdb.accounts.people import signed_in
from lensdb.lib.admin import ReadOnlyAdmin
from lensdb.processing import actions
from lensdb.processing.models import Job


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs, the newest first; failed ones can be sent back into the line."""

    list_display = ("id", "series", "state", "attempt", "troubles", "failure_code", "queued_at", "finished_at")
    list_filter = ("state", "priority", "failure_code", "analysis_version")
    list_select_related = ("series",)
    search_fields = ("series__public_id",)
    ordering = ("-id",)
    actions = ("try_again",)

    def has_again_permission(self, request: HttpRequest) -> bool:
        """Administrators, not every moderator."""
        return signed_in(request.user).is_superuser

    @admin.action(description="Measure again", permissions=["again"])
    def try_again(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        by = signed_in(request.user)
        sent = sum(actions.try_again(job=job, by=by) for job in jobs.select_related("series"))
        self.message_user(request, f"{sent} sent back into the line.", messages.SUCCESS)
        if sent < len(jobs):
            self.message_user(request, f"{len(jobs) - sent} had not failed and stay as they are.", messages.WARNING)
