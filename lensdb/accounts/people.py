"""Who is signed in."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from lensdb.accounts.models import User


def signed_in(user: User | AnonymousUser) -> User:
    """The user of a request that only people who are signed in may make."""
    if not isinstance(user, User):
        raise PermissionDenied
    return user
