"""How an error is answered when it is not the fault of the code: bad input, a full disk, a database that is away.

Pages and the API share this table. `answer_for` is its one reader; whoever answers turns the `Answer` into a page or
into the API's JSON.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DataError, Error, InterfaceError, OperationalError
from django.http import BadHeaderError, Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody is told: a status, a code for programs, a sentence for people and what to do next."""

    status: HTTPStatus
    code: str
    detail: str
    next_step: str = ""
    retry_after_s: int | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}

    def as_json(self, **more: Any) -> JsonResponse:
        """The answer in the one shape of the API's errors: {"code", "detail", "next_step"?, …}."""
        body = {"code": self.code, "detail": self.detail} | ({"next_step": self.next_step} if self.next_step else {})
        return JsonResponse(body | more, status=self.status, headers=self.headers)


class RefusedError(BadRequest):
    """A request that is refused before anything looks at it; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.detail)
        self.answer = answer


BAD_REQUEST: Final = Answer(HTTPStatus.BAD_REQUEST, "bad_request", "The site cannot read this request.")
NOT_FOUND: Final = Answer(HTTPStatus.NOT_FOUND, "not_found", "There is nothing here, or nothing you may see.")
FORBIDDEN: Final = Answer(HTTPStatus.FORBIDDEN, "permission_denied", "You may not do this.")
BROKEN: Final = Answer(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "server_error",
    "Something broke on our side, and it has been written down.",
    "Try again in a moment.",
)
CUT_OFF: Final = Answer(
    HTTPStatus.BAD_REQUEST, "incomplete", "The request ended before all of it had arrived.", "Send it again."
)
TOO_LARGE: Final = Answer(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "The request is larger than the site accepts.", "Send less."
)
OUT_OF_RANGE: Final = Answer(
    HTTPStatus.BAD_REQUEST, "out_of_range", "A value in the request is larger or longer than can be stored."
)
CONFLICT: Final = Answer(
    HTTPStatus.CONFLICT, "conflict", "Another request has just stored the same.", "Load the page again."
)
DATABASE_AWAY: Final = Answer(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "database_away",
    "The site's database does not answer at the moment.",
    "Send the same again in a few seconds.",
    retry_after_s=5,
)
DATABASE_SLOW: Final = replace(
    DATABASE_AWAY, code="database_slow", detail="The database took too long over this and was stopped."
)
DATABASE_BUSY: Final = replace(DATABASE_AWAY, code="database_busy", detail="Two changes met at the same moment.")
STORAGE_FULL: Final = Answer(
    HTTPStatus.INSUFFICIENT_STORAGE,
    "storage_full",
    "The site has no room for files at the moment.",
    "Try again later: nothing was lost but this file.",
)
STORAGE_READ_ONLY: Final = Answer(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "storage_read_only",
    "The site cannot store files at the moment.",
    "Try again later: nothing was lost but this file.",
    retry_after_s=60,
)

_OF_REQUESTS: Final[tuple[tuple[type[BaseException], Answer], ...]] = (
    (Http404, NOT_FOUND),
    (PermissionDenied, FORBIDDEN),
    (UnreadablePostError, CUT_OFF),
    (RequestDataTooBig, TOO_LARGE),
    (TooManyFieldsSent, TOO_LARGE),
    (TooManyFilesSent, TOO_LARGE),
    (SuspiciousOperation, BAD_REQUEST),
    (MultiPartParserError, BAD_REQUEST),
    (BadRequest, BAD_REQUEST),
    (BadHeaderError, BAD_REQUEST),  # a line break in a value that an answer's header repeats
)
_OF_FILES: Final = {
    errno.ENOSPC: STORAGE_FULL,
    errno.EDQUOT: STORAGE_FULL,
    errno.EROFS: STORAGE_READ_ONLY,
    errno.EACCES: STORAGE_READ_ONLY,
    errno.EPERM: STORAGE_READ_ONLY,
}
_OF_SQLSTATES: Final = {
    "23505": CONFLICT,  # unique_violation: two requests inserted the same row
    "25006": DATABASE_AWAY,  # read_only_sql_transaction: a standby answers while the primary changes
    "40": DATABASE_BUSY,  # transaction_rollback: deadlocks and serialization failures
    "53100": STORAGE_FULL,  # disk_full
    "54": OUT_OF_RANGE,  # program_limit_exceeded: an index row too long, a statement too complex
    "57014": DATABASE_SLOW,  # query_canceled: the statement timeout
}
"""What PostgreSQL's own codes say; a code of two signs is a whole class."""
_OF_DATABASES: Final[tuple[tuple[type[BaseException], Answer], ...]] = (
    (DataError, OUT_OF_RANGE),
    (OperationalError, DATABASE_AWAY),
    (InterfaceError, DATABASE_AWAY),
)


def answer_for(error: BaseException | None) -> Answer | None:
    """The answer to an error, or None for one that only a fault in the code can have raised."""
    if isinstance(error, RefusedError):
        return error.answer
    if isinstance(error, Error):
        return _of_the_database(error)
    for kind, answer in _OF_REQUESTS:
        if isinstance(error, kind):
            return answer
    return _OF_FILES.get(error.errno or 0) if isinstance(error, OSError) else None


def asks_for_json(request: HttpRequest) -> bool:
    """Whether the address lies within the API, whose errors are JSON whoever raises them."""
    return request.path_info.startswith("/api/")


def _of_the_database(error: Error) -> Answer | None:
    sqlstate = getattr(error.__cause__, "sqlstate", None) or ""
    known = _OF_SQLSTATES.get(sqlstate) or _OF_SQLSTATES.get(sqlstate[:2])
    return known or next((answer for kind, answer in _OF_DATABASES if isinstance(error, kind)), None)
