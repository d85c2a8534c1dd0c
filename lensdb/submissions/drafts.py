"""When drafts expire, and discarding those that have."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Max, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from lensdb.audit.actions import record
from lensdb.submissions import quotas, specimens
from lensdb.submissions.models import LensCopy, Series, Specimen
from lensdb.submissions.quotas import DRAFT_DAYS

LIFETIME: Final = timedelta(days=DRAFT_DAYS)
SWEEP: Final = "command:sweep"
"""Who the audit log says it was."""


def expires_at(series: Series) -> datetime | None:
    """Return when a draft expires unless a photo is added; None for a series that was submitted."""
    if series.submitted_at is not None:
        return None
    last_photo: datetime | None = series.photos.aggregate(last=Max("created_at"))["last"]
    return (last_photo or series.created_at) + LIFETIME


def with_expiry(series: QuerySet[Series]) -> QuerySet[Series]:
    """Return drafts with `expires` and `n_photos`, that which expires first first."""
    last_touched = Coalesce(Max("photos__created_at"), F("created_at"))
    expires = ExpressionWrapper(last_touched + LIFETIME, output_field=DateTimeField())
    drafts = series.filter(submitted_at=None)
    return drafts.annotate(expires=expires, n_photos=Count("photos")).order_by("expires")


def expired() -> QuerySet[Series]:
    """Return the drafts that have expired."""
    drafts = Series.objects.filter(submitted_at=None)
    last_touched = Coalesce(Max("photos__created_at"), F("created_at"))
    return drafts.annotate(last_touched=last_touched).filter(last_touched__lt=timezone.now() - LIFETIME)


def unused_copies() -> QuerySet[LensCopy]:
    """Return the copies that were entered long ago and have neither a series nor a service day."""
    before = timezone.now() - LIFETIME
    return LensCopy.objects.filter(series__isnull=True, service_events__isnull=True, created_at__lt=before)


def unused_specimens() -> QuerySet[Specimen]:
    """Return the specimens that nothing refers to."""
    return Specimen.objects.filter(
        copies__isnull=True, entered__isnull=True, merged__isnull=True, cells__isnull=True, stale_marks__isnull=True
    )


@transaction.atomic
def discard_expired(series: Series) -> bool:
    """Discard a draft if it has still expired; whether it was discarded."""
    quotas.locked(series.owner)
    Series.objects.select_for_update().filter(pk=series.pk).first()
    still = expired().filter(pk=series.pk).first()
    if still is None:
        return False
    record(kind="series.expire", actor=SWEEP, target=still, before={"photos": still.photos.count()})
    still.delete()
    return True


@transaction.atomic
def delete_unused_copy(copy: LensCopy) -> bool:
    """Delete a copy if it is still unused; whether it was deleted."""
    quotas.locked(copy.owner)
    still = unused_copies().filter(pk=copy.pk).first()
    if still is None:
        return False
    record(kind="copy.expire", actor=SWEEP, target=still)
    still.delete()
    return True


@transaction.atomic
def delete_unused_specimens() -> int:
    """Delete the specimens that nothing refers to, while nobody enters a copy; returns how many."""
    specimens.begin_moving()
    found = list(unused_specimens().values_list("pk", flat=True))
    Specimen.objects.filter(pk__in=found).delete()
    return len(found)
