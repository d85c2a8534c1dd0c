"""When drafts expire."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Max, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from lensdb.submissions.models import Series
from lensdb.submissions.quotas import DRAFT_DAYS

LIFETIME = timedelta(days=DRAFT_DAYS)


def expires_at(series: Series) -> datetime | None:
    """Return when a draft expires unless a photo is added; None for a series that was submitted."""
    if series.submitted_at is not None:
        return None
    last_photo: datetime | None = series.photos.aggregate(last=Max("created_at"))["last"]
    return (last_photo or series.created_at) + LIFETIME


def expired() -> QuerySet[Series]:
    """Return the drafts that have expired."""
    drafts = Series.objects.filter(submitted_at=None)
    last_touched = Coalesce(Max("photos__created_at"), F("created_at"))
    return drafts.annotate(last_touched=last_touched).filter(last_touched__lt=timezone.now() - LIFETIME)
