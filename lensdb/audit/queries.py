"""Reading the audit log."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.db.models import Model, QuerySet

from lensdb.audit.actions import actor_code
from lensdb.audit.models import Event


def events_about(target: Model) -> QuerySet[Event]:
    """Return what was done to a row, newest first."""
    return Event.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk))  # noqa: SLF001 - Django's documented introspection


def events_by(actor: Model | str) -> QuerySet[Event]:
    """Return what an actor did, newest first."""
    return Event.objects.filter(actor=actor_code(actor))


def actor_names(actors: Iterable[str]) -> dict[str, str]:
    """Return what to call each actor today, by code: a person's name as it is now, a code for whoever is gone."""
    ids = {code: int(code.removeprefix("user:")) for code in actors if code.startswith("user:")}
    people = get_user_model().objects.in_bulk(list(ids.values()))
    return {code: str(people[pk]) if pk in people else f"erased account {pk}" for code, pk in ids.items()}
