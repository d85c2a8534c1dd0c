"""The second factor: who needs it, whether a session gave it, and how often it may be tried.

allauth does the rest: codes of an authenticator app, and recovery codes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any, Final

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.encoding import force_bytes
from django.utils.functional import SimpleLazyObject

from lensdb.accounts.models import User
from lensdb.accounts.sessions import end_sessions
from lensdb.audit.actions import record
from lensdb.limits.actions import LimitError, give_back, take

TRIES: Final = 5
TRIES_SECONDS: Final = 300


def is_required_of(user: User) -> bool:
    """Return whether this account has powers that need a second factor here."""
    return settings.MFA_REQUIRED and (user.is_staff or user.is_superuser or user.has_perm("moderation.decide"))


def was_given(request: HttpRequest, user: User) -> bool:
    """Return whether a code of the second factor was given in this session."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


@transaction.atomic
def reset(*, user: User, by: User | str) -> bool:
    """Remove an account's second factor and recovery codes, and end its sessions; False when there was none."""
    kinds = sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if not kinds:
        return False
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    record(kind="user.second_factor_reset", actor=by, target=user, before={"factors": kinds})
    return True


class PowersNeedSecondFactor:
    """Middleware: without the second factor, where it is required, a session is an ordinary photographer's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.MFA_REQUIRED:
            request.user = SimpleLazyObject(lambda: _of_session(request))  # type: ignore[assignment]  # as Django does it
        return self.get_response(request)


def _of_session(request: HttpRequest) -> Any:
    """Return the user of the session; the session is read only when somebody asks."""
    user = get_user(request)
    if isinstance(user, User) and is_required_of(user) and not was_given(request, user):
        user.without_powers = True
    return user


class Adapter(DefaultMFAAdapter):
    """Secrets are encrypted in the database, and whoever needs the second factor keeps it."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "Moderators and administrators need a second factor here, so it stays.",
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not is_required_of(User.objects.get(pk=authenticator.user_id))


class _LimitedTries:
    """A form whose code can be tried so often and no more, by all sessions of an account together."""

    user: User

    def clean_code(self) -> str:
        ident = str(self.user.pk)
        try:
            take("second_factor", ident, limit=TRIES, seconds=TRIES_SECONDS)
        except LimitError as error:
            raise ValidationError(f"Too many tries. Wait {error.retry_after_s} seconds and try again.") from error
        code: str = super().clean_code()  # type: ignore[misc]  # the form's this is mixed into
        give_back("second_factor", ident)
        return code


class AuthenticateForm(_LimitedTries, forms.AuthenticateForm):
    """The code when signing in."""


class ReauthenticateForm(_LimitedTries, forms.ReauthenticateForm):
    """The code before a sensitive change."""


class ActivateForm(_LimitedTries, ActivateTOTPForm):
    """The first code of a new app."""


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str | bytes) -> bytes:
    return hashlib.sha256(b"lensdb second factor " + force_bytes(key)).digest()
