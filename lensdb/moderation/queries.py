"""Reading decisions."""

from __future__ import annotations

from django.db.models import QuerySet

from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Series


def waiting() -> QuerySet[Series]:
    """Measured series that need a moderator, the oldest first."""
    return (
        Series.objects.filter(
            standing__in=[Standing.WAITING, Standing.HELD], submitted_at__isnull=False, measurements__isnull=False
        )
        .distinct()
        .order_by("submitted_at")
    )
