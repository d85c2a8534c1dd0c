"""How often somebody may try a password. The counters are in the cache and approximate: a brake, not a lock."""

from __future__ import annotations

import hashlib

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class PerAddress(SimpleRateThrottle):
    """Attempts from one network address."""

    scope = "sign_in_address"
    rate = "30/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002 - DRF's signature
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class PerAccount(SimpleRateThrottle):
    """Attempts on one account, wherever they come from."""

    scope = "sign_in_account"
    rate = "10/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002 - DRF's signature
        email = str(request.data.get("email", "")) if isinstance(request.data, dict) else ""
        ident = hashlib.sha256(email.strip().lower().encode()).hexdigest()
        return self.cache_format % {"scope": self.scope, "ident": ident}
