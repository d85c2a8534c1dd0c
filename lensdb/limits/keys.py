"""What stands in the table of counters for whom they count."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings


def key_of(scope: str, ident: str) -> str:
    """Return the key of a counter: a keyed digest, from which nobody reads whom it counts."""
    message = f"{scope}\n{ident}".encode("utf-8", "surrogatepass")
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()
