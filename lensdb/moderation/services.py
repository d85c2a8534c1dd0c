"""Striking service days that should not count, and restoring them."""

from __future__ import annotations

from lensdb.accounts.models import User
from lensdb.moderation.actions import NotAllowedError, OwnAffairError
from lensdb.submissions.models import ServiceEvent
from lensdb.submissions.services import set_struck


def strike_service(*, event: ServiceEvent, by: User) -> ServiceEvent:
    """Take an owner's service day back: it stays listed, and counts no more.

    Raises
    ------
    NotAllowedError, OwnAffairError
    """
    return _set(event, by, struck=True)


def restore_service(*, event: ServiceEvent, by: User) -> ServiceEvent:
    """Undo `strike_service`.

    Raises
    ------
    NotAllowedError, OwnAffairError
    """
    return _set(event, by, struck=False)


def _set(event: ServiceEvent, by: User, *, struck: bool) -> ServiceEvent:
    if not by.is_moderator:
        raise NotAllowedError("Only moderators strike and restore service days.")
    if event.lens_copy.owner_id == by.pk:
        raise OwnAffairError("This lens is yours, so another moderator decides about its service days.")
    return set_struck(by=by, event=event, struck=struck)
