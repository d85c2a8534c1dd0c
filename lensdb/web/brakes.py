"""Brakes on the forms of allauth's pages: which of them are counted, and what is answered when it was too often."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from lensdb.accounts import brakes
from lensdb.accounts.models import User
from lensdb.lib.errors import Answer
from lensdb.limits.actions import LimitError
from lensdb.web.views.errors import answered

_GetResponse = Callable[[HttpRequest], HttpResponseBase]


def _password_typed(request: HttpRequest) -> list[brakes.Counted]:
    return brakes.of_password(request, request.POST.get("login", ""))


def _own_password(request: HttpRequest) -> list[brakes.Counted]:
    user = request.user
    return brakes.of_password(request, user.email) if isinstance(user, User) else []


def _sign_up(request: HttpRequest) -> list[brakes.Counted]:
    return [*_mail(request), (brakes.SIGN_UP_BY_ADDRESS, brakes.network(request))]


def _mail(request: HttpRequest) -> list[brakes.Counted]:
    email = brakes.account(request.POST.get("email", ""))
    return [(brakes.MAIL_BY_ACCOUNT, email), (brakes.MAIL_BY_ADDRESS, brakes.network(request))]


def _addresses(request: HttpRequest) -> list[brakes.Counted]:
    user = request.user
    if not isinstance(user, User):
        return []
    sends = _mail(request) if "action_add" in request.POST or "action_send" in request.POST else []
    return [*sends, (brakes.CHANGES_BY_ACCOUNT, str(user.pk))]


def _code(request: HttpRequest) -> list[brakes.Counted]:
    return [(brakes.CODE_BY_ADDRESS, brakes.network(request))]


_COUNTED: Final[Mapping[str, Callable[[HttpRequest], list[brakes.Counted]]]] = {
    "account_login": _password_typed,
    "account_signup": _sign_up,
    "account_reset_password": _mail,
    "account_reset_password_from_key": _code,
    "account_change_password": _own_password,
    "password_change": _own_password,  # the admin's
    "account_set_password": _code,
    "account_reauthenticate": _own_password,
    "account_email": _addresses,
    "account_confirm_email": _code,
    "account_email_verification_sent": _code,
    "mfa_authenticate": _code,
    "mfa_reauthenticate": _code,
}
"""What a POST to each of allauth's pages counts, by the name of its route."""
_PASSWORDS: Final = {"account_login", "account_reauthenticate", "account_change_password", "password_change"}
"""Pages that answer a right password with a redirect."""
_SIGNS_IN: Final = {"account_login", "mfa_authenticate"}
"""Pages after which somebody is signed in who was not."""
_SAY_NOTHING: Final = {"account_signup", "account_reset_password"}
"""Pages that must not tell, by how long they take, whether an address is known."""


class Brakes:
    """Counts the POSTs to allauth's pages, and answers 429 when there were too many."""

    def __init__(self, get_response: _GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: list[object], kwargs: dict[str, object]
    ) -> HttpResponseBase | None:
        """Count, and let the view answer if there is something left."""
        name = request.resolver_match.url_name if request.resolver_match else None
        count = _COUNTED.get(name or "")
        if request.method != "POST" or count is None:
            return None
        started, counted = time.monotonic(), count(request)
        try:
            brakes.apply(counted)
        except LimitError as error:
            return _too_many(request, error)
        answer = view(request, *args, **kwargs)
        if name in _PASSWORDS and answer.status_code == HTTPStatus.FOUND:
            brakes.release(counted)
        if name in _SIGNS_IN and answer.status_code == HTTPStatus.FOUND and isinstance(request.user, User):
            brakes.remember(request, request.user.email)  # and not what was typed, which proves nothing
        if name in _SAY_NOTHING:
            time.sleep(max(0.0, started + settings.ACCOUNT_ANSWER_SECONDS - time.monotonic()))
        return answer


def _too_many(request: HttpRequest, error: LimitError) -> HttpResponse:
    answer = Answer(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", str(error), retry_after_s=error.retry_after_s)
    return answered(request, answer)
