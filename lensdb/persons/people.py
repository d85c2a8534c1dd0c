"""Finding the person whom a command is about."""

from __future__ import annotations

from django.core.management.base import CommandError

from lensdb.accounts.models import User


def person_called(email: str) -> User:
    """Return the person with this e-mail address, or end the command with a sentence."""
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        raise CommandError("There is no account with this e-mail address.")
    return person
