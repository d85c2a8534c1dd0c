"""Service days in the admin: who entered them, whether they count, and two actions to strike and to restore them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from lensdb.accounts.people import signed_in
from lensdb.lib.admin import ReadOnlyAdmin
from lensdb.moderation import services
from lensdb.moderation.actions import ModerationError
from lensdb.submissions.models import ServiceEvent
from lensdb.submissions.queries import has_published


class ServiceEventAdmin(ReadOnlyAdmin):
    """Service days, newest entry first. A lens is another one from that day on, so each may split a copy in two."""

    list_display = ("serviced_on", "lens", "copy", "owner", "counts", "struck_at", "created_at")
    list_filter = ("struck_at", "created_at")
    list_select_related = ("lens_copy__lens_model", "lens_copy__owner")
    search_fields = ("lens_copy__public_id", "lens_copy__lens_model__name", "lens_copy__owner__email")
    ordering = ("-created_at", "-id")
    fields = readonly_fields = ("serviced_on", "lens", "copy", "owner", "counts", "struck_at", "created_at")
    actions = ("strike_selected", "restore_selected")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceEvent]:
        return super().get_queryset(request).annotate(has_published=has_published("lens_copy"))

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("moderation.decide")

    @admin.display(description="lens", ordering="lens_copy__lens_model__name")
    def lens(self, event: ServiceEvent) -> str:
        return event.lens_copy.lens_model.name

    @admin.display(description="copy")
    def copy(self, event: ServiceEvent) -> str:
        return event.lens_copy.public_id

    @admin.display(description="owner")
    def owner(self, event: ServiceEvent) -> str:
        return str(event.lens_copy.owner)

    @admin.display(description="counts", boolean=True)
    def counts(self, event: Any) -> bool:
        return event.struck_at is None and event.has_published

    @admin.action(description="Strike: they count no more", permissions=["decide"])
    def strike_selected(self, request: HttpRequest, chosen: QuerySet[ServiceEvent]) -> None:
        self._each(request, chosen, services.strike_service, "Struck")

    @admin.action(description="Restore: they count again", permissions=["decide"])
    def restore_selected(self, request: HttpRequest, chosen: QuerySet[ServiceEvent]) -> None:
        self._each(request, chosen, services.restore_service, "Restored")

    def _each(
        self, request: HttpRequest, chosen: QuerySet[ServiceEvent], act: Callable[..., ServiceEvent], done: str
    ) -> None:
        for event in chosen:
            try:
                act(event=event, by=signed_in(request.user))
            except ModerationError as error:
                self.message_user(request, f"{event}: {error}", messages.ERROR)
            else:
                self.message_user(request, f"{event}: {done}. Lens pages follow within seconds.", messages.SUCCESS)
