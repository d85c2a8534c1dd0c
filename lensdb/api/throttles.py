"""How often somebody may try a password and send files. The numbers are those of `accounts.brakes`."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from lensdb.accounts import brakes


class _Counting(BaseThrottle):
    """Counts a request, or raises `LimitError`, which `errors` answers."""

    def allow_request(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - DRF's signature
        brakes.apply([self.counted(request)])
        return True

    def counted(self, request: Request) -> brakes.Counted:
        raise NotImplementedError


class PerAddress(_Counting):
    """Passwords tried from one network address."""

    def counted(self, request: Request) -> brakes.Counted:
        return brakes.PASSWORD_BY_ADDRESS, brakes.network(request._request)  # noqa: SLF001 - Django's own request


class PerAccount(_Counting):
    """Passwords tried for one account."""

    def counted(self, request: Request) -> brakes.Counted:
        email = str(request.data.get("email", "")) if isinstance(request.data, dict) else ""
        return brakes.by_account(request._request, email)  # noqa: SLF001 - Django's own request


class Uploads(_Counting):
    """Files that one account sends."""

    def counted(self, request: Request) -> brakes.Counted:
        return brakes.UPLOADS_BY_ACCOUNT, str(request.user.pk)
