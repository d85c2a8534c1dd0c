"""What this site does differently from allauth."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Where people may be sent after signing in or out."""

    def is_safe_url(self, url: str) -> bool:
        """Whether `url` leads to this site; an address that cannot be parsed ("http://[") leads nowhere."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False
