"""What photographers do with their copies and series."""

from __future__ import annotations

from lensdb.submissions.models import Series, StaleCopy


def mark_stale(*, series: Series) -> None:
    """Say that what this series' specimen says may have changed. Call it in the transaction that changes it."""
    StaleCopy.objects.create(specimen_id=series.lens_copy.specimen_id)
