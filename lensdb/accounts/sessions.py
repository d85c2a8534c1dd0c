"""Sessions of a person."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from lensdb.accounts.models import User


def end_sessions(user: User) -> int:
    """Delete every session of a person and return how many there were.

    A session names its person only inside, so that all of them are read.
    """
    own = [
        session.pk
        for session in Session.objects.iterator(chunk_size=1000)
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    n_deleted, _ = Session.objects.filter(pk__in=own).delete()
    return n_deleted
