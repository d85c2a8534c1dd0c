"""How far an account is trusted, as far as quotas go."""

from __future__ import annotations

from lensdb.accounts.models import User
from lensdb.limits.models import Level, Quota
from lensdb.limits.queries import quota_of


def level_of(user: User) -> Level:
    """Return the level of an account."""
    if user.is_moderator:
        return Level.MODERATOR
    return Level.TRUSTED if user.trusted else Level.NEW


def quota_for(user: User) -> Quota:
    """Return how much an account may hold and send."""
    return quota_of(level_of(user))
