"""Reading quotas and counters."""

from __future__ import annotations

from django.utils import timezone

from lensdb.limits.defaults import QUOTAS
from lensdb.limits.keys import key_of
from lensdb.limits.models import Counter, Level, Quota


def quota_of(level: Level) -> Quota:
    """Return the quota of a level; the default where its row is missing."""
    return Quota.objects.filter(pk=level).first() or Quota(level=level, **QUOTAS[level])


def is_counted(scope: str, ident: str) -> bool:
    """Return whether anything was counted in the current window."""
    return Counter.objects.filter(pk=key_of(scope, ident), used__gt=0, until__gt=timezone.now()).exists()
