"""What this site does differently from allauth."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from lensdb.lib.clients import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Password tries are counted by `web.brakes`, exactly and for all processes, and not by allauth's cache."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count nothing here."""

    def _rollback_login_failed_rl_usage(self) -> None:
        """Nothing was counted."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_safe_url(self, url: str) -> bool:
        """Whether `url` leads to this site; an address that cannot be parsed ("http://[") leads nowhere."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False
