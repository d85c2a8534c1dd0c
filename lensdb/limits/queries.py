"""Reading quotas."""

from __future__ import annotations

from lensdb.limits.models import Level, Quota


def quota_of(level: Level) -> Quota:
    """Return the quota of a level."""
    return Quota.objects.get(pk=level)
