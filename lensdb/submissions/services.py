"""What owners say of their lens's visits to a workshop, and how a moderator strikes it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from lensdb.accounts.models import User
from lensdb.audit.actions import record
from lensdb.submissions.actions import ImplausibleError, NotOwnerError, SubmissionsError
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import LensCopy, Series, ServiceEvent, StaleCopy

SERVICES_MAX: Final = 20
"""Service days that one copy may have."""


class TooManyServicesError(SubmissionsError):
    """The copy has as many service days as a copy may have."""


class StruckServiceError(SubmissionsError):
    """A moderator has struck the service day, so its owner cannot remove it and enter it again."""


@transaction.atomic
def record_service(*, by: User, lens_copy: LensCopy, serviced_on: date, note: str = "") -> ServiceEvent:
    """Say that a lens was serviced; series photographed from that day on stand apart from those before.

    Saying it again changes nothing.

    Raises
    ------
    NotOwnerError, ImplausibleError, TooManyServicesError
    """
    locked = _locked(lens_copy.pk)
    _check_owner(locked, by)
    if serviced_on > timezone.localdate():
        raise ImplausibleError("That day is still to come.", field="serviced_on")
    known = locked.service_events.filter(serviced_on=serviced_on).first()
    if known is not None:
        return known
    if locked.service_events.count() >= SERVICES_MAX:
        raise TooManyServicesError(f"A copy has at most {SERVICES_MAX} service days. Take one back first.")
    made = locked.service_events.create(serviced_on=serviced_on, note=note.strip())
    record(kind="service.record", actor=by, target=made, after=_facts(made))
    _mark(locked)
    return made


@transaction.atomic
def remove_service(*, by: User, event: ServiceEvent) -> None:
    """Delete a service day of one's own.

    Raises
    ------
    NotOwnerError, StruckServiceError
    """
    locked = _locked(event.lens_copy_id)
    _check_owner(locked, by)
    event.refresh_from_db()
    if event.struck_at is not None:
        raise StruckServiceError("A moderator has taken this service day back. It stays listed and does not count.")
    record(kind="service.remove", actor=by, target=event, before=_facts(event))
    event.delete()
    _mark(locked)


@transaction.atomic
def set_struck(*, by: User, event: ServiceEvent, struck: bool) -> ServiceEvent:
    """Strike a service day, so that it does not count, or restore it. Who may do this, `moderation` decides."""
    locked = _locked(event.lens_copy_id)
    event = ServiceEvent.objects.select_for_update().get(pk=event.pk)
    if struck != (event.struck_at is not None):
        event.struck_at = timezone.now() if struck else None
        event.save(update_fields=["struck_at"])
        facts = _facts(event)
        record(
            kind="service.strike" if struck else "service.restore",
            actor=by,
            target=event,
            before=facts | {"struck": not struck},
            after=facts | {"struck": struck},
        )
        _mark(locked)
    return event


def _facts(event: ServiceEvent) -> dict[str, Any]:
    return {"copy": event.lens_copy.public_id, "serviced_on": event.serviced_on.isoformat()}


def _locked(copy_id: int) -> LensCopy:
    """The copy and its series, locked, in that order: whoever counts it as another specimen or publishes waits."""
    locked = LensCopy.objects.select_for_update(no_key=True).get(pk=copy_id)
    list(Series.objects.select_for_update(no_key=True).filter(lens_copy=locked).order_by("pk").only("pk"))
    return locked


def _mark(locked: LensCopy) -> None:
    """Service days count through a published series only; without one nothing has changed that anybody may see."""
    if locked.series.filter(standing=Standing.PUBLISHED).exists():
        StaleCopy.objects.create(specimen_id=locked.specimen_id)


def _check_owner(locked: LensCopy, by: User) -> None:
    if locked.owner_id != by.pk:
        raise NotOwnerError("This lens copy is not yours.")
