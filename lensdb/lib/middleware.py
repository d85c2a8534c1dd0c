"""What is refused before any view, session or database sees it: text that cannot be stored or read."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.utils.http import parse_header_parameters

from lensdb.lib.errors import Answer, RefusedError
from lensdb.lib.text import is_storable

UNSTORABLE: Final = Answer(
    HTTPStatus.BAD_REQUEST,
    "unstorable_text",
    "The request holds a character that no text can have, such as the NUL character.",
    "Remove it and try again.",
)
NOT_UTF_8: Final = Answer(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "unsupported_charset",
    "The request is written in a charset that the site does not read.",
    "Send UTF-8.",
)
UNREADABLE_HEADER: Final = Answer(
    HTTPStatus.BAD_REQUEST,
    "bad_header",
    "The Content-Type or Accept header of the request cannot be read.",
)
_CHARSETS: Final = {"utf-8", "ascii"}


class RefuseUnreadableRequests:
    """Answers 400 to paths, query strings and cookies with text that cannot be stored, and 415 to foreign charsets.

    It stands before the session, which looks up a cookie in the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            for header in (request.META.get("CONTENT_TYPE", ""), *request.META.get("HTTP_ACCEPT", "").split(",")):
                parse_header_parameters(header)
        except ValueError:
            raise RefusedError(UNREADABLE_HEADER) from None
        if not _is_utf_8((request.content_params or {}).get("charset", "utf-8")):
            raise RefusedError(NOT_UTF_8)
        _check([request.path_info, *_texts(request.GET), *request.COOKIES, *request.COOKIES.values()])
        return self.get_response(request)


class RefuseUnstorableForms:
    """Answers 400 to forms with text that cannot be stored.

    It stands behind the CSRF check, so that forms which that refuses are not parsed. Views without that check, which
    are the API's, parse their bodies themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> None:
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            _check(_texts(request.POST))


def _is_utf_8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name in _CHARSETS
    except (LookupError, ValueError):
        return False


def _texts(asked: Any) -> Iterable[str]:
    """Names and values of a query string or form."""
    return (text for name, values in asked.lists() for text in (name, *values))


def _check(texts: Iterable[str]) -> None:
    if not all(is_storable(text) for text in texts):
        raise RefusedError(UNSTORABLE)
