"""What dispatchers write of themselves, for the health page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.db.models.functions import Now

from lensdb.processing.models import DispatcherBeat

FORGOTTEN_AFTER: Final = timedelta(hours=1)
"""So long the page still names a dispatcher that died."""


SUCCEEDED_AFTER: Final = timedelta(seconds=8)
"""What one that was killed said last is of no use when another of its host works with its cluster."""


def beat(
    *,
    name: str,
    scheduler: str,
    slots: int,
    in_flight: int,
    finished_at: datetime | None,
    recycled: int,
    trouble: str,
) -> None:
    """Say that the dispatcher lives, and how it fares; forget those that died long ago, and the one it came after.

    `name` begins with the host and a colon.
    """
    host, _, _ = name.partition(":")
    before_it = Q(name__startswith=f"{host}:", scheduler=scheduler, seen_at__lt=Now() - SUCCEEDED_AFTER)
    DispatcherBeat.objects.filter(before_it | Q(seen_at__lt=Now() - FORGOTTEN_AFTER)).delete()
    DispatcherBeat.objects.update_or_create(
        name=name,
        defaults={
            "scheduler": scheduler,
            "slots": slots,
            "in_flight": in_flight,
            "seen_at": Now(),
            "finished_at": finished_at,
            "recycled": recycled,
            "trouble": trouble[:200],
        },
    )


def leave(*, name: str) -> None:
    """The dispatcher ends as it was asked to."""
    DispatcherBeat.objects.filter(name=name).delete()
