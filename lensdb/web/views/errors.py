"""The pages and answers for requests that cannot be served. They use no database, session or person.

Within the API's addresses the same answers are JSON.
"""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from lensdb.lib.errors import BAD_REQUEST, BROKEN, FORBIDDEN, NOT_FOUND, Answer, answer_for, asks_for_json

_TITLES: Final = {
    HTTPStatus.BAD_REQUEST: "This request cannot be read",
    HTTPStatus.CONFLICT: "Please try again",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Too large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "This request cannot be read",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many tries",
    HTTPStatus.SERVICE_UNAVAILABLE: "Back in a moment",
    HTTPStatus.INSUFFICIENT_STORAGE: "No room for files",
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read."""
    return answered(request, answer_for(exception) or BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """A page that is somebody else's."""
    return FORBIDDEN.as_json() if asks_for_json(request) else render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """A form without the token that shows where it came from."""
    if asks_for_json(request):
        return FORBIDDEN.as_json()
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """No such page."""
    return NOT_FOUND.as_json() if asks_for_json(request) else render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def failed(request: HttpRequest) -> HttpResponse:
    """What nobody caught, from a view or a middleware: the answer for its error, or 500 where the code is at fault.

    Django calls this while it handles the error.
    """
    return answered(request, answer_for(sys.exception()) or BROKEN)


def answered(request: HttpRequest, answer: Answer) -> HttpResponse:
    """A page that says why, or the same as JSON within the API."""
    if asks_for_json(request):
        return answer.as_json()
    if answer is BROKEN:
        page = render_to_string("500.html")  # whole in itself: the frame may be what broke
    else:
        page = render_to_string("web/error.html", {"answer": answer, "title": _TITLES[answer.status]})
    return HttpResponse(page, status=answer.status, headers=answer.headers)
