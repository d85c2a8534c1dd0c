"""The audit log in the admin: it can be read and searched, and nothing else."""

from __future__ import annotations

import json

from django.contrib import admin

from lensdb.audit.models import Event
from lensdb.audit.queries import actor_names
from lensdb.lib.admin import ReadOnlyAdmin


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """Every act, newest first. Names are looked up when the page is shown; the log itself holds ids."""

    list_display = ("at", "kind", "who", "target", "changed_from", "changed_to", "reason")
    list_filter = ("kind", "at")
    search_fields = ("actor", "target_id", "target_public_id", "reason")
    search_help_text = "an actor's code such as user:12, or the id of what was changed"
    fields = ("at", "kind", "who", "target", "before", "after", "reason")

    @admin.display(description="actor", ordering="actor")
    def who(self, event: Event) -> str:
        name = actor_names([event.actor]).get(event.actor)
        return f"{name} ({event.actor})" if name else event.actor

    @admin.display(description="target")
    def target(self, event: Event) -> str:
        return f"{event.target_type} {event.target_public_id or event.target_id}"

    @admin.display(description="before")
    def changed_from(self, event: Event) -> str:
        return _short(event.before)

    @admin.display(description="after")
    def changed_to(self, event: Event) -> str:
        return _short(event.after)


def _short(values: dict[str, object]) -> str:
    return ", ".join(
        f"{name} {value if isinstance(value, str) else json.dumps(value)}" for name, value in values.items()
    )
