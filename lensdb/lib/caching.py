"""What browsers and proxies may keep of an answer: the rules of the whole site, in one place.

An answer is private and kept by nobody unless its view is `shared`. A shared view gives everybody who is not signed in
the same bytes under an ETag that follows from the version of what it shows, so that a repeated question is answered
with 304 before the view does any work, and a proxy may answer for us for a few seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar, cast

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag

from lensdb.lib.release import release

_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])

NOBODYS: Final = "private, no-store"
EVERYBODYS: Final = "public, max-age=0, s-maxage=5, must-revalidate"
"""Browsers ask each time, proxies keep it for 5 s: so long may a series that was withdrawn be seen."""
_SAFE: Final = {"GET", "HEAD"}
_PERSONAL_COOKIES: Final = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)


def is_anonymous(request: HttpRequest) -> bool:
    """Whether nothing in the request tells who asks: no session, no message for somebody, no token."""
    return "Authorization" not in request.headers and not any(name in request.COOKIES for name in _PERSONAL_COOKIES)


def shared(
    version: Callable[..., str | None], *, keep: str = EVERYBODYS, by: tuple[str, ...] = ()
) -> Callable[[_View], _View]:
    """Let everybody who is not signed in have the same answer from a view.

    Parameters
    ----------
    version : called with the arguments in the address; whatever the answer depends on beside the address and the code,
        in one cheap query. None where there is nothing to share; then the view answers, for this once.
    keep : the Cache-Control of the answer.
    by : headers of the request that the answer depends on.
    """

    def decorate(view: _View) -> _View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in _SAFE or not is_anonymous(request):
                return view(request, *args, **kwargs)
            found = version(*args, **kwargs)
            if found is None:
                return view(request, *args, **kwargs)
            etag = tag(release(), found, request.build_absolute_uri(), *(request.headers.get(name, "") for name in by))
            response = get_conditional_response(request, etag=etag) or view(request, *args, **kwargs)
            if response.status_code in {200, 304}:
                share(response, keep=keep, by=by)
                response["ETag"] = etag
            return response

        return cast("_View", answered)

    return decorate


def share(response: HttpResponseBase, *, keep: str = EVERYBODYS, by: tuple[str, ...] = ()) -> None:
    """Let everybody who is not signed in have this answer; proxies are told what tells the others apart."""
    response["Cache-Control"] = keep
    patch_vary_headers(response, ["Cookie", "Authorization", *by])


def tag(*parts: str) -> str:
    """An ETag that is another one when a part is."""
    return quote_etag(hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest())


class CacheRules:
    """Middleware: whatever no view has spoken about is private, and nothing personal or failed is ever public."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        said = response.headers.get("Cache-Control", "")
        if not said:
            response.headers["Cache-Control"] = NOBODYS
        elif "public" in said and not _may_be_public(request, response):
            response.headers["Cache-Control"] = NOBODYS
            response.headers.pop("ETag", None)
        return response


def _may_be_public(request: HttpRequest, response: HttpResponseBase) -> bool:
    return (
        request.method in _SAFE
        and response.status_code in {200, 304}
        and not response.cookies
        and is_anonymous(request)
    )
