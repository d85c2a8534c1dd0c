"""Who is at the other end of a request."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the network address of the client.

    Behind ``settings.PROXIES`` proxies of ours that is the address the outermost of them saw, counted from the right of
    ``X-Forwarded-For``: what stands further left was written by the client and proves nothing.
    """
    nearest = str(request.META.get("REMOTE_ADDR", ""))
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if settings.PROXIES == 0 or not seen:
        return nearest
    return seen[-min(settings.PROXIES, len(seen))]
