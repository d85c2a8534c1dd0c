"""The operator's pages: how the backlog fares, its jobs, and which analysis version the pages show."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from lensdb.accounts.people import signed_in
from lensdb.lib.admin import ReadOnlyAdmin
from lensdb.measurements.models import ShownVersion
from lensdb.measurements.queries import known_versions, shown_version
from lensdb.processing import actions, health, operations, queries, version_actions, version_queries
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

    def get_urls(self) -> list[URLPattern]:
        backlog = path("backlog/", self.admin_site.admin_view(self.backlog), name="processing_job_backlog")
        return [backlog, *super().get_urls()]

    def backlog(self, request: HttpRequest) -> HttpResponse:
        """How the backlog fares: what waits, what is done, what fails, and who works."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        lease = operations.oldest_lease_until()
        context = self.admin_site.each_context(request) | {
            "title": "How the backlog fares",
            "troubles": health.troubles(),
            "waiting": operations.waiting(),
            "oldest_lease_until": lease,
            "lease_lapsed": lease is not None and lease < timezone.now(),
            "task_seconds_p99": queries.task_seconds_p99(),
            "throughput": operations.throughput(),
            "failures": operations.failures(),
            "dispatchers": list(operations.dispatchers()),
            "live": set(queries.live_dispatchers()),
            "versions": [version_queries.coverage(version) for version in known_versions()],
            "shown_version": shown_version(),
            "remeasuring": version_queries.remeasuring(),
        }
        return TemplateResponse(request, "admin/processing/backlog.html", context)

    def has_again_permission(self, request: HttpRequest) -> bool:
        """Administrators, not every moderator."""
        return signed_in(request.user).is_superuser

    @admin.action(description="Measure again", permissions=["again"])
    def try_again(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        by = signed_in(request.user)
        sent = unmoved = 0
        for job in jobs.select_related("series"):
            try:
                is_sent = actions.try_again(job=job, by=by)
            except actions.OwnJobError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                sent += is_sent
                unmoved += not is_sent
        if sent or unmoved:
            self.message_user(request, f"{sent} sent back into the line.", messages.SUCCESS)
        if unmoved:
            self.message_user(request, f"{unmoved} had not failed and stay as they are.", messages.WARNING)


class ShowVersionForm(forms.ModelForm):
    """Which version to show; refused in words where that would leave series out unasked."""

    version = forms.ChoiceField()
    incomplete = forms.BooleanField(
        required=False,
        label="Even if incomplete",
        help_text="Published series not yet measured by it are left out of all figures, and the pages say how many.",
    )

    class Meta:
        model = ShownVersion
        fields = ("version",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = shown_version()
        self.fields["version"].choices = [(each, each) for each in known_versions() if each != now]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "version" in given:
            try:
                version_actions.check_version(given["version"], incomplete=given["incomplete"])
            except version_actions.VersionError as error:
                raise forms.ValidationError(str(error)) from error
        return given


@admin.register(ShownVersion)
class ShownVersionAdmin(ReadOnlyAdmin):
    """Which analysis versions were shown since when. Adding a row switches; adding the former one switches back."""

    list_display = ("version", "since", "actor")
    form = ShowVersionForm
    fields = ("version", "incomplete")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return signed_in(request.user).is_superuser

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:  # noqa: ARG002 - Django's signature
        return self.fields if obj is None else ("version", "actor")

    def save_model(self, request: HttpRequest, obj: ShownVersion, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        row = version_actions.show_version(
            version=obj.version, by=signed_in(request.user), incomplete=form.cleaned_data["incomplete"]
        )
        obj.pk, obj.since = row.pk, row.since
