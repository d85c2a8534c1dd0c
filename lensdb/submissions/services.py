"""What owners say of their lens's visits to a workshop."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from lensdb.accounts.models import User
from lensdb.submissions.actions import ImplausibleError, NotOwnerError
from lensdb.submissions.models import LensCopy, ServiceEvent, StaleCopy


@transaction.atomic
def record_service(*, by: User, lens_copy: LensCopy, serviced_on: date, note: str = "") -> ServiceEvent:
    """Say that a lens was serviced; series photographed from that day on stand apart from those before.

    Saying it again changes nothing.
    """
    locked = _own(lens_copy.pk, by)
    if serviced_on > timezone.localdate():
        raise ImplausibleError("That day is still to come.", field="serviced_on")
    event, is_new = ServiceEvent.objects.get_or_create(
        lens_copy=locked, serviced_on=serviced_on, defaults={"note": note.strip()}
    )
    if is_new:
        StaleCopy.objects.create(specimen_id=locked.specimen_id)
    return event


@transaction.atomic
def remove_service(*, by: User, event: ServiceEvent) -> None:
    """Take it back."""
    locked = _own(event.lens_copy_id, by)
    event.delete()
    StaleCopy.objects.create(specimen_id=locked.specimen_id)


def _own(copy_id: int, by: User) -> LensCopy:
    """The copy, locked: whoever counts it as another specimen waits, and the mark reaches the right one."""
    locked = LensCopy.objects.select_for_update(no_key=True).get(pk=copy_id)
    if locked.owner_id != by.pk:
        raise NotOwnerError("This lens copy is not yours.")
    return locked
