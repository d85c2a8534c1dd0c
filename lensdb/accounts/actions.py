"""Tokens: secrets that a tool shows instead of a password."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lensdb.accounts.models import ApiToken, Scope, User, password_mark
from lensdb.audit.actions import record
from lensdb.lib.ids import ALPHABET

LIFETIME: Final = timedelta(days=365)
MARK: Final = "lensdb"
"""Every token begins so, that a leaked one is recognised."""

_PREFIX_LENGTH: Final = 10
_USE_RECORDED_EVERY: Final = timedelta(minutes=1)
_NOT_VALID: Final = "This token is not valid."


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token and its secret, which is shown once and kept nowhere."""

    token: ApiToken
    secret: str


class TokenError(Exception):
    """A secret that opens nothing. `code` is stable, the message a sentence for its owner."""

    code = "authentication_failed"


class TokenExpiredError(TokenError):
    """The token's year is over."""

    code = "token_expired"


class TokenEndedError(TokenError):
    """The password was changed since the token was made."""

    code = "token_ended"


@transaction.atomic
def create_token(*, by: User, name: str, scope: Scope = Scope.SUBMIT) -> NewToken:
    """Make a token for somebody's tool; it ends after a year."""
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(_PREFIX_LENGTH))
    secret = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        user=by,
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        scope=scope,
        password_mark=password_mark(by.password),
        expires_at=timezone.now() + LIFETIME,
    )
    record(kind="token.create", actor=by, target=token, after={"of": by.pk, "scope": str(scope)})
    return NewToken(token, secret)


def end_token(*, by: User, prefix: str) -> bool:
    """End one of one's own tokens; False when there is none of that prefix."""
    return end_tokens(by=by, tokens=by.tokens.filter(prefix=prefix)) > 0


@transaction.atomic
def end_tokens(*, by: User, tokens: QuerySet[ApiToken]) -> int:
    """End tokens, and return how many there were: one's own, or anybody's for an administrator."""
    ended = list(tokens.select_for_update(of=("self",)).order_by("pk"))
    for token in ended:
        record(kind="token.end", actor=by, target=token, before={"of": token.user_id, "scope": token.scope})
    ApiToken.objects.filter(pk__in=[token.pk for token in ended]).delete()
    return len(ended)


def use_token(*, secret: str) -> ApiToken:
    """Return the token of this secret; that it was used is recorded once a minute at most.

    Its user is without powers: a token opens what an ordinary photographer sees.

    Raises
    ------
    TokenError
    """
    mark, _, rest = secret.partition("_")
    prefix, _, _ = rest.partition("_")
    if mark != MARK or not prefix:
        raise TokenError(_NOT_VALID)
    token = ApiToken.objects.select_related("user").filter(prefix=prefix).first()
    expected = token.digest if token else _digest("")
    is_right = hmac.compare_digest(expected, _digest(secret))  # also when there is no token: the same time passes
    now = timezone.now()
    if token is None or not is_right or not token.user.is_active:
        raise TokenError(_NOT_VALID)
    if token.expires_at <= now:
        raise TokenExpiredError(f"This token ended on {token.expires_at:%Y-%m-%d}.")
    if token.is_ended:
        raise TokenEndedError("This token ended when the password was changed.")
    token.user.without_powers = True
    if token.last_used_at is None or token.last_used_at < now - _USE_RECORDED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _digest(secret: str) -> str:
    """SHA-256: enough for a secret of 256 random bits, which nobody can guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
