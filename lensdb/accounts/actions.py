"""Tokens: a secret that a tool shows instead of a password."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from lensdb.accounts.models import ApiToken, User
from lensdb.lib.ids import ALPHABET

LIFETIME: Final = timedelta(days=365)
MARK: Final = "lensdb"
"""Every token begins so, that a leaked one is recognised."""

_PREFIX_LENGTH: Final = 10
_USE_RECORDED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token and its secret, which is shown once and kept nowhere."""

    token: ApiToken
    secret: str


def create_token(*, by: User, name: str) -> NewToken:
    """A token for somebody's tool; it ends after a year."""
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(_PREFIX_LENGTH))
    secret = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        user=by, name=name, prefix=prefix, digest=_digest(secret), expires_at=timezone.now() + LIFETIME
    )
    return NewToken(token, secret)


def revoke_token(*, by: User, prefix: str) -> bool:
    """End one of one's own tokens; False when there is none of that prefix."""
    n_deleted, _ = ApiToken.objects.filter(user=by, prefix=prefix).delete()
    return n_deleted > 0


def use_token(*, secret: str) -> ApiToken | None:
    """The token of this secret, if it is one and still holds; that it was used is recorded once a minute at most."""
    mark, _, rest = secret.partition("_")
    prefix, _, _ = rest.partition("_")
    if mark != MARK or not prefix:
        return None
    token = ApiToken.objects.select_related("user").filter(prefix=prefix).first()
    expected = token.digest if token else _digest("")
    is_right = hmac.compare_digest(expected, _digest(secret))  # also when there is no token: the same time passes
    now = timezone.now()
    if token is None or not is_right or token.expires_at <= now or not token.user.is_active:
        return None
    if token.last_used_at is None or token.last_used_at < now - _USE_RECORDED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _digest(secret: str) -> str:
    """SHA-256: enough for a secret of 256 random bits, which nobody can guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
