"""How often somebody may sign in, sign up and ask for mail, from one network and for one account.

The counts are exact across processes. A password is counted before it is checked, and given back when it was right.

Each brake counts one address or one account. Ten wrong passwords a minute would be enough to keep somebody else out, so
the tries from a network that the account has signed in from are counted apart from those of strangers.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from lensdb.lib.clients import client_address
from lensdb.limits.actions import LimitError, give_back, take
from lensdb.limits.queries import is_counted

_MINUTE: Final = 60.0
_HOUR: Final = 3600.0
_IPV6_NETWORK: Final = 64
"""Whoever has one IPv6 address has all of its network."""


@dataclass(frozen=True, slots=True)
class Brake:
    """A limit of so many tries within so many seconds, for each address or each account."""

    scope: str
    limit: int
    seconds: float


PASSWORD_BY_ADDRESS: Final = Brake("sign_in_address", 30, _MINUTE)
PASSWORD_BY_ACCOUNT: Final = Brake("sign_in_account", 10, _MINUTE)
PASSWORD_FROM_FAMILIAR: Final = Brake("sign_in_familiar", 10, _MINUTE)
"""Of one account from one network that it has signed in from."""
_FAMILIAR: Final = Brake("familiar_network", 2**31, 90 * 24 * _HOUR)
"""Counts an account's sign-ins from a network; where there were any, the network is familiar."""
SIGN_UP_BY_ADDRESS: Final = Brake("sign_up_address", 20, _HOUR)
MAIL_BY_ADDRESS: Final = Brake("mail_address", 30, _HOUR)
MAIL_BY_ACCOUNT: Final = Brake("mail_account", 5, _HOUR)
CODE_BY_ADDRESS: Final = Brake("code_address", 30, _MINUTE)
CHANGES_BY_ACCOUNT: Final = Brake("account_changes", 20, _MINUTE)
UPLOADS_BY_ACCOUNT: Final = Brake("uploads", 5000, _HOUR)
"""Files, refused ones among them: those do not count as bytes sent."""

Counted = tuple[Brake, str]
"""A brake and whom it counts."""


def apply(counted: Iterable[Counted]) -> None:
    """Count one try on each brake; when one of them refuses, none has counted it.

    Raises
    ------
    LimitError
    """
    taken: list[Counted] = []
    try:
        for brake, ident in counted:
            take(brake.scope, ident, limit=brake.limit, seconds=brake.seconds)
            taken.append((brake, ident))
    except LimitError:
        release(taken)
        raise


def release(counted: Iterable[Counted]) -> None:
    """Give back a try that turned out not to count."""
    for brake, ident in counted:
        give_back(brake.scope, ident)


def of_password(request: HttpRequest, email: str) -> list[Counted]:
    """Return what counts a password that is tried for an account."""
    return [by_account(request, email), (PASSWORD_BY_ADDRESS, network(request))]


def by_account(request: HttpRequest, email: str) -> Counted:
    """Return what counts a password as one tried for this account, by strangers or from a network it knows."""
    at_home = _at_home(request, email)
    if is_counted(_FAMILIAR.scope, at_home):
        return PASSWORD_FROM_FAMILIAR, at_home
    return PASSWORD_BY_ACCOUNT, account(email)


def remember(request: HttpRequest, email: str) -> None:
    """Note that an account has signed in from this network."""
    apply([(_FAMILIAR, _at_home(request, email))])


def _at_home(request: HttpRequest, email: str) -> str:
    return f"{account(email)}\n{network(request)}"


def account(email: str) -> str:
    """Return how an account is counted: by its e-mail address, whether there is such an account or not."""
    return email.strip().casefold()


def network(request: HttpRequest) -> str:
    """Return how a client is counted: by its IPv4 address or its IPv6 network."""
    address = client_address(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, _IPV6_NETWORK), strict=False))
