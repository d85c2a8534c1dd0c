"""Reading quotas."""

from __future__ import annotations

from lensdb.limits.defaults import QUOTAS
from lensdb.limits.models import Level, Quota


def quota_of(level: Level) -> Quota:
    """Return the quota of a level; the default where its row is missing."""
    return Quota.objects.filter(pk=level).first() or Quota(level=level, **QUOTAS[level])
